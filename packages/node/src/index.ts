/**
 * Parallel map-reduce over one shared copy of the data, on the worker threads of Node.
 *
 * @example
 * import { file, map, sum } from '@onecopy/node'
 *
 * const bytes = await map(file('access.log'), (part) => part.length).reduce(sum())
 *
 * @module
 */

// This file also re-exports, by name, what a user on Node needs from core.

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
  type ChunkSource,
  type CsvDialect,
  type CsvFormat,
  type CsvRecord,
  columns,
  concat,
  count,
  countByKey,
  csvRecords,
  type DataPieces,
  decodePart,
  decodeText,
  definePlugin,
  delimited,
  distinct,
  type EncodingOption,
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
  type FoldIntoOption,
  type FoldReducer,
  fieldText,
  first,
  fixed,
  groupBy,
  type Histogram,
  histogram,
  type IntoOption,
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
  type Output,
  type OutputShape,
  overlapping,
  type Part,
  type PartOptions,
  type Plugin,
  type PrefixOption,
  type PrefixPass,
  type Progress,
  quantiles,
  type Reducer,
  type Rows,
  type Run,
  type RunEvents,
  type RunInfo,
  type RunOptions,
  type RunStats,
  range,
  records,
  type SharedData,
  type SharedMap,
  type SharedMemory,
  type SharedTable,
  type SourcePlace,
  type Span,
  type StandardSchema,
  type StreamOptions,
  type StreamSource,
  sequential,
  share,
  sharedMap,
  some,
  stream,
  sum,
  sumArrays,
  sumExact,
  type TraceEvent,
  type TypedArray,
  table,
  take,
  topK,
  variance,
  type WorkerProgress,
} from '@onecopy/core'
export { buffer } from './buffer.js'
export type { NodeRunOptions } from './checkpoint/contract.js'
export { readPart, writePart } from './checkpoint/part-file.js'
export type { Engine } from './checkpoint/with-folders.js'
export { type DecompressedOptions, decompressed } from './compressed/decompressed.js'
export type { CompressedFormat } from './compressed/formats.js'
export { createEngine, type EngineOptions, fold, map, run } from './engine.js'
export { type CompressedFileOptions, file } from './file.js'
export type { FileData } from './files/file-data.js'
export type { FilesData } from './files/files-data.js'
export { findFiles } from './files/find-files.js'
export { type ByteStream, load } from './files/load.js'
export { createFile, type OutputFile } from './files/output-file.js'
export type { FileRangeOptions } from './files/range.js'
export { type WrittenResults, writeResults } from './files/write-results.js'
export { type FilesOptions, files } from './many-files.js'
export { digestPlugin } from './modules/digest-plugin.js'
export { type AnyPlugin, listPlugins, loadPlugin, type PluginLoadOptions } from './modules/load-plugin.js'
export { type HttpData, type HttpOptions, http } from './remote/http-data.js'
export { writeTrace } from './write-trace.js'
