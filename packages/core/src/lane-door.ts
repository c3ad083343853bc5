// The door for hosts and their workers, `@onecopy/core/lane`: what runs lanes and opens data, and nothing of what starts lanes.

export { isError } from './built-in.js'
export { checkCount, checkInteger, isThenable, readOptions, show } from './check.js'
export { checksum } from './checksum.js'
export type { Commit } from './collect.js'
export { DataError } from './data-error.js'
export { OnecopyError } from './errors.js'
export { runLane } from './lane.js'
export type { LaneEnvironment, LaneReport, LaneTask, ModuleExports } from './lane-task.js'
export { isLoadError, LoadError } from './load-error.js'
export { collectMemory, idleMsToCollection } from './memory-accounts.js'
export { defineOwn, hasOwn, memberOf } from './own-members.js'
export {
  checkElements,
  type DataDescription,
  type DataReader,
  elementConstructor,
  openMemory,
  type TypedArray,
} from './shared-data.js'
