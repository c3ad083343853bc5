// The columns of a table: what they are, how one number is added to them, and how two tables' values are put together.

import { checkInteger, readOptions, show } from '@onecopy/core/lane'
import { powersOfTen } from '../base/powers-of-ten.js'
import type { GroupColumn } from './contract.js'

/** A column, checked. */
export interface Column {
  readonly name: string
  readonly field: number
  readonly isDouble: boolean
  /** Digits behind the point of a decimal; 0 for other types. */
  readonly digits: number
  /** How many units make 1: 10 to the power of `digits`. */
  readonly unitsPerOne: number
}

export const mostFields = 256
const mostColumns = 64
const mostDigits = 15

/** Values per key: its rows, then four values of each column. */
export function strideOf(columns: readonly Column[]): number {
  return 1 + 4 * columns.length
}

/** What a key has before a number is added: -0 and the infinities, because they change no number. */
export function clearValues(values: Float64Array, place: number, columnCount: number): void {
  values[place] = 0
  for (let at = place + 1; at < place + 1 + 4 * columnCount; at += 4) {
    values[at] = 0
    values[at + 1] = -0
    values[at + 2] = Number.POSITIVE_INFINITY
    values[at + 3] = Number.NEGATIVE_INFINITY
  }
}

/**
 * Add one number to a column, whose four values are at `at`.
 *
 * @throws {RangeError} the sum would not be exact
 */
export function addNumber(values: Float64Array, at: number, value: number, column: Column): void {
  values[at + 1]! += value
  if (!column.isDouble) checkSum(values[at + 1]!, column)
  values[at]!++
  values[at + 2] = Math.min(values[at + 2]!, value)
  values[at + 3] = Math.max(values[at + 3]!, value)
}

/**
 * Add the values at `from` of `right` to those at `to` of `left`.
 *
 * @throws {RangeError} a sum would not be exact
 */
export function addValues(
  left: Float64Array,
  to: number,
  right: Float64Array,
  from: number,
  columns: readonly Column[],
): void {
  left[to]! += right[from]!
  for (let i = 0; i < columns.length; i++) {
    const at = to + 1 + 4 * i
    const by = from + 1 + 4 * i
    left[at]! += right[by]!
    left[at + 1]! += right[by + 1]!
    if (!columns[i]!.isDouble) checkSum(left[at + 1]!, columns[i]!)
    left[at + 2] = Math.min(left[at + 2]!, right[by + 2]!)
    left[at + 3] = Math.max(left[at + 3]!, right[by + 3]!)
  }
}

function checkSum(sum: number, { name, digits }: Column): void {
  if (Math.abs(sum) <= Number.MAX_SAFE_INTEGER) return
  const most = digits === 0 ? '2^53 - 1' : `2^53 - 1 units of 10^-${digits}`
  throw new RangeError(
    `${name}: a sum is beyond ±(${most}), where it would not be exact; use fewer digits, or the type 'double'`,
  )
}

/** @throws {TypeError | RangeError} a column is not what `GroupColumn` says */
export function checkColumns(columns: Readonly<Record<string, GroupColumn>>, key: number): Column[] {
  const names = Object.keys(columns)
  if (names.length > mostColumns)
    throw new RangeError(`columns: expected at most ${mostColumns} columns, got ${names.length}`)
  return names.map((name, i) => {
    if (name === 'key' || name === 'count') throw new TypeError(`columns.${name}: a column cannot have this name`)
    if (typeof columns[name] !== 'object')
      throw new TypeError(`columns.${name}: expected an object, got ${show(columns[name])}`)
    const given: { type?: unknown; field?: number; digits?: number } = columns[name]
    const { type, field = i + 1, digits } = readOptions(`columns.${name}`, given, ['type', 'field', 'digits'])
    if (type !== 'integer' && type !== 'decimal' && type !== 'double')
      throw new TypeError(`columns.${name}.type: expected 'integer', 'decimal' or 'double', got ${show(type)}`)
    checkInteger(`columns.${name}.field`, field, 0, mostFields - 1)
    if (type === 'decimal') checkInteger(`columns.${name}.digits`, digits, 0, mostDigits)
    else if (digits !== undefined)
      throw new TypeError(`columns.${name}.digits: only a column of type 'decimal' has digits`)
    if (field === key) throw new RangeError(`columns.${name}.field: field ${field} is the key`)
    const same = names.findIndex(
      (other, j) =>
        j < i && ((Object.hasOwn(columns[other]!, 'field') ? columns[other]!.field : undefined) ?? j + 1) === field,
    )
    if (same >= 0) throw new RangeError(`columns.${name}.field: field ${field} is column ${names[same]}`)
    return { name, field, isDouble: type === 'double', digits: digits ?? 0, unitsPerOne: powersOfTen[digits ?? 0]! }
  })
}
