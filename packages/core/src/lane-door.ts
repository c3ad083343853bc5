// The door for hosts' workers, `@onecopy/core/lane`: what runs lanes, and nothing of what starts them.

export type { Commit } from './collect.js'
export { OnecopyError } from './errors.js'
export { runLane } from './lane.js'
export type { LaneEnvironment, LaneReport, LaneTask, ModuleExports } from './lane-task.js'
export { type DataDescription, type DataReader, openMemory, type TypedArray } from './shared-data.js'
