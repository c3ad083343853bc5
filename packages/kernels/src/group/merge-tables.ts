// Merging tables: both are put in the order of their hashes, and read from start to end. A merge by look-ups would wait for the
// memory at every key, once a table is larger than the processor's cache.

import { addValues, type Column, strideOf } from './columns.js'
import type { GroupTable } from './contract.js'
import { checkSize, insertTable } from './table.js'

/** A table with so many times fewer keys is added by look-ups. */
const fewer = 8

/**
 * Add all of `right` to `left`; `right` stays as it is.
 *
 * @throws {RangeError} a sum would not be exact; there are too many keys, or they are too long
 */
export function addTable(left: GroupTable, right: Readonly<GroupTable>, columns: readonly Column[]): GroupTable {
  if (right.keyCount * fewer < left.keyCount) return insertTable(left, right, columns)
  const malformed = left.malformed + right.malformed
  // A copy: `right` may be used again.
  if (left.keyCount === 0) return Object.assign(left, sortedTable(right, columns), { malformed })
  return Object.assign(left, mergeSorted(inOrder(left, columns), inOrder(right, columns), columns), { malformed })
}

/**
 * Both tables as one; either may be changed.
 *
 * @throws {RangeError} as `addTable`
 */
export function mergeTables(left: GroupTable, right: GroupTable, columns: readonly Column[]): GroupTable {
  if (left.keyCount > 0) return addTable(left, right, columns)
  right.malformed += left.malformed
  return right
}

function inOrder(table: Readonly<GroupTable>, columns: readonly Column[]): Readonly<GroupTable> {
  return table.isSorted ? table : sortedTable(table, columns)
}

/** A copy of a table in the order of its hashes. */
export function sortedTable(table: Readonly<GroupTable>, columns: readonly Column[]): GroupTable {
  const { keyCount, malformed, arena, offsets, hashes, values } = table
  const stride = strideOf(columns)
  const to = roomFor(keyCount, offsets[keyCount]!, stride, malformed)
  const order = table.isSorted ? undefined : hashOrder(table)
  let used = 0
  for (let i = 0; i < keyCount; i++) {
    const key = order === undefined ? i : order[i]!
    const end = offsets[key + 1]!
    for (let at = offsets[key]!; at < end; at++) to.arena[used++] = arena[at]!
    to.offsets[i + 1] = used
    to.hashes[i] = hashes[key]!
    for (let part = 0; part < stride; part++) to.values[i * stride + part] = values[key * stride + part]!
  }
  return to
}

function roomFor(keys: number, keyBytes: number, stride: number, malformed: number): GroupTable {
  checkSize(keys, keyBytes)
  return {
    keyCount: keys,
    malformed,
    isSorted: true,
    arena: new Uint8Array(keyBytes),
    offsets: new Uint32Array(keys + 1),
    hashes: new Uint32Array(keys),
    slots: new Uint32Array(0),
    values: new Float64Array(keys * stride),
  }
}

/** The numbers of all keys in the order of their hashes: a radix sort, byte by byte. */
function hashOrder(table: Readonly<GroupTable>): Uint32Array {
  const { keyCount, hashes } = table
  let order = new Uint32Array(keyCount)
  let other = new Uint32Array(keyCount)
  for (let key = 0; key < keyCount; key++) order[key] = key
  const places = new Uint32Array(256)
  for (let shift = 0; shift < 32; shift += 8) {
    places.fill(0)
    for (let key = 0; key < keyCount; key++) places[(hashes[key]! >>> shift) & 0xff]!++
    let place = 0
    for (let value = 0; value < 256; value++) {
      const count = places[value]!
      places[value] = place
      place += count
    }
    for (let i = 0; i < keyCount; i++) other[places[(hashes[order[i]!]! >>> shift) & 0xff]!++] = order[i]!
    ;[order, other] = [other, order]
  }
  // Keys with one hash, which are few, are put in the order of their bytes.
  for (let i = 1; i < keyCount; i++) {
    for (let j = i; j > 0 && hashes[order[j - 1]!] === hashes[order[j]!]; j--) {
      const [left, right] = [order[j - 1]!, order[j]!]
      if (compareKeys(table, left, table, right) < 0) break
      order[j - 1] = right
      order[j] = left
    }
  }
  return order
}

function compareKeys(
  { arena, offsets }: Readonly<GroupTable>,
  key: number,
  { arena: otherArena, offsets: otherOffsets }: Readonly<GroupTable>,
  other: number,
): number {
  const end = offsets[key + 1]!
  const otherEnd = otherOffsets[other + 1]!
  let at = offsets[key]!
  let otherAt = otherOffsets[other]!
  for (; at < end && otherAt < otherEnd; at++, otherAt++) {
    if (arena[at] !== otherArena[otherAt]) return arena[at]! - otherArena[otherAt]!
  }
  return end - at - (otherEnd - otherAt)
}

/** Merge two tables in the order of their hashes into a new one. */
function mergeSorted(left: Readonly<GroupTable>, right: Readonly<GroupTable>, columns: readonly Column[]): GroupTable {
  const stride = strideOf(columns)
  const keyBytes = left.offsets[left.keyCount]! + right.offsets[right.keyCount]!
  const to = roomFor(left.keyCount + right.keyCount, keyBytes, stride, 0)
  const { arena, offsets, hashes, values } = to
  const { keyCount: leftCount, hashes: leftHashes } = left
  const { keyCount: rightCount, hashes: rightHashes } = right
  let l = 0
  let r = 0
  let keys = 0
  let used = 0
  while (l < leftCount || r < rightCount) {
    let order = l === leftCount ? 1 : r === rightCount ? -1 : leftHashes[l]! - rightHashes[r]!
    if (order === 0) order = compareKeys(left, l, right, r)
    const from = order <= 0 ? left : right
    const key = order <= 0 ? l++ : r
    const { arena: fromArena, values: fromValues } = from
    const end = from.offsets[key + 1]!
    for (let at = from.offsets[key]!; at < end; at++) arena[used++] = fromArena[at]!
    hashes[keys] = from.hashes[key]!
    const place = keys * stride
    const fromPlace = key * stride
    for (let i = 0; i < stride; i++) values[place + i] = fromValues[fromPlace + i]!
    if (order === 0) addValues(values, place, right.values, r * stride, columns)
    if (order >= 0) r++
    offsets[++keys] = used
  }
  to.keyCount = keys
  return to
}
