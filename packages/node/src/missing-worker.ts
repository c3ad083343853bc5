// Workers whose files are not where they should be: what a bundler leaves behind, and what to do about it.

import { OnecopyError } from '@onecopy/core'

/**
 * Why no lane can begin, if `reason` says that a worker's file is missing: no other try would find it. Else undefined.
 */
export function missingWorker(reason: unknown): OnecopyError | undefined {
  if (!(reason instanceof Error) || !('code' in reason)) return undefined
  if (reason.code !== 'MODULE_NOT_FOUND' && reason.code !== 'ERR_MODULE_NOT_FOUND') return undefined
  return cannotStart(`${reason.message}. Was this program bundled?`, { cause: reason })
}

/**
 * The address of the module that lanes run, beside this one.
 *
 * @throws {OnecopyError} a bundler made CommonJS of this module, which then does not know where it is
 */
export function laneWorkerUrl(): string {
  const here: string | undefined = import.meta.url
  if (here === undefined) throw cannotStart('this program was bundled as CommonJS; its format has to be ESM.')
  return new URL('./lane-worker.js', here).href
}

function cannotStart(reason: string, options?: { readonly cause: unknown }): OnecopyError {
  return new OnecopyError(
    'ERR_WORKER_LOST',
    `no worker can start: ${reason} Leave @onecopy/node and tinypool out of the bundle, or bundle their workers beside ` +
      'it, as "Bundling" in docs/recipes.md shows',
    options,
  )
}
