// What a block that is marked `ts given` may use without declaring it.

declare const engine: import('@onecopy/node').Engine
/** Bytes. */
declare const data: import('@onecopy/node').SharedMemory
/** A log, loaded. */
declare const log: import('@onecopy/node').SharedMemory
declare const numbers: import('@onecopy/node').SharedMemory<Float64Array>
