// Where the key and the columns stand in a row, and reading one row without SIMD.

import type { Column } from './columns.js'
import { parseNumber, textOf } from './parse-number.js'

export interface RowFormat {
  readonly key: number
  /** The byte between two fields. */
  readonly separator: number
  readonly columns: readonly Column[]
  /** Which column each field is, from 0 to the last field that is needed; -1 for none. */
  readonly columnOf: readonly number[]
}

/** One row. Used again for the next one. */
export interface Row {
  keyStart: number
  keyEnd: number
  readonly values: Float64Array
}

const carriageReturn = 13
/** So much of a number is shown in an error message. */
const mostShown = 40

export function newRow({ columns }: RowFormat): Row {
  return { keyStart: 0, keyEnd: 0, values: new Float64Array(columns.length) }
}

/**
 * Read the line `[start, feed)` into `row`. False if it is not a row: it is empty, a field is missing, or a number is not one.
 *
 * @throws {RangeError} a number is out of the range of its type
 */
export function readRow(
  bytes: Readonly<Uint8Array>,
  start: number,
  feed: number,
  { key, separator, columns, columnOf }: RowFormat,
  row: Row,
): boolean {
  const end = feed > start && bytes[feed - 1] === carriageReturn ? feed - 1 : feed
  if (end === start) return false
  let at = start
  let refusal: string | undefined
  for (let field = 0; ; field++) {
    const from = at
    while (at < end && bytes[at] !== separator) at++
    const column = columnOf[field]!
    if (field === key) {
      row.keyStart = from
      row.keyEnd = at
    } else if (column >= 0) {
      const value = parseNumber(bytes, from, at, columns[column]!)
      if (Number.isNaN(value)) return false
      if (value === Number.POSITIVE_INFINITY && !columns[column]!.isDouble)
        refusal ??= tooLarge(columns[column]!, textOf(bytes, from, Math.min(at, from + mostShown)))
      row.values[column] = value
    }
    if (field === columnOf.length - 1) break
    if (at === end) return false
    at++
  } // Not sooner: a line that is not a row is not read.
  if (refusal !== undefined) throw new RangeError(refusal)
  return true
}

function tooLarge({ name, digits }: Column, text: string): string {
  const shown = text.length === mostShown ? `${text}…` : text
  const range = digits === 0 ? '±(2^53 - 1)' : `±(2^53 - 1) units of 10^-${digits}`
  return `${name}: expected numbers within ${range}, got ${shown}; use the type 'double'`
}
