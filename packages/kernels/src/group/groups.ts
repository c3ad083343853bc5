// The answer of a group-by: sorted columns, an iterator of rows, or a Map.

import { decodeText } from '@onecopy/core'
import type { Column } from './columns.js'
import type { AggregateColumn, GroupRow, GroupTable } from './contract.js'

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
  readonly #parts: readonly (readonly [name: string, column: AggregateColumn])[]

  /** @internal The keys of `table` are in order. */
  constructor(table: Readonly<GroupTable>, columns: readonly Column[]) {
    const { keyCount, malformed, arena, offsets, values } = table
    this.size = keyCount
    this.malformed = malformed
    this.keyBytes = arena.slice(0, offsets[keyCount])
    this.keyOffsets = offsets.slice(0, keyCount + 1)
    this.counts = new Float64Array(keyCount)
    const parts = columns.map(() => new Writable(keyCount))
    // Key by key, because its values lie side by side.
    for (let i = 0, at = 0; i < keyCount; i++) {
      this.counts[i] = values[at++]!
      for (let c = 0; c < columns.length; c++, at += 4) parts[c]!.set(i, values, at, columns[c]!.unitsPerOne)
    }
    this.#parts = columns.map(({ name }, c) => [name, { ...parts[c]! }] as const)
    // `as`: there is a column for each name.
    this.columns = Object.fromEntries(this.#parts) as typeof this.columns
  }

  /** The keys as text, in order. What is not UTF-8 becomes U+FFFD. */
  *keys(): Generator<string, void, undefined> {
    for (let first = 0; first < this.size; ) {
      const keys = this.#textFrom(first)
      yield* keys
      first += keys.length
    }
  }

  /** Each group as a row, in order. */
  *[Symbol.iterator](): Generator<GroupRow<C>, void, undefined> {
    for (let first = 0; first < this.size; ) {
      const keys = this.#textFrom(first)
      for (const key of keys) yield this.#row(first++, key)
    }
  }

  /** Some keys as text, from the key `first` on. */
  #textFrom(first: number): string[] {
    const { keyBytes, keyOffsets, size } = this
    let next = first + 1
    while (next < size && keyOffsets[next + 1]! - keyOffsets[first]! <= blockBytes) next++
    const [start, end] = [keyOffsets[first]!, keyOffsets[next]!]
    const block = decodeText(keyBytes, start, end)
    // As many characters as bytes: all are ASCII.
    const isAscii = block.length === end - start
    const keys: string[] = []
    for (let key = first; key < next; key++) {
      const [from, to] = [keyOffsets[key]!, keyOffsets[key + 1]!]
      keys.push(isAscii ? block.slice(from - start, to - start) : decodeText(keyBytes, from, to))
    }
    return keys
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
    for (const [name, { count, sum, min, max, mean }] of this.#parts)
      row[name] = { count: count[i]!, sum: sum[i]!, min: min[i]!, max: max[i]!, mean: mean[i]! }
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
