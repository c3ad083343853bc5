// Ready-made reducers. Each keeps the laws of reducers: `merge` is associative, and `init()` is its identity.
//
// `add` checks what a chunk function returned, because JavaScript would turn a wrong result into text or NaN. `add` runs in the
// lane, once per chunk, so the error names the chunk that made the wrong result. `merge` only gets what `add` has checked.

import { isMap } from '../base/built-in.js'
import { checkCount, checkInteger, show } from '../base/check.js'
import type { ElementsOf, TypedArray } from '../data/typed-array.js'
import type { Reducer } from './contract.js'
import {
  addCount,
  checkCandidates,
  checkNumber,
  checkNumbers,
  checkOrder,
  isList,
  sumCure,
  wrongKeys,
} from './reducer-checks.js'
import { withRecipe } from './with-recipe.js'

/**
 * The sum of numbers; 0 if there are none.
 *
 * Takes one number per chunk, and nothing else: no text, no bigint. A NaN makes the sum NaN. A sum of -0 is 0.
 *
 * Floating-point addition is not associative, so the merges follow a fixed tree. The sum has the same bits for any number of
 * workers. It may differ in its last bits from the sum that a loop computes.
 *
 * @example const total = await engine.map(data, (bytes) => bytes.length).reduce(sum())
 */
export function sum(): Reducer<number, number> {
  checkCount('sum', 0, arguments.length)
  return theSum
}

// Made once, as those below, because making one takes a noticeable part of a short run.
const theSum: Reducer<number, number> = /* @__PURE__ */ withRecipe('sum', [], {
  // -0 and not 0, because -0 is the identity of addition for every number, -0 included.
  init: () => -0,
  add: (acc, value) => acc + checkNumber('sum', value, sumCure),
  merge: (left, right) => left + right,
  finish: (acc) => acc + 0,
})

/**
 * The number of results: one for each chunk that owns something. Takes any result, and does not look at it.
 *
 * @example const chunks = await engine.map(data, () => null).reduce(count())
 */
export function count(): Reducer<unknown, number> {
  checkCount('count', 0, arguments.length)
  return theCount
}

const theCount: Reducer<unknown, number> = /* @__PURE__ */ withRecipe('count', [], {
  init: () => 0,
  add: (acc) => acc + 1,
  merge: (left, right) => left + right,
})

/**
 * The smallest number, as `Math.min` orders numbers: NaN if there is one, and -0 is smaller than 0. Undefined if there are no
 * numbers.
 *
 * Takes one number per chunk, and nothing else. A chunk that has no number returns `Infinity`.
 *
 * @example const least = await engine.map(numbers, (part) => part.reduce((a, b) => Math.min(a, b))).reduce(min())
 */
export function min(): Reducer<number, number | undefined> {
  checkCount('min', 0, arguments.length)
  return theMin
}

const theMin: Reducer<number, number | undefined> = /* @__PURE__ */ withRecipe('min', [], extreme('min', Math.min))

/**
 * The largest number, as `Math.max` orders numbers: NaN if there is one, and 0 is larger than -0. Undefined if there are no
 * numbers.
 *
 * Takes one number per chunk, and nothing else. A chunk that has no number returns `-Infinity`.
 *
 * @example const most = await engine.map(numbers, (part) => part.reduce((a, b) => Math.max(a, b))).reduce(max())
 */
export function max(): Reducer<number, number | undefined> {
  checkCount('max', 0, arguments.length)
  return theMax
}

const theMax: Reducer<number, number | undefined> = /* @__PURE__ */ withRecipe('max', [], extreme('max', Math.max))

function extreme(name: 'min' | 'max', better: (a: number, b: number) => number): Reducer<number, number | undefined> {
  const merge = (left: number | undefined, right: number | undefined): number | undefined => {
    if (left === undefined) return right
    return right === undefined ? left : better(left, right)
  }
  const cure = (value: unknown): string =>
    isList(value) ? `; take the ${name} of its elements in the chunk function, in a loop or with reduce` : ''
  return { init: () => undefined, add: (acc, value) => merge(acc, checkNumber(name, value, cure)), merge }
}

