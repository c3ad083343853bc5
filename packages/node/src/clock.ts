// The clock and the timers of this thread, taken once when this module loads. So tests that fake timers later change nothing here.
// With a faked timer, a wait might never end, and would hold a run or `close()`.

import timers from 'node:timers'

export const nowMs: () => number = performance.now.bind(performance)
export const clearTimeout: typeof timers.clearTimeout = timers.clearTimeout
export const setImmediate: typeof timers.setImmediate = timers.setImmediate
export const setTimeout: typeof timers.setTimeout = timers.setTimeout
