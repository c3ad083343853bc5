// The clock and the timers of this thread, taken once when this module loads. Tests that fake timers then change nothing here: a wait
// that never ends would hold a run, or `close()`.

import timers from 'node:timers'

export const nowMs: () => number = performance.now.bind(performance)
export const clearTimeout: typeof timers.clearTimeout = timers.clearTimeout
export const setImmediate: typeof timers.setImmediate = timers.setImmediate
export const setTimeout: typeof timers.setTimeout = timers.setTimeout
