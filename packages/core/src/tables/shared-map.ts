// A map in shared memory, which all workers read where it is.

import { isMap } from '../base/built-in.js'
import { checkBytes, checkCount, checkInteger, show } from '../base/check.js'
import { defineOwn, memberOf } from '../base/own-members.js'
import type { MemoryDescription, SharedMemory } from '../data/shared-memory.js'
import { openColumn } from './columns.js'
import type { Column, TableKey, TableLayout } from './contract.js'
import { createFinder, type KeyFinder } from './key-finder.js'
import { KeyIndex } from './key-index.js'
import { type LaidTable, layTable } from './lay-table.js'
import { planColumn } from './plan-column.js'

/**
 * Marks tables, whichever copy of the package made them. Its value is the version of the layout. Two copies in one program understand
 * each other if these versions are equal.
 */
const brand: unique symbol = Symbol.for('onecopy.sharedTable') as never
const brandVersion = 1

/** A table, described for other threads: its memory, and how it lies there. */
export interface TableDescription {
  /** The memory. */
  readonly memory: MemoryDescription
  /** What is where in it. */
  readonly layout: TableLayout
}

/**
 * A read-only map in shared memory. `sharedMap` makes it. In `params`, it arrives in every worker as the same memory.
 *
 * It has what a `Map` has for reading. Its values are made anew each time they are asked for: text and JSON are decoded, bytes are
 * copied. So `get(key) === get(key)` holds for numbers, text, booleans and `null` only.
 *
 * @typeParam K - the keys: text, numbers, or bytes (compared by their content)
 * @typeParam V - the values
 */
export class SharedMap<K extends TableKey, V> implements ReadonlyMap<K, V> {
  /** The number of entries. */
  readonly size: number
  /** The memory that it takes, in bytes. All workers together have it once. */
  readonly byteLength: number
  readonly #memory: SharedMemory<Uint8Array>
  readonly #layout: TableLayout
  readonly #finder: KeyFinder
  readonly #keys: Column<K>
  readonly #row: (row: number) => V

  /** @internal `sharedMap` makes it */
  constructor({ memory, layout }: LaidTable) {
    const { buffer } = memory
    const { rows } = layout
    this.#memory = memory
    this.#layout = layout
    this.size = rows
    this.byteLength = memory.byteLength
    this.#finder = createFinder(buffer, layout)
    // `as`: the keys are of this type.
    this.#keys = openColumn(buffer, layout.key) as Column<K>
    const columns = layout.values.map((column) => openColumn(buffer, column))
    const names = layout.values.map(({ name }) => name)
    // `as`: what a row has is of this type.
    this.#row = (layout.isNamed ? rowReader(names, columns) : valueReader(columns[0]!)) as (row: number) => V
  }

  /** The value of `key`; `undefined` if the map does not have it. A key of another kind than the map's is not in it. */
  get(key: K): V | undefined {
    const row = this.#finder.find(key)
    return row < 0 ? undefined : this.#row(row)
  }

  /** Whether the map has `key`. */
  has(key: K): boolean {
    return this.#finder.find(key) >= 0
  }

  /**
   * The value of the key whose text, as UTF-8, is in the range `[start, end)` of `bytes`; `undefined` if the map does not have it. It
   * needs no string, so it is quicker than to decode the text and `get` it. If the keys are bytes, these bytes are the key.
   *
   * @param start - offset into `bytes`; integer >= 0, default 0
   * @param end - exclusive; integer >= `start`, default the end of `bytes`; clamped to the end of `bytes`
   * @throws {TypeError} `bytes` is not a `Uint8Array`
   * @throws {RangeError} `start` or `end` is not an integer >= 0, or `end < start`
   */
  getUtf8(bytes: Readonly<Uint8Array>, start: number = 0, end: number = bytes.length): V | undefined {
    const row = this.rowOfUtf8(bytes, start, end)
    return row < 0 ? undefined : this.#row(row)
  }

  /** The number of the entry of `key`, from 0, in the order of iteration; -1 if the map does not have it. */
  rowOf(key: K): number {
    return this.#finder.find(key)
  }

  /** As {@link rowOf}, for a key whose text, as UTF-8, is in the range `[start, end)` of `bytes`. See {@link getUtf8}. */
  rowOfUtf8(bytes: Readonly<Uint8Array>, start: number = 0, end: number = bytes.length): number {
    checkBytes('bytes', bytes)
    const { length } = bytes
    const last = Math.min(length, checkInteger('end', end, checkInteger('start', start, 0)))
    return this.#finder.findUtf8(bytes, Math.min(start, last), last)
  }

