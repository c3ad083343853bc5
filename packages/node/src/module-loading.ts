// Modules that lanes load, and the one thing they must not do meanwhile: start a run.
//
// A plugin that is defined in the program's main module takes that program along: the lane that loads it would start the
// program's runs again, their lanes would load it again, and so on, a thread for each.

import { type ModuleExports, OnecopyError } from '@onecopy/core/lane'
import { importModule } from './type-script.js'

let loading: string | undefined

/** Import a module for a lane of this thread. */
export async function loadModule(url: string): Promise<ModuleExports> {
  loading = url
  try {
    return await importModule(url)
  } finally {
    loading = undefined
  }
}

/** Whether a module is being loaded for a lane of this thread. */
export function isLoading(): boolean {
  return loading !== undefined
}

/**
 * Called before a run of this thread starts a lane.
 *
 * @throws {OnecopyError} `ERR_PLUGIN_LOAD`: a module is being loaded for a lane, and it is what starts the run
 */
export function assertNotLoading(): void {
  if (loading === undefined) return
  throw new OnecopyError(
    'ERR_PLUGIN_LOAD',
    `${loading} starts a run while a lane loads it: a plugin or module function takes all of its module along. ` +
      'Move it to a module of its own, or start runs only where isMainThread (of node:worker_threads) is true',
  )
}
