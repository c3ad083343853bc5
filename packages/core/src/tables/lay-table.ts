// Lays a table into one piece of shared memory.

import { show } from '../base/check.js'
import { alloc } from '../data/share.js'
import type { SharedMemory } from '../data/shared-memory.js'
import type { ColumnLayout, TableLayout } from './contract.js'
import type { KeyIndex } from './key-index.js'
import { type ColumnPlan, partBytes, writeColumn } from './plan-column.js'

/** Places are numbers of 32 bits. */
const mostBytes = 2 ** 32

/** A table in memory. */
export interface LaidTable {
  readonly memory: SharedMemory<Uint8Array>
  readonly layout: TableLayout
}

/** Planned columns, with their names. */
export type NamedPlans = readonly (readonly [name: string, plan: ColumnPlan])[]

/** Gives out places in a piece of memory, one after the other. */
export class Places {
  /** The bytes that were given out. */
  end = 0

  /** A place for so many bytes, at a multiple of 8. */
  take(bytes: number): number {
    const at = this.end
    this.end += 8 * Math.ceil(bytes / 8)
    return at
  }

  /** Places for a column. */
  layOut(name: string, plan: ColumnPlan): ColumnLayout {
    const { kind, rows, elementType, length, isWellFormed } = plan
    const { data, offsets, validity } = partBytes(plan)
    const at = this.take(data)
    const offsetsAt = this.take(offsets)
    const validityAt = validity === 0 ? -1 : this.take(validity)
    const words = plan.words === undefined ? undefined : this.layOut('', plan.words)
    return { name, rows, kind, elementType, at, length, offsetsAt, validityAt, isWellFormed, words }
  }
}

/**
 * Allocate the memory, and write everything into it.
 *
 * @param name - what makes the table, for a message
 * @param isNamed - whether a row is an object
 * @throws {RangeError} it would take more than 4 GiB, or the system does not give the memory
 */
export function layTable(
  name: string,
  index: KeyIndex,
  [keyName, keys]: NamedPlans[number],
  values: NamedPlans,
  isNamed: boolean,
): LaidTable {
  index.trim()
  const places = new Places()
  const layout: TableLayout = {
    rows: index.size,
    indexAt: places.take(index.slots.byteLength),
    slots: index.slots.length / 2,
    seed: index.seed,
    key: places.layOut(keyName, keys),
    values: values.map(([columnName, plan]) => places.layOut(columnName, plan)),
    isNamed,
  }
  const { end } = places
  if (end > mostBytes) {
    throw new RangeError(`${name}: the table would take ${show(end)} bytes; at most ${mostBytes} (4 GiB) are possible`)
  }
  const memory = alloc(Uint8Array, end)
  const { buffer } = memory
  new Int32Array(buffer, layout.indexAt, index.slots.length).set(index.slots)
  writeColumn(keys, buffer, layout.key)
  for (const [i, [, plan]] of values.entries()) writeColumn(plan, buffer, layout.values[i]!)
  return { memory, layout }
}
