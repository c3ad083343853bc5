// The answer of a group-by: sorted columns, an iterator of rows, or a Map.

import { decodeText } from '@onecopy/core'
import { type Column, strideOf } from './columns.js'
import type { AggregateColumn, GroupRow, GroupTable } from './contract.js'
import { sortKeys } from './sort-keys.js'

/** Keys are decoded in blocks of about so many bytes: one call costs more than the text of a key. */
const blockBytes = 4096

/**
 * All groups, in the order of their keys' bytes; for UTF-8 that is the order of code points.
 *
 * @example for (const { key, count, price } of groups) console.log(key, count, price.mean)
 */
export class Groups<C extends string = never> implements Iterable<GroupRow<C>> {
  /** How many groups there are. */
  readonly size: number
  /** How many lines were not rows: they were empty, a field was missing, or a number was none. */
  readonly malformed: number
  /** The bytes of all keys, one after the other. */
  readonly keyBytes: Uint8Array
  /** Key `i` has the bytes from `keyOffsets[i]` to `keyOffsets[i + 1]`. */
  readonly keyOffsets: Uint32Array
  /** How many rows each group has. */
  readonly counts: Float64Array
  /** The columns, by name; each has an entry per group. */
  readonly columns: Readonly<Record<C, AggregateColumn>>

  /** @internal */
  constructor(table: GroupTable, columns: readonly Column[]) {
    const { keyCount, malformed, values } = table
    const order = sortKeys(table, keyCount)
    const stride = strideOf(columns)
    this.size = keyCount
    this.malformed = malformed
    ;[this.keyBytes, this.keyOffsets] = sortedKeys(table, order)
    this.counts = new Float64Array(keyCount)
    const parts = columns.map(() => new Writable(keyCount))
    // Key by key, because its values lie side by side.
    for (let i = 0; i < keyCount; i++) {
      let at = order[i]! * stride
      this.counts[i] = values[at++]!
      for (let c = 0; c < columns.length; c++, at += 4) parts[c]!.set(i, values, at, columns[c]!.unitsPerOne)
    }
    // `as`: there is a column for each name.
    this.columns = Object.fromEntries(columns.map(({ name }, c) => [name, { ...parts[c] }])) as typeof this.columns
  }

  /** The keys as text, in order. What is not UTF-8 becomes U+FFFD. */
  *keys(): Generator<string, void, undefined> {
    const { keyBytes, keyOffsets, size } = this
    for (let first = 0; first < size; ) {
      let next = first + 1
      while (next < size && keyOffsets[next + 1]! - keyOffsets[first]! <= blockBytes) next++
      const [start, end] = [keyOffsets[first]!, keyOffsets[next]!]
      const block = decodeText(keyBytes, start, end)
      // As many characters as bytes: all are ASCII.
      const isAscii = block.length === end - start
      for (; first < next; first++) {
        const [from, to] = [keyOffsets[first]!, keyOffsets[first + 1]!]
        yield isAscii ? block.slice(from - start, to - start) : decodeText(keyBytes, from, to)
      }
    }
  }

  /** Each group as a row, in order. */
  *[Symbol.iterator](): Generator<GroupRow<C>, void, undefined> {
    let i = 0
    for (const key of this.keys()) yield this.#row(i++, key)
  }

  /** The groups as a Map from keys to rows, in order. Of keys that are not UTF-8 and look alike as text, the last one is kept. */
  toMap(): Map<string, GroupRow<C>> {
    const map = new Map<string, GroupRow<C>>()
    for (const row of this) map.set(row.key, row)
    return map
  }

  /**
   * The `k` groups with the most rows, largest first; of equals the one with the smaller key comes first.
   *
   * @param k - integer >= 0
   * @throws {RangeError} `k` is not an integer >= 0
   */
  largest(k: number): GroupRow<C>[] {
    if (!Number.isInteger(k) || k < 0) throw new RangeError(`k: expected an integer >= 0, got ${k}`)
    const { counts } = this
    const best: number[] = []
    for (let i = 0; i < this.size; i++) {
      if (best.length === k && !(k > 0 && counts[i]! > counts[best[k - 1]!]!)) continue
      let place = best.length
      while (place > 0 && counts[best[place - 1]!]! < counts[i]!) place--
      best.splice(place, 0, i)
      if (best.length > k) best.pop()
    }
    return best.map((i) => this.#row(i, decodeText(this.keyBytes, this.keyOffsets[i], this.keyOffsets[i + 1])))
  }

  #row(i: number, key: string): GroupRow<C> {
    const row: Record<string, unknown> = { key, count: this.counts[i]! }
    for (const name of Object.keys(this.columns) as C[]) {
      const { count, sum, min, max, mean } = this.columns[name]
      row[name] = { count: count[i]!, sum: sum[i]!, min: min[i]!, max: max[i]!, mean: mean[i]! }
    }
    // `as`: all columns have been set.
    return row as GroupRow<C>
  }
}

class Writable implements AggregateColumn {
  readonly count: Float64Array
  readonly sum: Float64Array
  readonly min: Float64Array
  readonly max: Float64Array
  readonly mean: Float64Array

  constructor(length: number) {
    this.count = new Float64Array(length)
    this.sum = new Float64Array(length)
    this.min = new Float64Array(length)
    this.max = new Float64Array(length)
    this.mean = new Float64Array(length)
  }

  set(i: number, values: Float64Array, at: number, unitsPerOne: number): void {
    const count = values[at]!
    const sum = values[at + 1]!
    this.count[i] = count
    // Plus 0, because the sum of nothing is -0 until now.
    this.sum[i] = sum / unitsPerOne + 0
    this.min[i] = values[at + 2]! / unitsPerOne
    this.max[i] = values[at + 3]! / unitsPerOne
    this.mean[i] = sum / (count * unitsPerOne) + 0
  }
}

function sortedKeys({ arena, offsets }: GroupTable, order: Uint32Array): [Uint8Array, Uint32Array] {
  const keyBytes = new Uint8Array(offsets[order.length]!)
  const keyOffsets = new Uint32Array(order.length + 1)
  let to = 0
  for (let i = 0; i < order.length; i++) {
    const end = offsets[order[i]! + 1]!
    for (let at = offsets[order[i]!]!; at < end; at++) keyBytes[to++] = arena[at]!
    keyOffsets[i + 1] = to
  }
  return [keyBytes, keyOffsets]
}
