// The record with the smallest or the largest key.

import { isDate } from '../base/built-in.js'
import { checkCount, show } from '../base/check.js'
import type { Reducer } from './contract.js'
import { type KeyReader, readKey } from './read-key.js'
import { isList, wrongResult } from './reducer-checks.js'
import { withRecipe } from './with-recipe.js'

/** What {@link minBy} and {@link maxBy} compare: numbers, bigints and dates among each other, or text. */
export type ComparableKey = number | bigint | string | Date

/** The record that is best so far, with its key; undefined before the first record. */
export interface BestBy<V> {
  /** The key, as it was read. */
  readonly key: ComparableKey
  /** The record. */
  readonly value: V
}

/** The key of a record: a function of it, or the name of one of its fields. */
export type KeyOf<V> = ((record: V) => ComparableKey) | (keyof V & string)

/**
 * The record with the smallest key; undefined if there are no records. Of records with equal keys, the first in the data.
 *
 * Takes per chunk a list of records, or one record. A record that is an array must be in a list. Keys are numbers, bigints and
 * dates, or all text. A record whose key is NaN is only given if there is no other.
 *
 * @param key - the name of a field, or a function of the record, which travels as source text and captures nothing
 * @throws {TypeError} `key` is neither text nor a function
 * @throws in the worker (`ERR_CHUNK_FAILED`): keys cannot be compared
 * @example const coldest = await engine.map(rows, parse).reduce(minBy('celsius'))
 */
export function minBy<V>(key: KeyOf<V>): Reducer<V | readonly V[], BestBy<V> | undefined, V | undefined> {
  checkCount('minBy', 1, arguments.length)
  return withRecipe(
    'minBy',
    [key],
    bestBy<V>('minBy', key, (a, b) => a < b),
  )
}

/**
 * The record with the largest key; undefined if there are no records. Of records with equal keys, the first in the data.
 *
 * Takes what {@link minBy} takes.
 *
 * @param key - the name of a field, or a function of the record, which travels as source text and captures nothing
 * @throws {TypeError} `key` is neither text nor a function
 * @throws in the worker (`ERR_CHUNK_FAILED`): keys cannot be compared
 * @example const slowest = await engine.map(log, parse, { chunks: lines() }).reduce(maxBy((request) => request.ms))
 */
export function maxBy<V>(key: KeyOf<V>): Reducer<V | readonly V[], BestBy<V> | undefined, V | undefined> {
  checkCount('maxBy', 1, arguments.length)
  return withRecipe(
    'maxBy',
    [key],
    bestBy<V>('maxBy', key, (a, b) => a > b),
  )
}

type IsBetter = (a: ComparableKey, b: ComparableKey) => boolean

function bestBy<V>(
  name: string,
  key: KeyOf<V>,
  isBetter: IsBetter,
): Reducer<V | readonly V[], BestBy<V> | undefined, V | undefined> {
  const keyOf: KeyReader = readKey(name, key)
  /** Whether a record with the key `right`, which comes later, takes the place of one with the key `left`. */
  const replaces = (left: ComparableKey, right: ComparableKey): boolean => {
    if ((typeof left === 'string') !== (typeof right === 'string')) {
      throw wrongResult(name, `keys that are all text or all numbers`, right, `, after ${show(left)}`)
    }
    return isBetter(right, left) || (isNothing(left) && !isNothing(right))
  }
  const addOne = (acc: BestBy<V> | undefined, value: V): BestBy<V> | undefined => {
    const own = checkKey(name, keyOf(value))
    return acc === undefined || replaces(acc.key, own) ? { key: own, value } : acc
  }
  return {
    init: () => undefined,
    add: (acc, value) => {
      if (!isList<V>(value)) return addOne(acc, value)
      let best = acc
      for (let i = 0; i < value.length; i++) best = addOne(best, value[i]!)
      return best
    },
    merge: (left, right) => {
      if (left === undefined) return right
      return right !== undefined && replaces(left.key, right.key) ? right : left
    },
    finish: (acc) => acc?.value,
  }
}

function checkKey(name: string, key: unknown): ComparableKey {
  if (typeof key === 'number' || typeof key === 'bigint' || typeof key === 'string' || isDate(key)) return key
  throw wrongResult(name, 'numbers, bigints and dates, or text, as keys of records', key)
}

/** Whether a key is NaN, or a date that is none. */
function isNothing(key: ComparableKey): boolean {
  return typeof key !== 'bigint' && typeof key !== 'string' && Number.isNaN(Number(key))
}
