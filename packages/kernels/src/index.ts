// The door of @onecopy/kernels.

export { byteHistogram } from './byte-histogram.js'
export { type CountByteParams, countByte } from './count-byte.js'
export { countLines } from './count-lines.js'
export { countWords } from './count-words.js'
export type { BigIntArray, NumberArray } from './element-kind.js'
export { type ChunkMatches, type FindBytesParams, findBytes, type Matches } from './find-bytes.js'
export { type MinMax, minMax, minMaxBigInts } from './min-max.js'
export type { SimdParams } from './simd.js'
export { sum, sumBigInts } from './sum.js'
