// Group by: rows or keys are put into a table of flat buffers, tables are merged, and the answer is sorted.

import type { Reducer } from '@onecopy/core'
import { checkInteger, readOptions, show } from '@onecopy/core/lane'
import { bytesOf, checkSimd } from './base/check.js'
import { addNumber, checkColumns, mostFields, strideOf } from './group/columns.js'
import type { GroupByOptions, GroupTable } from './group/contract.js'
import { Groups } from './group/groups.js'
import { addTable, inOrder, mergeTables } from './group/merge-tables.js'
import { plainRows } from './group/plain-rows.js'
import type { RowFormat } from './group/row-format.js'
import { rowKernel } from './group/row-kernel.js'
import { emptyTable, findKey } from './group/table.js'

/** Adds numbers to one column of a table. */
export interface GroupColumnAdder {
  /**
   * Add one number to the column, for the key with the number `key`.
   *
   * @param value - an integer, or a number of units of a decimal (with one digit, 123 is 12.3): both within ±(2^53 - 1); or a double
   * @throws {RangeError} `value` is not what the column's type says, or the sum would not be exact
   */
  add(table: GroupTable, key: number, value: number): void
}

/** A group-by. Made by {@link groupBy}. */
export interface GroupBy<C extends string> {
  /** The columns, by name. */
  readonly columns: Readonly<Record<C, GroupColumnAdder>>
  /** Merges tables, and sorts the answer. Its accumulators are tables, so `reduce.init()` makes an empty one. */
  readonly reduce: Reducer<GroupTable, GroupTable, Groups<C>>
  /**
   * The number of the key in the window `[start, end)` of `bytes`: from 0, in the order in which keys are found. A new key is added,
   * with no rows. Every byte string can be a key, the empty one too.
   *
   * @throws {RangeError} the keys are more than 2^28, or than 4 GiB together
   */
  find(table: GroupTable, bytes: Readonly<Uint8Array>, start: number, end: number): number
  /** Count a row, or `rows` rows, for the key with the number `key`. */
  count(table: GroupTable, key: number, rows?: number): void
  /**
   * Add the rows in `bytes` to `table`, and return it. Rows are lines, which end with `\n` or `\r\n`; the last one may do without. A
   * line that is not a row is counted as malformed.
   *
   * @throws {RangeError} a number is out of its type's range, or a sum would not be exact
   */
  addRows(table: GroupTable, bytes: Readonly<Uint8Array>): GroupTable
  /** The rows in `bytes` as a table of their own: see `addRows`. For a chunk function that returns a table. */
  ofRows(bytes: Readonly<Uint8Array>): GroupTable
}

/**
 * Group rows by a key of bytes: count them, and find the sum, the smallest, the largest and the mean of numbers.
 *
 * No string and no object is made per row or per key. Keys lie one after the other in an arena, and are found in a hash table with
 * open addressing. A table is plain data of typed arrays: it is what a chunk function returns, or what it folds into.
 *
 * Rows are read with WebAssembly SIMD by `addRows` and `ofRows`. A field ends at the separator; quotes have no meaning. Numbers are
 * `-12`, `12.5` or `.5`, doubles also `1e-3`. A row needs every field of the key and the columns; more fields are ignored.
 *
 * Sums of integers and decimals are exact, or a `RangeError`. Sums of doubles are added row by row within a chunk, and by the fixed
 * tree of all reducers between chunks. So all answers have the same bits on any number of workers, with and without SIMD.
 *
 * @throws {TypeError | RangeError} an option is not what {@link GroupByOptions} says
 * @example
 * const stations = groupBy({ separator: ';', columns: { celsius: { type: 'decimal', digits: 1 } } })
 *
 * export const byStation = definePlugin(import.meta.url, {
 *   name: 'by-station',
 *   chunks: lines(),
 *   fold: (table, bytes) => stations.addRows(table, bytes),
 *   reduce: stations.reduce,
 * })
 * @example
 * const words = groupBy()
 *
 * function addWord(table, bytes, start, end) {
 *   words.count(table, words.find(table, bytes, start, end))
 * }
 */
export function groupBy<C extends string = never>(options: GroupByOptions<C> = {}): GroupBy<C> {
  const { format, simd } = checkOptions(options)
  const { columns } = format
  const merging = { columns, simd }
  const stride = strideOf(columns)
  const rowsOf = (bytes: Readonly<Uint8Array>): GroupTable => {
    const kernel = simd ? rowKernel() : undefined
    return kernel === undefined ? plainRows(bytes, format) : kernel.rows(bytes, format)
  }
  const addRows = (table: GroupTable, bytes: Readonly<Uint8Array>): GroupTable =>
    // By way of a table of its own with the plain twin too, so that doubles are added in the same order.
    addTable(table, rowsOf(bytesOf(bytes)), merging)
  const adders = columns.map((column, i): [string, GroupColumnAdder] => [
    column.name,
    {
      add(table, key, value) {
        if (typeof value !== 'number' || (!column.isDouble && !Number.isSafeInteger(value)))
          throw new RangeError(`${column.name}: expected ${kindOf(column)}, got ${show(value)}`)
        addNumber(table.values, key * stride + 1 + 4 * i, column.isDouble ? value : value + 0, column)
      },
    },
  ])
  return {
    // `as`: there is a column for each name.
    columns: Object.fromEntries(adders) as Record<C, GroupColumnAdder>,
    reduce: {
      init: emptyTable,
      add: (left, right) => addTable(left, right, merging),
      merge: (left, right) => mergeTables(left, right, merging),
      finish: (table) => new Groups<C>(inOrder(table, columns), columns),
    },
    find: (table, bytes, start, end) => findKey(table, columns, bytes, start, end),
    count: (table, key, rows = 1) => {
      table.values[key * stride]! += rows
    },
    addRows,
    ofRows: (bytes) => addRows(emptyTable(), bytes),
  }
}

function kindOf({ isDouble, digits }: { isDouble: boolean; digits: number }): string {
  if (isDouble) return 'a number'
  return digits === 0 ? 'an integer within ±(2^53 - 1)' : `a number of units of 10^-${digits} within ±(2^53 - 1)`
}

const known = ['columns', 'key', 'separator', 'simd'] as const

function checkOptions(options: GroupByOptions<string>): { format: RowFormat; simd: boolean } {
  const { columns = {}, key = 0, separator = ',', simd = true } = readOptions('groupBy', options, known)
  checkInteger('key', key, 0, mostFields - 1)
  checkSimd(simd)
  if (typeof separator !== 'string' || !/^[^\n\r\d+\-.eE\u0080-\uffff]$/.test(separator))
    throw new RangeError(
      `separator: expected one ASCII character that cannot be part of a number or end a line, got ${show(separator)}`,
    )
  if (typeof columns !== 'object' || columns === null)
    throw new TypeError(`columns: expected an object, got ${show(columns)}`)
  const checked = checkColumns(columns, key)
  const last = Math.max(key, ...checked.map(({ field }) => field))
  const columnOf = Array.from({ length: last + 1 }, (_, field) => checked.findIndex((each) => each.field === field))
  return { format: { key, separator: separator.charCodeAt(0), columns: checked, columnOf }, simd }
}
