// Opens the data that core itself can describe. Hosts open what they describe, such as files.

import type { DataDescription, DataReader } from '../data/contract.js'
import { isRange, openRange } from '../data/range.js'
import { openMemory } from '../data/shared-memory.js'
import type { TypedArray } from '../data/typed-array.js'
import { isColumns, type Rows, RowsReader } from './rows.js'

/**
 * Open in this thread the memory of `share` and `alloc`, a `range`, or `columns`, from its description.
 *
 * @param openPart - opens the memory of columns, where that is described in another way
 */
export function openData(
  description: DataDescription,
  openPart: (part: DataDescription) => DataReader<TypedArray> = openData,
): DataReader<TypedArray> {
  if (isRange(description)) return openRange(description)
  // `as`: what core reads of rows, typed arrays have too.
  if (isColumns(description)) return new RowsReader(description, openPart) as DataReader<Rows<unknown>>
  return openMemory(description)
}
