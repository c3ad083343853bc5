// A reducer per key.

import { checkCount, show } from '../base/check.js'
import type { Reducer } from './contract.js'
import { type InnerReducer, innerReducer } from './inner-reducer.js'
import { type KeyReader, readKey } from './read-key.js'
import { atPlace, isList, wrongResult } from './reducer-checks.js'
import { withRecipe } from './with-recipe.js'

/** What {@link groupBy} groups by. */
export type GroupKey = string | number | bigint | boolean

/**
 * A `Map` from keys to what `reducer` gives for the values of that key.
 *
 * Without `key`, it takes entries: per chunk a `Map`, or another iterable of `[key, value]`. The reducer gets each value. Keys
 * are primitives. They are in the order in which they first occur in the data. The same key may occur many times in one chunk.
 *
 * With `key`, it takes records: per chunk a list of records, or one record. `key` says which group a record belongs to: the
 * name of a field, or a function of the record. The reducer gets each whole record; {@link all} picks its fields.
 *
 * A fold gets the `Map` of accumulators.
 *
 * @param reducer - what to do with the values of one key
 * @throws {TypeError} `reducer` is not a reducer
 * @throws in the worker (`ERR_CHUNK_FAILED`): a result has another form, a key is not a primitive, or `reducer` does not take
 *   a value
 * @example const slowest = await engine.map(log, urlTimes, { chunks: lines() }).reduce(groupBy(max()))
 * @example const perHost = await engine.map(log, parse).reduce(groupBy('host', all({ ms: mean(), bytes: sum() })))
 */
export function groupBy<K extends GroupKey, R, A, Out = A>(
  reducer: Reducer<R, A, Out>,
): Reducer<Iterable<readonly [K, R]>, Map<K, A>, Map<K, Out>>
/**
 * The same for records.
 *
 * @param key - the name of a field, or a function of the record, which travels as source text and captures nothing
 * @throws {TypeError} `key` is neither text nor a function
 */
export function groupBy<V, K extends GroupKey, A, Out = A>(
  key: (record: V) => K,
  reducer: Reducer<NoInfer<V>, A, Out>,
): Reducer<V | readonly V[], Map<K, A>, Map<K, Out>>
/** The same with the name of a field. */
export function groupBy<V extends Keyed<F>, const F extends string, A, Out = A>(
  key: F,
  reducer: Reducer<NoInfer<V>, A, Out>,
): Reducer<V | readonly V[], Map<V[F], A>, Map<V[F], Out>>
/** The same, where the type of the records is known from the reducer alone. */
export function groupBy<const F extends string, V, A, Out = A>(
  key: F,
  reducer: Reducer<V, A, Out>,
): Reducer<(V & Keyed<F>) | readonly (V & Keyed<F>)[], Map<GroupKey, A>, Map<GroupKey, Out>>
export function groupBy(...args: unknown[]): Reducer<unknown, Groups, Groups> {
  checkCount('groupBy', 2, args.length)
  const reducer = args.at(-1)
  const inner = innerReducer('groupBy', reducer)
  const { add } = inner
  if (add === undefined) throw new TypeError('groupBy.add: expected a function, got undefined')
  const isKeyed = args.length === 2
  const addOne: AddOne = (acc, key, value) => {
    const group = acc.has(key) ? acc.get(key) : inner.init()
    try {
      acc.set(key, add(group, value))
    } catch (error) {
      throw atPlace(`groupBy, key ${show(key)}`, error)
    }
  }
  const made: Reducer<unknown, Groups, Groups> = {
    init: () => new Map<unknown, unknown>(),
    add: isKeyed ? addRecords(readKey('groupBy', args[0]), addOne) : addEntries(addOne),
    merge: (left, right) => (left.size === 0 ? right : mergeGroups(inner, left, right)),
    finish: (acc) => new Map(Array.from(acc, ([key, group]) => [key, inner.finish(group)])),
  }
  // `as`: it was checked.
  return withRecipe('groupBy', args.slice(0, -1), made, { kind: 'one', reducer: reducer as object })
}

/** A record whose field `F` is a key. */
export type Keyed<F extends string> = { readonly [key in F]: GroupKey }

type Groups = Map<unknown, unknown>
type AddOne = (acc: Groups, key: unknown, value: unknown) => void

function addEntries(addOne: AddOne): (acc: Groups, value: unknown) => Groups {
  const takes = 'entries [key, value] from each chunk: a Map, or a list of pairs'
  return (acc, entries) => {
    // `as`: the right side finds out whether it can be iterated.
    if (typeof entries !== 'object' || typeof (entries as Iterable<unknown> | null)?.[Symbol.iterator] !== 'function') {
      throw wrongResult('groupBy', takes, entries, cureOf(entries))
    }
    for (const entry of entries as Iterable<unknown>) {
      if (!Array.isArray(entry) || entry.length !== 2) throw wrongResult('groupBy', takes, entry, cureOf(entry))
      const key: unknown = entry[0]
      checkKey(key)
      addOne(acc, key, entry[1])
    }
    return acc
  }
}

/** An object is more likely a record than an entry. */
function cureOf(value: unknown): string {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isRecord ? '; for records, say which field is the key: groupBy(key, reducer)' : ''
}

function addRecords(keyOf: KeyReader, addOne: AddOne): (acc: Groups, value: unknown) => Groups {
  const addRecord = (acc: Groups, record: unknown): void => {
    const key = keyOf(record)
    checkKey(key)
    addOne(acc, key, record)
  }
  return (acc, value) => {
    if (!isList(value)) addRecord(acc, value)
    else for (let i = 0; i < value.length; i++) addRecord(acc, value[i])
    return acc
  }
}

function checkKey(key: unknown): void {
  const kind = typeof key
  if (kind === 'string' || kind === 'number' || kind === 'bigint' || kind === 'boolean') return
  throw wrongResult('groupBy', 'text, a number, a bigint or a boolean as the key', key)
}

function mergeGroups(inner: InnerReducer, left: Groups, right: Groups): Groups {
  for (const [key, group] of right) left.set(key, left.has(key) ? inner.merge(left.get(key), group) : group)
  return left
}
