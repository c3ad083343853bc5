// Loads modules for lanes, and refuses the runs that these modules start.
//
// If a plugin is defined in the program's main module, a lane that loads the plugin runs the whole program again. The program would
// start its runs again, their lanes would load it again, and so on, with new threads each time. So a lane's thread uses its async
// context to find out who starts a run. A chunk function and whatever else a lane calls may start runs. Other code in the thread
// may not.

import { AsyncLocalStorage } from 'node:async_hooks'
import { type LaneTask, LoadError, type ModuleExports } from '@onecopy/core/lane'
import { importModule } from './type-script.js'

/** What starts a run in a lane's thread. */
interface Starter {
  /** The module that a lane loads, or has loaded. Undefined: the lane itself. */
  readonly module: string | undefined
}

/** Shared by all copies of this package in a thread, because the plugin's module may use another copy. */
interface RunGuard {
  /** The module that is to blame for a run that is made now. Undefined: a lane makes it, which is allowed. */
  blame(): string | undefined
  /** Called when such a run begins all the same. Returns the error that it rejects with. */
  refuse(module: string): LoadError
}

const key = Symbol.for('onecopy.runGuard')
// `as`: only this module sets the property, and only in the threads of lanes.
const thread = globalThis as { [key]?: RunGuard }

const starters = new AsyncLocalStorage<Starter>()
/** The errors for the modules that have started runs, by URL. */
const refused = new Map<string, LoadError>()
let lastLoaded: string | undefined

/**
 * Run a lane. `work` may start runs. As soon as a lane has loaded a module, every other run that begins in this thread is refused.
 *
 * @param task - what the lane has to do
 * @param onRefused - called when the lane's own module starts a run
 */
export function runInLane<T>(
  { job }: LaneTask,
  work: () => Promise<T>,
  onRefused: (error: LoadError) => void,
): Promise<T> {
  const own = job.fn.kind === 'module' || job.fn.kind === 'plugin' ? job.fn.url : undefined
  // Async contexts make promises slower on Node 20 and 22, so wait until they are needed.
  if (own === undefined && lastLoaded === undefined) return work()
  thread[key] = {
    blame() {
      const starter = starters.getStore()
      // A lane never loses its context, but some library may lose the context of a module.
      return starter === undefined ? lastLoaded : starter.module
    },
    refuse(module) {
      const error = refusal(module)
      refused.set(module, error)
      if (module === own) onRefused(error)
      return error
    },
  }
  return starters.run({ module: undefined }, work)
}

/**
 * Import a module for a lane of this thread.
 *
 * @throws {LoadError} the module cannot be read, or it has started a run
 */
export async function loadModule(url: string): Promise<ModuleExports> {
  lastLoaded = url
  const exports = await starters.run({ module: url }, () => importModule(url))
  const error = refused.get(url)
  if (error !== undefined) throw error
  return exports
}

/**
 * Called by whoever makes a run. Undefined if the run may begin. Otherwise call the result when the run begins: it returns the error
 * that the run then rejects with.
 */
export function admitRun(): (() => LoadError) | undefined {
  const guard = thread[key]
  const module = guard?.blame()
  return guard === undefined || module === undefined ? undefined : () => guard.refuse(module)
}

function refusal(module: string): LoadError {
  return new LoadError(
    module,
    `${module} starts a run in a worker thread that has loaded it, because loading a plugin or module function runs its whole ` +
      'module. Move it to a module of its own, or start runs only where isMainThread (of node:worker_threads) is true',
  )
}
