/**
 * For the worker's side of a host: what runs lanes and opens data, without the code that starts lanes.
 *
 * @module
 * @example
 * import { openData, runLane } from '@onecopy/core/lane'
 *
 * await runLane(task, { worker: 1, open: openData, now: () => performance.now(), post })
 */

export { isError } from './base/built-in.js'
export { checkCount, checkInteger, isBytes, isThenable, readOptions, show } from './base/check.js'
export { OnecopyError } from './base/errors.js'
export { defineOwn, hasOwn, memberOf } from './base/own-members.js'
export { encodedPieces } from './base/text-pieces.js'
export { lastUpTo } from './chunks/pieces.js'
export { checksum } from './data/checksum.js'
export type { Arrivals, DataDescription, DataReader, OutputWriter, SourceStart, StreamedData } from './data/contract.js'
export { DataError } from './data/data-error.js'
export { decodeIn } from './data/decode-encoding.js'
export { grownBytes } from './data/grown-bytes.js'
export { collectMemory, idleMsToCollection } from './data/memory-accounts.js'
export { isSharedMemory, type MemoryDescription, openMemory } from './data/shared-memory.js'
export { isStreamed, type NamedSource, streamSources } from './data/stream.js'
export { checkElements, elementConstructor, type TypedArray } from './data/typed-array.js'
export { isLoadError, LoadError } from './functions/load-error.js'
export type { ModuleExports } from './functions/load-function.js'
export { isPlugin } from './functions/plugin.js'
export { runLane } from './lane/lane.js'
export { SpanSupply } from './lane/span-supply.js'
export { ControlBlock, type LanesDone, type Rest } from './protocol/control-block.js'
export { NotedControl } from './protocol/noted-control.js'
export type { LaneMessage } from './protocol/report.js'
export type { GrantedSpan, LaneEnvironment, LaneTask, LaneWord } from './protocol/task.js'
export { isOwnCode } from './reduce/recipes.js'
export { openData } from './tables/open-data.js'
export { type ColumnDescription, type ColumnsDescription, isColumns, type PieceDescription } from './tables/rows.js'
export { isSharedTable } from './tables/shared-map.js'
