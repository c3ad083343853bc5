// Grouping the rows of a chunk without SIMD: the plain twin of assembly/group.ts.

import { addNumber, strideOf } from './columns.js'
import type { GroupTable } from './contract.js'
import { newRow, type RowFormat, readRow } from './row-format.js'
import { emptyTable, findKey } from './table.js'

const lineFeed = 10
const { indexOf } = Uint8Array.prototype

/** A table of the rows in `bytes`. */
export function plainRows(bytes: Readonly<Uint8Array>, format: RowFormat): GroupTable {
  const { columns } = format
  const stride = strideOf(columns)
  const table = emptyTable()
  const row = newRow(format)
  for (let start = 0; start < bytes.length; ) {
    const found = indexOf.call(bytes, lineFeed, start)
    const feed = found < 0 ? bytes.length : found
    if (readRow(bytes, start, feed, format, row)) {
      const place = findKey(table, columns, bytes, row.keyStart, row.keyEnd) * stride
      table.values[place]!++
      for (let i = 0; i < columns.length; i++) addNumber(table.values, place + 1 + 4 * i, row.values[i]!, columns[i]!)
    } else {
      table.malformed++
    }
    start = feed + 1
  }
  return table
}