/**
 * All results in one array, in chunk order.
 *
 * Takes any result. A list (an array or a typed array) adds its elements. Anything else adds itself, `undefined` included, as
 * in `Array.prototype.concat`.
 *
 * @example const offsets = await engine.map(data, findAll).reduce(concat())
 */
export function concat<V>(): Reducer<V | readonly V[], V[]> {
  checkCount('concat', 0, arguments.length)
  return withRecipe('concat', [], {
    init: (): V[] => [],
    add: append,
    merge: (left, right) => (left.length === 0 ? right : append(left, right)),
  })
}

/**
 * Append the elements of `value`, or `value` itself, to `list`. Never spreads, because a list may be longer than a call allows.
 */
function append<V>(list: V[], value: V | readonly V[]): V[] {
  if (!isList<V>(value)) {
    list.push(value)
    return list
  }
  for (let i = 0; i < value.length; i++) list.push(value[i]!)
  return list
}

/**
 * Element-wise sums of typed arrays (or arrays of numbers) of one length; undefined if there are none.
 *
 * Takes one array per chunk, all of the same kind and length. Elements are added as their kind requires: integers wrap around,
 * floats are rounded.
 *
 * @throws in the worker (`ERR_CHUNK_FAILED`): a result is not an array of numbers, or two have different kinds or lengths
 * @example const histogram = await engine.map(data, countBytes).reduce(sumArrays<Uint32Array>())
 */
export function sumArrays<V extends TypedArray | readonly number[]>(): Reducer<V, Summable<V> | undefined> {
  checkCount('sumArrays', 0, arguments.length)
  const merge = (left: Numbers | undefined, right: Numbers | undefined): Numbers | undefined => {
    if (left === undefined) return right
    if (right === undefined) return left
    if (left.length !== right.length) {
      throw new RangeError(`sumArrays: cannot add ${right.length} elements to ${left.length}`)
    }
    if (kindOf(left) !== kindOf(right)) {
      throw new TypeError(`sumArrays: expected arrays of one kind, got ${kindOf(left)} and ${kindOf(right)}`)
    }
    for (let i = 0; i < left.length; i++) left[i]! += right[i]!
    return left
  }
  // `as`: the input is `V`, and the sum is a copy of the same kind. The type of numbers stands for bigints too, which add the
  // same way.
  return withRecipe('sumArrays', [], {
    init: () => undefined,
    // Copy, because a chunk function may return the same array each time, and the sum must not be written into it.
    add: (acc: Numbers | undefined, value: Numbers) => {
      checkNumbers(value)
      return acc === undefined ? value.slice() : merge(acc, value)
    },
    merge,
  }) as unknown as Reducer<V, Summable<V> | undefined>
}

/** The kind of array that the sum of `V` arrays is. */
export type Summable<V> = V extends TypedArray ? ElementsOf<V> : number[]

function kindOf(array: Numbers): string {
  return (array as { readonly [Symbol.toStringTag]?: string })[Symbol.toStringTag] ?? 'Array'
}

interface Numbers {
  readonly length: number
  [index: number]: number
  slice(): Numbers
}

/** What {@link countByKey} takes from one chunk: counts by key, keys that count once each, or one such key. */
export type KeyCounts<K> = Iterable<readonly [K, number]> | Iterable<K> | K

/**
 * A `Map` from keys to counts.
 *
 * Takes per chunk a `Map` of counts (or any iterable of `[key, count]`), a list or another iterable of keys that count once
 * each, or one key. Keys are primitives, and counts are numbers. Keys are in the order in which they first occur in the data.
 *
 * @throws in the worker (`ERR_CHUNK_FAILED`): a result is none of these; a key is an object; a count is not a number
 * @example const methods = await engine.map(log, listMethods, { chunks: lines() }).reduce(countByKey())
 * @example const words = await engine.map(text, countWords).reduce(countByKey<string>())
 */
