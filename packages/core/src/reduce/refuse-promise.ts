// The functions of a reducer are synchronous.

import { isThenable } from '../base/check.js'

/**
 * Return what a function of a reducer returned. Refuse a promise, because it would be used as an accumulator and end as text in
 * a sum.
 */
export function refusePromise(member: string, value: unknown): unknown {
  if (!isThenable(value)) return value
  // Nobody waits for the promise, so its rejection must not end the process.
  Promise.resolve(value).catch(() => {})
  throw new TypeError(
    `reducer: ${member} returned a promise, but the functions of a reducer must be synchronous; await in the chunk function, ` +
      'or after the run',
  )
}
