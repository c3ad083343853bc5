/**
 * For authors of hosts: the interface of a place where lanes run, and an engine on it.
 *
 * @module
 * @example
 * import { createHostEngine, type Host } from '@onecopy/core/host'
 *
 * const host: Host = { workers: 4, startLane, close } // startLane calls runLane(task, environment) in a worker
 * const engine = createHostEngine(host)
 */

export { createEmitter, type Emitter, type EventMap } from './base/emitter.js'
export type { ChunkPlan, StreamPlace } from './chunks/chunk-plan.js'
export { ChunkRanges } from './chunks/chunk-ranges.js'
export { CsvStates } from './chunks/csv-states.js'
export { openMemory } from './data/shared-memory.js'
export { createHostEngine, type EngineSettings } from './engine/engine.js'
export { createWorkRun, type RunEmitter, type RunWork } from './engine/run.js'
export type { FunctionDescription, ModuleExports } from './functions/load-function.js'
export { runLane } from './lane/lane.js'
export { SpanDealer } from './places/dealer.js'
export { ControlBlock, type LanesDone, type Rest } from './protocol/control-block.js'
export { type Host, type InContext, type LaneHandle, workerOf } from './protocol/host.js'
export type { ChunkSkips, Notes, SkippedRange } from './protocol/notes.js'
export type {
  AnyPayload,
  ChunkTimes,
  Commit,
  LaneFailure,
  LaneMessage,
  ListPayload,
  Payload,
  TreePayload,
  WrittenWindow,
} from './protocol/report.js'
export {
  type GrantedSpan,
  type JobDescription,
  type LaneEnvironment,
  type LaneTask,
  type LaneWord,
  type OutputDescription,
  type Prefixes,
  withSentOutput,
} from './protocol/task.js'
export type { TreeNode } from './reduce/merge-tree.js'
export { openData } from './tables/open-data.js'