  /** Call `visit` for each entry, in the order in which the keys came first. */
  forEach(visit: (value: V, key: K, map: ReadonlyMap<K, V>) => void, thisArg?: unknown): void {
    if (typeof visit !== 'function') throw new TypeError(`visit: expected a function, got ${show(visit)}`)
    for (let row = 0; row < this.size; row++) visit.call(thisArg, this.#row(row), this.#keyAt(row), this)
  }

  /** The keys, in the order in which they came first. */
  *keys(): MapIterator<K> {
    for (let row = 0; row < this.size; row++) yield this.#keyAt(row)
    return undefined
  }

  /** The values, in the order of their keys. */
  *values(): MapIterator<V> {
    for (let row = 0; row < this.size; row++) yield this.#row(row)
    return undefined
  }

  /** The entries, in the order in which their keys came first. */
  *entries(): MapIterator<[K, V]> {
    for (let row = 0; row < this.size; row++) yield [this.#keyAt(row), this.#row(row)]
    return undefined
  }

  /** As {@link entries}. */
  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries()
  }

  /** As a `Map` has it. */
  get [Symbol.toStringTag](): string {
    return 'SharedMap'
  }

  #keyAt(row: number): K {
    // `!`: there is such a row.
    return this.#keys.at(row)!
  }

  /** @internal */
  describe(): TableDescription {
    return { memory: this.#memory.describe(), layout: this.#layout }
  }
}

defineOwn(SharedMap.prototype, brand, brandVersion, false)

/**
 * Whether `value` is a table, of this copy of the package or another.
 *
 * @throws {TypeError} a version of the package made it that this one does not understand
 */
export function isSharedTable(value: object): value is SharedMap<TableKey, unknown> {
  const version = memberOf(value, brand)
  if (version === undefined || version === brandVersion) return version !== undefined
  throw new TypeError('shared table: it was made by another version of onecopy; a program must load only one version')
}

/**
 * Put the entries of a map into shared memory. Workers look keys up there, and none has a copy.
 *
 * The result is read-only. A key that comes again gets the later value, as in a `Map`. All keys are text, or numbers, or bytes
 * (`Uint8Array`). Values that are all numbers, all text, all booleans or all bytes are stored as such, and `null` may be among them.
 * Other values are stored as JSON: numbers, text, booleans, `null`, lists and plain objects of these.
 *
 * It takes about 16 bytes per entry in addition to its keys and values, at most 4 GiB. Building it takes about as long as building a
 * `Map`.
 *
 * @param entries - a `Map`, or any iterable of `[key, value]`
 * @throws {TypeError} `entries` is not iterable; a key is of another kind than the first one; a value cannot be stored
 * @throws {RangeError} there are more than 2^28 keys, or it would take more than 4 GiB
 * @example
 * const users = sharedMap([['ada', 'London'], ['emmy', 'Göttingen']])
 * const cities = await map(data, (bytes, { params }) => params.users.get('ada'), { params: { users } })
 */
export function sharedMap<K extends TableKey, V>(entries: Iterable<readonly [K, V]>): SharedMap<K, V> {
  checkCount('sharedMap', 1, arguments.length)
  // `as`: any value may be asked for any member.
  if (
    typeof (entries as { readonly [Symbol.iterator]?: unknown } | null | undefined)?.[Symbol.iterator] !== 'function'
  ) {
    throw new TypeError(`entries: expected a Map or another iterable of [key, value], got ${show(entries)}`)
  }
  // `as`: lists have a length, and maps a size. A wrong number costs time or memory, and nothing else.
  const { length, size } = entries as unknown as { readonly length?: unknown; readonly size?: unknown }
  const expected = Number(Array.isArray(entries) ? length : isMap(entries) ? size : 0)
  const index = new KeyIndex(expected)
  const values: V[] = new Array(index.expected)
  let i = 0
  for (const entry of entries) {
    if (typeof entry !== 'object' || entry === null) {
      throw new TypeError(`entries[${i}]: expected [key, value], got ${show(entry)}`)
    }
    values[index.rowOf(entry[0], i)] = entry[1]
    i++
  }
  // Some keys were equal, or the list has become shorter meanwhile.
  values.length = index.size
  return new SharedMap<K, V>(
    layTable('sharedMap', index, ['key', index.plan()], [['value', planColumn('values', values)]], false),
  )
}

function valueReader(column: Column<unknown>): (row: number) => unknown {
  if (!ArrayBuffer.isView(column)) return (row) => column.at(row)
  // `as`: it has elements. An index is quicker than `at`.
  const elements = column as unknown as Float64Array
  return (row) => elements[row]
}

/** Makes an object per row, with a member per column. */
function rowReader(names: readonly string[], columns: readonly Column<unknown>[]): (row: number) => object {
  const readers = columns.map(valueReader)
  return (row) => {
    const object = {}
    for (const [i, name] of names.entries()) defineOwn(object, name, readers[i]!(row))
    return object
  }
}
