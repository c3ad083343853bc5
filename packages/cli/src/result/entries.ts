// The order in which entries by key are shown, and what their numbers can be.

import { types } from 'node:util'

/** A key and its value. */
export type Entry = readonly [key: unknown, value: unknown]

/** How entries are ordered; undefined: as fits them. */
export type Sort = 'key' | 'value' | 'none' | undefined

/** A day, a month, or a time of a day, as ISO 8601 writes them. */
const isoDate = /^\d{4}-\d{2}(-\d{2}([T ]\d{2}(:\d{2}(:\d{2}([.,]\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?)?)?$/
/** A number, or a time such as 12:30 or 2024/07. */
const numberLike = /^[-+]?\d[\d.:/-]*$/

/**
 * Entries in the order in which they are shown.
 *
 * By default a series stays one: dates go by time, and entries whose keys are numbers or times in ascending order stay as they
 * are. So do entries whose values ascend, such as offsets. Other numbers go largest first; other entries stay as they are.
 */
export function orderEntries(entries: readonly Entry[], sort: Sort): readonly Entry[] {
  switch (sort ?? fittingSort(entries)) {
    case 'key':
      return entries.toSorted(([a], [b]) => compareKeys(a, b))
    case 'value':
      return entries.toSorted(([, a], [, b]) => compareValues(a, b))
    default:
      return entries
  }
}

function fittingSort(entries: readonly Entry[]): Sort {
  const keys = entries.map(([key]) => key)
  if (keys.every(isDate)) return 'key'
  if (keys.every(isOrderable) && isAscending(keys, compareKeys)) return 'none'
  const values = entries.map(([, value]) => value)
  return values.every(isNumber) && !areOffsets(values) ? 'value' : 'none'
}

function isDate(key: unknown): boolean {
  return types.isDate(key) || (typeof key === 'string' && isoDate.test(key))
}

function isOrderable(key: unknown): boolean {
  return isNumber(key) || (typeof key === 'string' && numberLike.test(key))
}

/** A number that is one. */
export function isNumber(value: unknown): value is number | bigint {
  return (typeof value === 'number' && Number.isFinite(value)) || typeof value === 'bigint'
}

/** Whether numbers can be counts: whole, and none below 0. */
export function areCounts(values: readonly unknown[]): boolean {
  return values.every((value) => (Number.isSafeInteger(value) || typeof value === 'bigint') && isAtLeast0(value))
}

/** Whether numbers look like places in data, in order: whole ones that ascend. Bars of them would say nothing. */
export function areOffsets(values: ArrayLike<unknown>): boolean {
  const list = Array.from(values)
  return list.length > 2 && areCounts(list) && list.every((value, i) => i === 0 || isLess(list[i - 1], value))
}

/** Whether there can be bars of numbers. */
export function isAtLeast0(value: unknown): boolean {
  // `as`: only numbers come here; bigints compare with numbers.
  return (value as number) >= 0
}

function isLess(a: unknown, b: unknown): boolean {
  return compareValues(b, a) < 0
}

function isAscending(list: readonly unknown[], compare: (a: unknown, b: unknown) => number): boolean {
  return list.every((each, i) => i === 0 || compare(list[i - 1], each) <= 0)
}

/** Largest first; what cannot be compared stays where it is. */
function compareValues(a: unknown, b: unknown): number {
  // `as`: `<` compares whatever it is given.
  const [left, right] = [a as number, b as number]
  return left > right ? -1 : left < right ? 1 : 0
}

/** Ascending: numbers, and texts of digits, by their values; dates by time; other keys as text. */
function compareKeys(a: unknown, b: unknown): number {
  const [left, right] = [rankOf(a), rankOf(b)]
  if (typeof left === typeof right || (typeof left !== 'string' && typeof right !== 'string')) {
    return left < right ? -1 : left > right ? 1 : 0
  }
  // Numbers before text.
  return typeof left === 'string' ? 1 : -1
}

function rankOf(key: unknown): number | bigint | string {
  if (typeof key === 'number' || typeof key === 'bigint') return key
  if (types.isDate(key)) return key.getTime()
  const text = String(key)
  return /^[-+]?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}
