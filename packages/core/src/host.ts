// The door for authors of hosts, `@onecopy/core/host`: what starts lanes somewhere, and an engine on it.

export type { ChunkPlan } from './chunks/chunk-plan.js'
export { openMemory } from './data/shared-memory.js'
export { createHostEngine, type EngineSettings } from './engine/engine.js'
export type { FunctionDescription, ModuleExports } from './functions/load-function.js'
export { runLane } from './lane/lane.js'
export { type Host, type InContext, type LaneHandle, workerOf } from './protocol/host.js'
export type { Commit, LaneFailure, LaneMessage, Payload } from './protocol/report.js'
export type { JobDescription, LaneEnvironment, LaneTask } from './protocol/task.js'
