// A wait that measures how much time others had, and not what the clock says.

import { clearTimeout, setImmediate, setTimeout } from '../clock.js'

/** A wait is made of so many steps. */
const steps = 4

/**
 * Call `expired` when `ms` have passed; returns how to stop waiting.
 *
 * A step that ends much too late counts as one step only: this process was suspended meanwhile, or its event loop was busy, and
 * what is waited for had no chance to be heard. The wait does not keep the process alive.
 */
export function startGrace(ms: number, expired: () => void): () => void {
  let left = steps
  let timer: NodeJS.Timeout
  let isStopped = false
  const next = (): void => {
    timer = setTimeout(() => {
      left--
      if (left > 0) next()
      // Messages that have arrived are received before that.
      else setImmediate(() => isStopped || expired())
    }, ms / steps).unref()
  }
  next()
  return () => {
    isStopped = true
    clearTimeout(timer)
  }
}
