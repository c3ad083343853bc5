// What the ready-made reducers require of results. Without these checks, JavaScript would turn a wrong result into text, NaN or
// an arbitrary order.

import { isDate } from '../base/built-in.js'
import { show } from '../base/check.js'
import { isTypedArray } from '../data/typed-array.js'

/** Whether `value` is an array or a typed array. */
export function isList<V>(value: unknown): value is readonly V[] {
  return Array.isArray(value) || isTypedArray(value)
}

/** What to do about a result that sum() does not accept. */
export function sumCure(value: unknown): string {
  if (isList(value))
    return '; add its elements up in the chunk function, or use sumArrays() to add lists element by element'
  return typeof value === 'bigint'
    ? '; add bigints up with { init: () => 0n, add: (a, b) => a + b, merge: (a, b) => a + b }'
    : ''
}

/** Elements of plain arrays are checked one by one. Those of typed arrays are always numbers or bigints. */
export function checkNumbers(value: unknown): void {
  if (!isList(value)) throw wrongResult('sumArrays', 'an array of numbers or a typed array', value)
  if (!Array.isArray(value)) return
  for (let i = 0; i < value.length; i++) {
    if (typeof value[i] !== 'number') throw wrongResult('sumArrays', `a number at index ${i} of its array`, value[i])
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

/** Add `n` to the count of `key`. Both come from the user. */
export function addCount(acc: Map<unknown, number>, key: unknown, n: unknown): void {
  if (isObject(key)) throw wrongKeys(key)
  if (typeof n !== 'number') throw wrongResult('countByKey', `a number as the count of ${show(key)}`, n)
  acc.set(key, (acc.get(key) ?? 0) + n)
}

export function wrongKeys(value: unknown): TypeError {
  const takes = 'a key, a list of keys or a Map of counts; keys are text, numbers and other primitives'
  const isPlain = isObject(value) && typeof (value as Partial<Iterable<unknown>>)[Symbol.iterator] !== 'function'
  return wrongResult(
    'countByKey',
    takes,
    value,
    isPlain ? '; for counts in an object, return Object.entries(counts)' : '',
  )
}

export function checkOrder(order: number): number {
  if (typeof order === 'number') return order
  throw new TypeError(
    `topK: expected compare to return a number, negative if its first argument is better, got ${show(order)}`,
  )
}

/**
 * Check that `>` can order `candidates`: numbers, bigints and dates among each other, or text. Those before `from` were
 * checked.
 */
export function checkCandidates(candidates: readonly unknown[], from: number): void {
  const isText = typeof candidates[0] === 'string'
  for (let i = from; i < candidates.length; i++) {
    const candidate = candidates[i]
    const kind = typeof candidate
    const isFit = isText ? kind === 'string' : kind === 'number' || kind === 'bigint' || isDate(candidate)
    if (isFit) continue
    const takes = isText && i > 0 ? 'text like the candidates before' : 'numbers, or text'
    throw wrongResult('topK', takes, candidate, '; to order other values, use topK(k, compare)')
  }
}

/** The error for a result that the reducer `name` does not accept. */
export function wrongResult(name: string, takes: string, came: unknown, cure: string = ''): TypeError {
  const forgotten = came === undefined ? '; does the chunk function return it?' : ''
  return noted(new TypeError(`${name}: expected ${takes}, got ${show(came)}${cure || forgotten}`))
}

/** The errors about wrong results. An error of a user's own function is never among them. */
const wrongResults = new WeakSet<object>()

function noted(error: TypeError): TypeError {
  wrongResults.add(error)
  return error
}

/** If `error` is about a wrong result: the same error with the place of that result before it. Any other error: itself. */
export function atPlace(place: string, error: unknown): unknown {
  // `as`: only errors are in the set, and it can be asked for anything.
  return wrongResults.has(error as object) ? noted(new TypeError(`${place}: ${(error as Error).message}`)) : error
}

export function checkBoolean(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw wrongResult(name, 'true or false from each chunk', value)
}

export function checkNumber(name: string, value: unknown, cure: (value: unknown) => string): number {
  if (typeof value === 'number') return value
  throw wrongResult(name, 'a number from each chunk', value, cure(value))
}
