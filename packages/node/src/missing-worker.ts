// Workers whose files are not where they should be: what a bundler leaves behind, and what to do about it.

import { OnecopyError } from '@onecopy/core'

/**
 * Why no lane can begin, if `reason` says that a worker's file is missing: no other try would find it. Else undefined.
 */
export function missingWorker(reason: unknown): OnecopyError | undefined {
  if (!(reason instanceof Error) || !('code' in reason)) return undefined
  if (reason.code !== 'MODULE_NOT_FOUND' && reason.code !== 'ERR_MODULE_NOT_FOUND') return undefined
  return new OnecopyError(
    'ERR_WORKER_LOST',
    `no worker can start: ${reason.message}. Was this program bundled? Leave @onecopy/node and tinypool out of the ` +
      'bundle, or bundle their workers beside it, as "Bundling" in docs/recipes.md shows',
    { cause: reason },
  )
}