export function countByKey<K extends string | number | bigint | boolean>(): Reducer<KeyCounts<K>, Map<K, number>> {
  checkCount('countByKey', 0, arguments.length)
  const addAll = (acc: Map<K, number>, counts: Iterable<readonly [K, number]>): Map<K, number> => {
    for (const [key, n] of counts) acc.set(key, (acc.get(key) ?? 0) + n)
    return acc
  }
  return withRecipe('countByKey', [], {
    init: () => new Map<K, number>(),
    add: (acc, value) => {
      if (typeof value !== 'object' || value === null) {
        if (value === undefined || value === null) throw wrongKeys(value)
        addCount(acc, value, 1)
        return acc
      }
      // The usual case. It may have a million keys.
      if (isMap(value)) {
        for (const [key, n] of value) addCount(acc, key, n)
        return acc
      }
      // `as`: this line finds out whether it can be iterated.
      if (typeof (value as Iterable<unknown>)[Symbol.iterator] !== 'function') throw wrongKeys(value)
      for (const each of value as Iterable<unknown>) {
        if (!Array.isArray(each)) addCount(acc, each, 1)
        else if (each.length === 2) addCount(acc, each[0], each[1])
        else throw wrongKeys(each)
      }
      return acc
    },
    merge: (left, right) => (left.size === 0 ? right : addAll(left, right)),
  })
}

/**
 * The `k` best values, best first. Equal values stay in the order in which they occur in the data.
 *
 * Takes per chunk a list of candidates, or one candidate. Candidates that are arrays themselves must be in a list. Without
 * `compare`, candidates are numbers, bigints and dates, or all text; NaN comes last. If `compare` returns NaN, its two
 * arguments count as equal.
 *
 * @param k - how many to keep; integer >= 1
 * @param compare - returns a negative number if `a` is better than `b`, as for `Array.prototype.sort`; default: larger is
 *   better. It travels as source text and captures nothing.
 * @throws {RangeError} `k` is not an integer >= 1
 * @throws {TypeError} `compare` is not a function
 * @throws in the worker (`ERR_CHUNK_FAILED`): candidates cannot be ordered without `compare`; `compare` does not return a
 *   number
 * @example const longest = await engine.map(text, lineLengths, { chunks: lines() }).reduce(topK(10))
 */
export function topK<V>(k: number, compare?: (a: V, b: V) => number): Reducer<V | readonly V[], V[]> {
  checkCount('topK', 2, arguments.length)
  checkInteger('k', k, 1)
  if (compare !== undefined && typeof compare !== 'function') {
    throw new TypeError(`compare: expected a function, got ${show(compare)}`)
  }
  const order = compare === undefined ? largerFirst : (a: V, b: V): number => checkOrder(compare(a, b))
  const check = compare === undefined ? checkCandidates : (): void => {}
  // `sort` is stable, and the list is in the order of the data, so equal values keep their order.
  const keep = (list: V[]): V[] => list.sort(order).slice(0, k)
  return withRecipe('topK', compare === undefined ? [k] : [k, compare], {
    init: (): V[] => [],
    add: (acc, value) => {
      const from = acc.length
      const all = append(acc, value)
      check(all, from)
      return keep(all)
    },
    merge: (left, right) => {
      const from = left.length
      const all = append(left, right)
      check(all, from)
      return keep(all)
    },
  })
}

/** Larger first. NaN comes last, because it is neither larger nor smaller than anything. */
function largerFirst(a: unknown, b: unknown): number {
  // `as`: `>` accepts any values.
  const [left, right] = [a as number, b as number]
  if (left > right) return -1
  if (left < right) return 1
  return Number(Number.isNaN(left)) - Number(Number.isNaN(right))
}
