/**
 * Parallel map-reduce over one shared copy of the data, on any runtime: plugins, chunkers, reducers, shared data, and an engine
 * without threads. Programs for Node use `@onecopy/node`, which adds threads and files.
 *
 * @module
 * @example
 * import { fixed, sequential, share, sum } from '@onecopy/core'
 *
 * const total = await sequential()
 *   .map(share('abc'), (bytes) => bytes.length, { chunks: fixed({ size: 2 }) })
 *   .reduce(sum()) // 3
 */

export {
  type ChunkRange,
  type ChunkSource,
  type ErrorCode,
  errorCodes,
  isOnecopyError,
  OnecopyError,
  type SourcePlace,
} from './base/errors.js'
export type { ChunkPlan } from './chunks/chunk-plan.js'
export {
  type Chunker,
  type DelimiterOptions,
  delimited,
  type EncodingOption,
  fixed,
  lines,
  type Malformed,
  overlapping,
  records,
  type SizeOptions,
} from './chunks/chunkers.js'
export { type CsvDialect, type CsvFormat, csvRecords } from './chunks/csv-records.js'
export {
  type CsvHow,
  type CsvRecord,
  eachCsvRecord,
  eachField,
  fieldText,
  type VisitCsvRecord,
  type VisitField,
  type VisitMalformed,
} from './chunks/each-field.js'
export { eachLine, eachRecord, type VisitRecord } from './chunks/each-record.js'
export { eachJson, eachText, type VisitInvalidJson, type VisitJson, type VisitText } from './chunks/each-text.js'
export type { PlanPieces } from './chunks/pieces.js'
export type { ResponseLike, StreamSource, WebReaderLike, WebStreamLike } from './data/arrivals.js'
export type {
  DataDescription,
  DataPieces,
  DataReader,
  Output,
  OutputElements,
  OutputWriter,
  SharedData,
} from './data/contract.js'
export { decodeText } from './data/decode-text.js'
export { range } from './data/range.js'
export { alloc, share } from './data/share.js'
export { SharedMemory } from './data/shared-memory.js'
export { type StreamOptions, stream } from './data/stream.js'
export type { ElementsOf, TypedArray, TypedArrayConstructor } from './data/typed-array.js'
export type { Engine, MapRun, Run } from './engine/contract.js'
export type { FoldIntoOption, IntoOption, ParamsOption, PluginIntoOption } from './engine/output-options.js'
export type { DataOutline } from './engine/part.js'
export type { PrefixOption } from './engine/prefix-option.js'
export type {
  EngineEvents,
  Progress,
  RunEvents,
  RunInfo,
  RunStats,
  TraceEvent,
  WorkerProgress,
} from './engine/run-events.js'
export type { AbortSignalLike, PartOptions, PluginRunOptions, RunOptions, SkipOptions } from './engine/run-options.js'
export type { Chunk, ChunkFn, FoldFn, PrefixPass } from './functions/contract.js'
export {
  type FunctionNames,
  type ModuleFunction,
  type ModuleFunctionOf,
  moduleFunction,
} from './functions/module-function.js'
export { definePlugin, isPlugin } from './functions/plugin.js'
export type {
  AnyPrefix,
  DefinedPlugin,
  FoldingPluginDefinition,
  OutOf,
  OutputConstructor,
  OutputShape,
  Plugin,
  PluginDefinition,
  PluginInput,
} from './functions/plugin-contract.js'
export type { SchemaIssue, SchemaResult, StandardSchema } from './functions/standard-schema.js'
export { type Assembly, assemble } from './parts/assembly.js'
export { decodePart, encodePart } from './parts/encode-part.js'
export type { ChunkSkips, Notes, Skipped, SkippedRange } from './protocol/notes.js'
export type { Part, PartOrigin, Span } from './protocol/part.js'
export type { AnyPayload, ListPayload, Payload, TreePayload } from './protocol/report.js'
export { type AllAccumulators, type AllMembers, type AllOuts, all } from './reduce/all.js'
export { type BestBy, type ComparableKey, type KeyOf, maxBy, minBy } from './reduce/best-by.js'
export type { AnyReducer, FoldReducer, MergeFn, Reducer } from './reduce/contract.js'
export {
  type DistinctKey,
  type DistinctKeys,
  type DistinctOptions,
  type DistinctState,
  distinct,
} from './reduce/distinct.js'
export { any, every, first, some, take } from './reduce/early-reducers.js'
export type { ExactSum } from './reduce/exact-sum.js'
export { type GroupKey, groupBy, type Keyed } from './reduce/group-by.js'
export { type EqualBins, type Histogram, type HistogramState, histogram } from './reduce/histogram.js'
export type { TreeNode } from './reduce/merge-tree.js'
export { type MeanState, mean, type VarianceOptions, type VarianceState, variance } from './reduce/moments.js'
export type { Numbers, NumbersView } from './reduce/numbers-of.js'
export {
  type QuantileOptions,
  type QuantileSketch,
  type QuantilesOf,
  quantiles,
} from './reduce/quantiles.js'
export {
  concat,
  count,
  countByKey,
  type KeyCounts,
  max,
  min,
  type Summable,
  sum,
  sumArrays,
  topK,
} from './reduce/reducers.js'
export { sumExact } from './reduce/sum-exact.js'
export { sequential } from './sequential.js'
export type { ParamsDescription } from './serialize/params.js'
export type { ArrowData, ArrowTable, ArrowType, ArrowVector } from './tables/arrow.js'
export { columns, type DataColumn, type WindowOf, type WindowsOf } from './tables/columns-data.js'
export type {
  Column,
  ColumnLayout,
  ColumnOf,
  ColumnSource,
  ColumnSources,
  RowOf,
  TableKey,
  TableLayout,
  ValueOf,
} from './tables/contract.js'
export type { Rows } from './tables/rows.js'
export { SharedMap, sharedMap } from './tables/shared-map.js'
export { type KeyOfColumn, type NamedColumns, SharedTable, type TableColumns, table } from './tables/shared-table.js'
