// Tables of groups: finding a key's number by its bytes, and adding keys.

import { addValues, type Column, clearValues, strideOf } from './columns.js'
import type { GroupTable } from './contract.js'
import { hashOf } from './hash.js'

const fewestKeys = 16
const fewestBytes = 256
/** What 32-bit offsets can address, and what a typed array may hold on every runtime. */
const mostBytes = 2 ** 32 - 1
const mostKeys = 2 ** 28

export function emptyTable(): GroupTable {
  return {
    keyCount: 0,
    malformed: 0,
    isSorted: true,
    arena: new Uint8Array(0),
    offsets: new Uint32Array(1),
    hashes: new Uint32Array(0),
    slots: new Uint32Array(0),
    values: new Float64Array(0),
  }
}

/**
 * The number of the key in `[start, end)` of `bytes`; a new one if it is not in the table yet.
 *
 * @throws {RangeError} there are too many keys, or they are too long
 */
export function findKey(
  table: GroupTable,
  columns: readonly Column[],
  bytes: Readonly<Uint8Array>,
  start: number,
  end: number,
): number {
  const hash = hashOf(bytes, start, end)
  // A table that was merged or copied has keys and no slots.
  if (table.slots.length === 0 && table.keyCount > 0) makeSlots(table)
  const slot = findSlot(table, hash, bytes, start, end)
  if (slot >= 0) {
    const found = table.slots[slot + 1]!
    if (found > 0) return found - 1
  }
  const number = appendKey(table, columns, hash, slot, bytes, start, end)
  table.isSorted = false
  clearValues(table.values, number * strideOf(columns), columns.length)
  return number
}

/** Where in `slots` the key is or belongs; -1 if there are no slots. */
function findSlot(
  { slots, offsets, arena }: GroupTable,
  hash: number,
  bytes: Readonly<Uint8Array>,
  start: number,
  end: number,
): number {
  const mask = slots.length - 1
  if (mask < 0) return -1
  for (let at = (hash << 1) & mask; ; at = (at + 2) & mask) {
    const found = slots[at + 1]!
    if (found === 0) return at
    if (slots[at] !== hash) continue
    const from = offsets[found - 1]!
    if (offsets[found]! - from !== end - start) continue
    let i = start
    for (let known = from; i < end && arena[known] === bytes[i]; known++) i++
    if (i === end) return at
  }
}

/** Add a key that is not there. Its values are not set. */
function appendKey(
  table: GroupTable,
  columns: readonly Column[],
  hash: number,
  slot: number,
  bytes: Readonly<Uint8Array>,
  start: number,
  end: number,
): number {
  const number = table.keyCount
  const used = table.offsets[number]!
  let place = slot
  if (number === table.hashes.length || used + end - start > table.arena.length || place < 0) {
    makeRoom(table, columns, number + 1, used + end - start)
    place = freeSlot(table.slots, hash)
  }
  table.slots[place] = hash
  table.slots[place + 1] = number + 1
  const { arena } = table
  // A loop, because keys are short and a call costs more.
  for (let i = start, to = used; i < end; i++, to++) arena[to] = bytes[i]!
  table.offsets[number + 1] = used + end - start
  table.hashes[number] = hash
  table.keyCount = number + 1
  return number
}

function freeSlot(slots: Uint32Array, hash: number): number {
  const mask = slots.length - 1
  let at = (hash << 1) & mask
  while (slots[at + 1] !== 0) at = (at + 2) & mask
  return at
}

/** Make room for `keys` keys of `keyBytes` bytes together, and make slots for them. Grows to at least twice the size. */
function makeRoom(table: GroupTable, columns: readonly Column[], keys: number, keyBytes: number): void {
  checkSize(keys, keyBytes)
  if (keys > table.hashes.length) {
    const room = Math.min(mostKeys, Math.max(fewestKeys, 2 * keys))
    table.offsets = grown(table.offsets, new Uint32Array(room + 1))
    table.hashes = grown(table.hashes, new Uint32Array(room))
    table.values = grown(table.values, new Float64Array(room * strideOf(columns)))
  }
  if (keyBytes > table.arena.length) {
    const room = Math.min(mostBytes, Math.max(fewestBytes, 2 * keyBytes))
    table.arena = grown(table.arena, new Uint8Array(room))
  }
  makeSlots(table)
}

/** @throws {RangeError} a table cannot hold so much */
export function checkSize(keys: number, keyBytes: number): void {
  if (keys <= mostKeys && keyBytes <= mostBytes) return
  throw new RangeError(`groupBy: expected at most 2^28 different keys, of 4 GiB together, got more`)
}

function grown<A extends Uint8Array | Uint32Array | Float64Array>(old: A, larger: A): A {
  larger.set(old as never)
  return larger
}

/** Make slots for as many keys as the table has room for, at most half full, unless it has them. */
function makeSlots(table: GroupTable): void {
  const { hashes, keyCount } = table
  const length = 4 * 2 ** Math.ceil(Math.log2(Math.max(fewestKeys, hashes.length)))
  if (table.slots.length >= length) return
  const slots = new Uint32Array(length)
  for (let key = 0; key < keyCount; key++) {
    const place = freeSlot(slots, hashes[key]!)
    slots[place] = hashes[key]!
    slots[place + 1] = key + 1
  }
  table.slots = slots
}

/**
 * Add all of `right` to `left`, key by key. For a `right` that is small beside `left`; it stays as it is.
 *
 * @throws {RangeError} a sum would not be exact; there are too many keys, or they are too long
 */
export function insertTable(left: GroupTable, right: Readonly<GroupTable>, columns: readonly Column[]): GroupTable {
  const stride = strideOf(columns)
  const { arena, offsets, hashes, values } = right
  makeSlots(left)
  left.malformed += right.malformed
  left.isSorted = false
  for (let key = 0; key < right.keyCount; key++) {
    const hash = hashes[key]!
    const start = offsets[key]!
    const end = offsets[key + 1]!
    const slot = findSlot(left, hash, arena, start, end)
    const found = left.slots[slot + 1]!
    if (found > 0) {
      addValues(left.values, (found - 1) * stride, values, key * stride, columns)
      continue
    }
    const number = appendKey(left, columns, hash, slot, arena, start, end)
    const to = left.values
    for (let i = 0; i < stride; i++) to[number * stride + i] = values[key * stride + i]!
  }
  return left
}
