// Orders entries by key, and finds out what their numbers may be.

import { types } from 'node:util'

/** A key and its value. */
export type Entry = readonly [key: unknown, value: unknown]

/** How entries are ordered; undefined: chosen from the entries. */
export type Sort = 'key' | 'value' | 'none' | undefined

/** A date, a month, or a date and time, as ISO 8601 writes them. */
const isoDate = /^\d{4}-\d{2}(-\d{2}([T ]\d{2}(:\d{2}(:\d{2}([.,]\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?)?)?$/
/** A number, or a time such as 12:30 or 2024/07. */
const numberLike = /^[-+]?\d[\d.:/-]*$/

/**
 * Put entries into the order in which they are shown.
 *
 * By default a series stays a series. Dates are sorted by time. Entries whose keys are numbers or times in ascending order stay
 * as they are, and so do entries whose values ascend, such as offsets. Otherwise numbers are sorted with the largest first, and
 * other entries stay as they are.
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

/** Whether `value` is a number and not NaN. */
export function isNumber(value: unknown): value is number | bigint {
  return (typeof value === 'number' && Number.isFinite(value)) || typeof value === 'bigint'
}

/** Whether the numbers can be counts: integers >= 0. */
export function areCounts(values: readonly unknown[]): boolean {
  return values.every((value) => (Number.isSafeInteger(value) || typeof value === 'bigint') && isAtLeast0(value))
}

/** Whether the numbers look like offsets into data: integers in ascending order. Bars of them would say nothing. */
export function areOffsets(values: ArrayLike<unknown>): boolean {
  const list = Array.from(values)
  return list.length > 2 && areCounts(list) && list.every((value, i) => i === 0 || isLess(list[i - 1], value))
}

/** Whether a number can be shown as a bar. */
export function isAtLeast0(value: unknown): boolean {
  // `as`: only numbers and bigints are passed, and bigints compare with numbers.
  return (value as number) >= 0
}

function isLess(a: unknown, b: unknown): boolean {
  return compareValues(b, a) < 0
}

function isAscending(list: readonly unknown[], compare: (a: unknown, b: unknown) => number): boolean {
  return list.every((each, i) => i === 0 || compare(list[i - 1], each) <= 0)
}

/** Largest first. Values that cannot be compared keep their order. */
function compareValues(a: unknown, b: unknown): number {
  // `as`: `<` accepts any values.
  const [left, right] = [a as number, b as number]
  return left > right ? -1 : left < right ? 1 : 0
}

/** Ascending: numbers and texts of digits by value, dates by time, other keys as text. */
function compareKeys(a: unknown, b: unknown): number {
  const [left, right] = [rankOf(a), rankOf(b)]
  if (typeof left === typeof right || (typeof left !== 'string' && typeof right !== 'string')) {
    return left < right ? -1 : left > right ? 1 : 0
  }
  // Numbers come before text.
  return typeof left === 'string' ? 1 : -1
}

function rankOf(key: unknown): number | bigint | string {
  if (typeof key === 'number' || typeof key === 'bigint') return key
  if (types.isDate(key)) return key.getTime()
  const text = String(key)
  return /^[-+]?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}
