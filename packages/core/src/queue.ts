/**
 * Loads p-queue together with the program. Without it, an engine loads p-queue when its first lane starts: on a page, that would be
 * another request.
 *
 * @module
 * @example
 * import { loadQueue } from '@onecopy/core/queue'
 *
 * loadQueue()
 */

import PQueue from 'p-queue'
import { useQueue } from './engine/lane-queue.js'

/** Let all engines use the p-queue that this module has loaded. */
export function loadQueue(): void {
  useQueue(PQueue)
}
