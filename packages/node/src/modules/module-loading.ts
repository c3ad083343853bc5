// Modules that lanes load, and the one thing that these must not do, neither then nor later: start a run.
//
// A plugin that is defined in the program's main module takes that program along: the lane that loads it would start the
// program's runs again, their lanes would load it again, and so on, a thread for each. So a lane's thread knows by its async
// context who starts a run. A chunk function may, and whatever else a lane calls. Nobody else in the thread may.

import { AsyncLocalStorage } from 'node:async_hooks'
import { type LaneTask, LoadError, type ModuleExports } from '@onecopy/core/lane'
import { importModule } from './type-script.js'

/** What starts a run in a lane's thread. */
interface Starter {
  /** The module that a lane loads, or has loaded; undefined: a lane itself. */
  readonly module: string | undefined
}

/** Shared by all copies of this package in a thread: the plugin's module may bring its own. */
interface RunGuard {
  /** The module to blame for a run that is made now; undefined: a lane makes it, which it may. */
  blame(): string | undefined
  /** Such a run begins all the same. The error that it rejects with. */
  refuse(module: string): LoadError
}

const key = Symbol.for('onecopy.runGuard')
// `as`: the property is this module's own, and only there in the threads of lanes.
const thread = globalThis as { [key]?: RunGuard }

const starters = new AsyncLocalStorage<Starter>()
/** The errors of the modules that have started runs. */
const refused = new Map<string, LoadError>()
let lastLoaded: string | undefined

/**
 * Run a lane: `work`, which may start runs of its own. Every other run in this thread is refused as soon as a lane has loaded
 * a module.
 *
 * @param task - what the lane is asked to do
 * @param onRefused - called when the lane's own module starts a run
 */
export function runInLane<T>(
  { job }: LaneTask,
  work: () => Promise<T>,
  onRefused: (error: LoadError) => void,
): Promise<T> {
  const own = job.fn.kind === 'source' ? undefined : job.fn.url
  // Contexts make promises slower on Node 20 and 22: not before they are needed.
  if (own === undefined && lastLoaded === undefined) return work()
  thread[key] = {
    blame() {
      const starter = starters.getStore()
      // A lane never loses its context, but some library may lose that of a module.
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
 * @throws {LoadError} it cannot be read, or it has started a run
 */
export async function loadModule(url: string): Promise<ModuleExports> {
  lastLoaded = url
  const exports = await starters.run({ module: url }, () => importModule(url))
  const error = refused.get(url)
  if (error !== undefined) throw error
  return exports
}

/**
 * Called when a run is made, by whoever makes it. Undefined if the run may begin; else what to call when it does: the
 * error that it then rejects with.
 */
export function admitRun(): (() => LoadError) | undefined {
  const guard = thread[key]
  const module = guard?.blame()
  return guard === undefined || module === undefined ? undefined : () => guard.refuse(module)
}

function refusal(module: string): LoadError {
  return new LoadError(
    module,
    `${module} starts a run in the thread of a lane that has loaded it: a plugin or module function takes all of its module along. ` +
      'Move it to a module of its own, or start runs only where isMainThread (of node:worker_threads) is true',
  )
}
