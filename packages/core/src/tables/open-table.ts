// Opens a table in a lane.

import type { SharedMemory } from '../data/shared-memory.js'
import type { TableLayout } from './contract.js'
import { SharedTable } from './shared-table.js'

/** Open in this thread a table that was described in another. */
export function openTable(memory: SharedMemory<Uint8Array>, layout: TableLayout): SharedTable<unknown[], unknown[]> {
  return new SharedTable({ memory, layout })
}
