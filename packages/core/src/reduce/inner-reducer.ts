// A reducer inside another one, such as a member of `all`.

import { show } from '../base/check.js'
import { memberOf } from '../base/own-members.js'
import { refusePromise } from './refuse-promise.js'

/** A reducer in the form in which another one calls it. Its functions refuse promises. */
export interface InnerReducer {
  readonly order: 'index' | 'any'
  init(): unknown
  /** Undefined for a reducer that only folds use. */
  readonly add: ((acc: unknown, value: unknown) => unknown) | undefined
  merge(left: unknown, right: unknown): unknown
  readonly enough: ((acc: unknown) => boolean) | undefined
  finish(acc: unknown): unknown
}

/**
 * Check that `reducer` is a reducer.
 *
 * @throws {TypeError} it is not an object with `init` and `merge`, or another member of it is wrong
 */
export function innerReducer(argument: string, reducer: unknown): InnerReducer {
  if (typeof reducer !== 'object' || reducer === null) {
    const cure =
      typeof reducer === 'function' ? '; if it makes a reducer, call it; if it merges two results, add an init' : ''
    throw new TypeError(`${argument}: expected a reducer, got ${show(reducer)}${cure}`)
  }
  const functionAt = (key: 'init' | 'add' | 'merge' | 'enough' | 'finish', isNeeded: boolean) => {
    const member = memberOf(reducer, key)
    if (typeof member !== 'function' && (member !== undefined || isNeeded)) {
      throw new TypeError(`${argument}.${key}: expected a function, got ${show(member)}`)
    }
    // `as`: whatever a function of the user's takes and returns.
    const fn = member as ((...args: unknown[]) => unknown) | undefined
    return fn && ((...args: unknown[]) => refusePromise(`${argument}.${key}`, fn.apply(reducer, args)))
  }
  const order = memberOf(reducer, 'order') ?? 'index'
  if (order !== 'index' && order !== 'any') {
    throw new TypeError(`${argument}.order: expected 'index' or 'any', got ${show(order)}`)
  }
  const enough = functionAt('enough', false)
  return {
    order,
    // `!`: they are needed.
    init: functionAt('init', true)!,
    add: functionAt('add', false),
    merge: functionAt('merge', true)!,
    enough: enough && ((acc) => Boolean(enough(acc))),
    finish: functionAt('finish', false) ?? ((acc) => acc),
  }
}
