/**
 * Parallel map-reduce over one shared copy of the data, on Web Workers in the browser.
 *
 * @example
 * import { file, map, sum } from '@onecopy/web'
 *
 * const bytes = await map(file(input.files[0]), (part) => part.length).reduce(sum())
 *
 * @module
 */

// This file also re-exports, by name, what a user in a browser needs from core.

export {
  type Assembly,
  all,
  alloc,
  any,
  assemble,
  type Chunk,
  type Chunker,
  type ChunkFn,
  type ChunkRange,
  concat,
  count,
  countByKey,
  csvRecords,
  decodePart,
  decodeText,
  definePlugin,
  delimited,
  distinct,
  type Engine,
  type EngineEvents,
  type ErrorCode,
  eachCsvRecord,
  eachField,
  eachJson,
  eachLine,
  eachRecord,
  eachText,
  encodePart,
  every,
  type FoldFn,
  type FoldReducer,
  fieldText,
  first,
  fixed,
  groupBy,
  type Histogram,
  histogram,
  isOnecopyError,
  lines,
  type MapRun,
  type MergeFn,
  type ModuleFunction,
  max,
  maxBy,
  mean,
  min,
  minBy,
  moduleFunction,
  OnecopyError,
  overlapping,
  type Part,
  type PartOptions,
  type Plugin,
  type Progress,
  quantiles,
  type Reducer,
  type Run,
  type RunEvents,
  type RunInfo,
  type RunOptions,
  type RunStats,
  range,
  records,
  type SharedData,
  type SharedMemory,
  type Span,
  type StandardSchema,
  sequential,
  share,
  some,
  sum,
  sumArrays,
  sumExact,
  type TypedArray,
  take,
  topK,
  variance,
  type WorkerProgress,
} from '@onecopy/core'
export { type BlobData, file } from './blobs/blob-data.js'
export { load } from './blobs/load.js'
export { createEngine, type EngineOptions, fold, map, run } from './engine.js'
export { type Support, support } from './support.js'
