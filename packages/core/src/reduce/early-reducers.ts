// Ready-made reducers that end a run as soon as they have enough. Each keeps the laws of reducers, and that of `enough`.

import { checkCount, checkInteger } from '../base/check.js'
import type { Reducer } from './contract.js'
import { checkBoolean, isList, wrongResult } from './reducer-checks.js'
import { withRecipe } from './with-recipe.js'

/**
 * The result of the first chunk that has one: of the results that are not `undefined`, that of the lowest chunk. Undefined if
 * there is none.
 *
 * Takes any result, and `undefined` from a chunk that has none. The run ends as soon as the result is known. The answer is the same
 * for any number of workers.
 *
 * @example
 * const at = await engine.map(data, (bytes, { start }) => (bytes.includes(0) ? start + bytes.indexOf(0) : undefined)).reduce(first())
 */
export function first<V>(): Reducer<V | undefined, V | undefined> {
  checkCount('first', 0, arguments.length)
  return withRecipe('first', [], firstOf<V>())
}

/**
 * The result of any chunk that has one: of the results that are not `undefined`, the one that comes first. Undefined if there is
 * none.
 *
 * **The answer may differ from run to run**, because it depends on which worker is faster. If that matters, use {@link first}.
 * The same is true of failures: a chunk that fails does not matter if there was a result before.
 *
 * Takes any result, and `undefined` from a chunk that has none. The run ends as soon as there is a result.
 *
 * @example const factor = await engine.map(candidates, findFactor).reduce(any())
 */
export function any<V>(): Reducer<V | undefined, V | undefined> {
  checkCount('any', 0, arguments.length)
  return withRecipe('any', [], { order: 'any', ...firstOf<V>() })
}

function firstOf<V>(): Reducer<V | undefined, V | undefined> {
  const merge = (left: V | undefined, right: V | undefined): V | undefined => (left === undefined ? right : left)
  return { init: () => undefined, add: merge, merge, enough: (acc) => acc !== undefined }
}

/**
 * Whether any chunk gives `true`; `false` if there are no results. The run ends with the first `true`.
 *
 * Takes `true` or `false` from each chunk, and nothing else.
 *
 * @example const hasNull = await engine.map(data, (bytes) => bytes.includes(0)).reduce(some())
 */
export function some(): Reducer<boolean, boolean> {
  checkCount('some', 0, arguments.length)
  return withRecipe('some', [], {
    init: () => false,
    add: (acc, value) => checkBoolean('some', value) || acc,
    merge: (left, right) => left || right,
    enough: (acc) => acc,
  })
}

/**
 * Whether all chunks give `true`; `true` if there are no results. The run ends with the first `false`.
 *
 * Takes `true` or `false` from each chunk, and nothing else.
 *
 * @example const isAscii = await engine.map(data, (bytes) => bytes.every((byte) => byte < 128)).reduce(every())
 */
export function every(): Reducer<boolean, boolean> {
  checkCount('every', 0, arguments.length)
  return withRecipe('every', [], {
    init: () => true,
    add: (acc, value) => checkBoolean('every', value) && acc,
    merge: (left, right) => left && right,
    enough: (acc) => !acc,
  })
}

/**
 * The first `n` values, in the order of the data. The run ends as soon as it has them.
 *
 * Takes any result but `undefined`. A list (an array or a typed array) adds its elements, and anything else adds itself, as for
 * `concat`. A chunk that has nothing returns `[]`.
 *
 * @param n - how many values to keep; integer >= 1
 * @throws {RangeError} `n` is not an integer >= 1
 * @throws in the worker (`ERR_CHUNK_FAILED`): a result is `undefined`
 * @example const errors = await engine.map(log, listErrors, { chunks: lines() }).reduce(take(10))
 */
export function take<V>(n: number): Reducer<V | readonly V[], V[]> {
  checkCount('take', 1, arguments.length)
  checkInteger('n', n, 1)
  const append = (list: V[], value: readonly V[]): V[] => {
    const room = Math.min(value.length, n - list.length)
    for (let i = 0; i < room; i++) list.push(value[i]!)
    return list
  }
  return withRecipe('take', [n], {
    init: (): V[] => [],
    add: (acc, value) => {
      if (value === undefined) {
        throw wrongResult('take', 'a list or a value', value, '; a chunk that has nothing returns []')
      }
      return append(acc, isList<V>(value) ? value : [value])
    },
    merge: (left, right) => (left.length === 0 ? right : append(left, right)),
    enough: (acc) => acc.length >= n,
    // A fold function may have appended more.
    finish: (acc) => (acc.length > n ? acc.slice(0, n) : acc),
  })
}
