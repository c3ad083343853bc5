/**
 * For the script of a worker: serves the lanes of a page's engine.
 *
 * @module
 * @example
 * // lanes.js
 * import * as kernels from '@onecopy/kernels'
 * import { serveLanes } from '@onecopy/web/lanes'
 * import * as histogram from './histogram.js'
 *
 * serveLanes([kernels, histogram])
 */

import type { Letter } from './wire/messages.js'
import { LaneServer } from './worker/lane-server.js'
import { createFinder } from './worker/modules.js'

/**
 * Run the lanes of the engine that has made this worker. Call it once, before the script waits for anything.
 *
 * @param modules - the modules with the plugins and module functions of the page; they are found by their names, whatever a bundler
 *   has made of their URLs. Without it, modules are imported by their URLs
 * @throws {TypeError} `modules` is no list of modules
 * @throws {Error} this is no worker
 * @example serveLanes([await import('./histogram.js')])
 */
export function serveLanes(modules?: readonly object[]): void {
  if (modules !== undefined && !(Array.isArray(modules) && modules.every((each) => typeof each === 'object'))) {
    throw new TypeError('modules: expected a list of modules: import * as plugins from …; serveLanes([plugins])')
  }
  if (typeof addEventListener === 'undefined') throw new Error('serveLanes: this is no Web Worker')
  const find = createFinder(modules)
  let server: LaneServer | undefined
  addEventListener('message', (event: MessageEvent<Partial<Letter> | undefined>) => {
    const message = event.data?.onecopy
    if (message === undefined) return
    // Listeners of the script's own, which come later, are for other messages.
    event.stopImmediatePropagation()
    if (message.kind !== 'hello') server?.receive(message)
    else if (server === undefined) {
      server = new LaneServer(message, find)
      begin(server, message.lock)
    }
  })
}

/** Say that the worker is ready, from inside the lock that it holds as long as it lives. */
function begin(server: LaneServer, lock: string): void {
  const ready = (isLocked: boolean): void => server.post({ kind: 'ready', isLocked })
  // `as`: the type says that it is always there.
  const { locks } = navigator as { readonly locks?: LockManager }
  if (locks === undefined) {
    ready(false)
    return
  }
  locks
    .request(lock, () => {
      ready(true)
      return new Promise(() => {})
    })
    // Frames without an origin of their own have locks, and refuse them.
    .catch(() => ready(false))
}
