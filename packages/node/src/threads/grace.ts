// A time limit that does not count time in which nobody could have met it.

import { clearTimeout, setImmediate, setTimeout } from '../clock.js'

/** Number of steps that a wait consists of. */
const steps = 4

/**
 * Call `expired` after `ms`. Returns a function that ends the wait.
 *
 * A step that ends much too late counts as one step only. Meanwhile the process was suspended or its event loop was busy, so the
 * message that is waited for could not arrive. The wait does not keep the process alive.
 */
export function startGrace(ms: number, expired: () => void): () => void {
  let left = steps
  let timer: NodeJS.Timeout
  let isStopped = false
  const next = (): void => {
    timer = setTimeout(() => {
      left--
      if (left > 0) next()
      // First receive the messages that have arrived.
      else setImmediate(() => isStopped || expired())
    }, ms / steps).unref()
  }
  next()
  return () => {
    isStopped = true
    clearTimeout(timer)
  }
}
