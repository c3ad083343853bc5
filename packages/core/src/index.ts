// The door of @onecopy/core.

export type { ChunkPlan } from './chunk-plan.js'
export {
  type Chunker,
  type DelimiterOptions,
  delimited,
  fixed,
  lines,
  overlapping,
  records,
  type SizeOptions,
} from './chunkers.js'
export type { Commit } from './collect.js'
export type { Chunk, ChunkFn, ChunkRange, MergeFn, Reducer } from './contract.js'
export { eachLine, eachRecord, type VisitRecord } from './each-record.js'
export { type EngineSettings, engineOn } from './engine.js'
export { type ErrorCode, errorCodes, isOnecopyError, OnecopyError } from './errors.js'
export { type Host, type InContext, type LaneHandle, workerOf } from './host.js'
export { runLane } from './lane.js'
export type {
  FunctionDescription,
  JobDescription,
  LaneEnvironment,
  LaneFailure,
  LaneReport,
  LaneTask,
  ModuleExports,
} from './lane-task.js'
export { type FunctionNames, type ModuleFunction, type ModuleFunctionOf, moduleFunction } from './module-function.js'
export type { ParamsDescription } from './params.js'
export { type DefinedPlugin, definePlugin, type Given, isPlugin, type Plugin, type PluginDefinition } from './plugin.js'
export { concat, count, countByKey, type KeyCounts, max, min, type Summable, sum, sumArrays, topK } from './reducers.js'
export type {
  AbortSignalLike,
  Engine,
  EngineEvents,
  MapRun,
  PluginRunOptions,
  Progress,
  Run,
  RunEvents,
  RunInfo,
  RunOptions,
  RunStats,
} from './run-contract.js'
export { sequential } from './sequential.js'
export {
  alloc,
  type DataDescription,
  type DataReader,
  type ElementsOf,
  openMemory,
  type SharedData,
  SharedMemory,
  share,
  type TypedArray,
  type TypedArrayConstructor,
} from './shared-data.js'
export type { SchemaIssue, SchemaResult, StandardSchema } from './standard-schema.js'
export { text } from './text.js'
