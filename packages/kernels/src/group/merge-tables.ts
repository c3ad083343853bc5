// Merging tables: both are put in the order of their keys, and read from start to end. A merge by look-ups would wait for the memory
// at every key, once a table is larger than the processor's cache. And so the answer needs no sorting at its end, on one thread.

import { addValues, type Column, strideOf } from './columns.js'
import type { GroupTable } from './contract.js'
import { mergeKernel } from './merge-kernel.js'
import { sortKeys } from './sort-keys.js'
import { checkSize, insertTable } from './table.js'

/** Tables with so few keys together stay in the cache. */
const fewKeys = 8192
/** A table with so many times fewer keys is added by look-ups: to one that has slots, and to one that would have to get them. */
const fewer = 8
const farFewer = 64

/** How tables of some columns are merged. */
export interface Merging {
  readonly columns: readonly Column[]
  /** Whether to use WebAssembly SIMD, if it is there. */
  readonly simd: boolean
}

/**
 * Add all of `right` to `left`; `right` stays as it is.
 *
 * @throws {RangeError} a sum would not be exact; there are too many keys, or they are too long
 */
export function addTable(left: GroupTable, right: Readonly<GroupTable>, merging: Merging): GroupTable {
  const { columns } = merging
  const malformed = left.malformed + right.malformed
  // A copy: `right` may be used again.
  if (left.keyCount === 0)
    return Object.assign(left, right.keyCount > fewKeys ? inOrder(right, columns, true) : copyOf(right, columns), {
      malformed,
    })
  if (
    left.keyCount + right.keyCount <= fewKeys ||
    right.keyCount * (left.slots.length > 0 ? fewer : farFewer) < left.keyCount
  )
    return insertTable(left, right, columns)
  return Object.assign(left, mergeSorted(inOrder(left, columns), inOrder(right, columns), merging), { malformed })
}

/**
 * Both tables as one; either may be changed.
 *
 * @throws {RangeError} as `addTable`
 */
export function mergeTables(left: GroupTable, right: GroupTable, merging: Merging): GroupTable {
  if (left.keyCount > 0) return addTable(left, right, merging)
  right.malformed += left.malformed
  return right
}

/** A table with its keys in order: the same one if they are, unless a copy is wanted. */
export function inOrder(table: Readonly<GroupTable>, columns: readonly Column[], isCopy = false): Readonly<GroupTable> {
  if (table.isSorted) return isCopy ? copyOf(table, columns) : table
  const { keyCount, malformed, arena, offsets, hashes, values } = table
  const stride = strideOf(columns)
  const to = roomFor(keyCount, offsets[keyCount]!, stride, malformed)
  const order = sortKeys(table, keyCount)
  let used = 0
  for (let i = 0; i < keyCount; i++) {
    const key = order[i]!
    const end = offsets[key + 1]!
    for (let at = offsets[key]!; at < end; at++) to.arena[used++] = arena[at]!
    to.offsets[i + 1] = used
    to.hashes[i] = hashes[key]!
    for (let part = 0; part < stride; part++) to.values[i * stride + part] = values[key * stride + part]!
  }
  return to
}

function copyOf(table: Readonly<GroupTable>, columns: readonly Column[]): GroupTable {
  const { keyCount, malformed, isSorted, arena, offsets, hashes, values } = table
  return {
    keyCount,
    malformed,
    isSorted,
    arena: arena.slice(0, offsets[keyCount]),
    offsets: offsets.slice(0, keyCount + 1),
    hashes: hashes.slice(0, keyCount),
    slots: new Uint32Array(0),
    values: values.slice(0, keyCount * strideOf(columns)),
  }
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

/** Merge two tables in the order of their keys into a new one. */
function mergeSorted(left: Readonly<GroupTable>, right: Readonly<GroupTable>, { columns, simd }: Merging): GroupTable {
  const keyBytes = left.offsets[left.keyCount]! + right.offsets[right.keyCount]!
  const to = roomFor(left.keyCount + right.keyCount, keyBytes, strideOf(columns), 0)
  to.keyCount = 0
  const { l, r } = (simd ? mergeKernel() : undefined)?.merge(left, right, columns, to) ?? { l: 0, r: 0 }
  mergeRest(left, l, right, r, columns, to)
  return to
}

/** Merge the keys of `left` from `l` on and those of `right` from `r` on, and put them behind those of `to`. */
function mergeRest(
  left: Readonly<GroupTable>,
  l: number,
  right: Readonly<GroupTable>,
  r: number,
  columns: readonly Column[],
  to: GroupTable,
): void {
  const stride = strideOf(columns)
  while (l < left.keyCount && r < right.keyCount) {
    const order = compareKeys(left, l, right, r)
    if (order <= 0) appendKeys(to, left, l, l + 1, stride)
    else appendKeys(to, right, r, r + 1, stride)
    if (order === 0) addValues(to.values, (to.keyCount - 1) * stride, right.values, r * stride, columns)
    if (order <= 0) l++
    if (order >= 0) r++
  }
  appendKeys(to, left, l, left.keyCount, stride)
  appendKeys(to, right, r, right.keyCount, stride)
}

/** Put the keys `[start, end)` of a table behind those of `to`, which has room for them. */
function appendKeys(to: GroupTable, from: Readonly<GroupTable>, start: number, end: number, stride: number): void {
  const { arena, offsets, hashes, values } = from
  const { keyCount } = to
  const shift = to.offsets[keyCount]! - offsets[start]!
  // Loops for one key, because a call costs more.
  if (end - start === 1) {
    for (let at = offsets[start]!; at < offsets[end]!; at++) to.arena[at + shift] = arena[at]!
    to.hashes[keyCount] = hashes[start]!
    for (let i = 0; i < stride; i++) to.values[keyCount * stride + i] = values[start * stride + i]!
  } else {
    to.arena.set(arena.subarray(offsets[start], offsets[end]), offsets[start]! + shift)
    to.hashes.set(hashes.subarray(start, end), keyCount)
    to.values.set(values.subarray(start * stride, end * stride), keyCount * stride)
  }
  for (let key = start; key < end; key++) to.offsets[keyCount + key - start + 1] = offsets[key + 1]! + shift
  to.keyCount = keyCount + end - start
}
