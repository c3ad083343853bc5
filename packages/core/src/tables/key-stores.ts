// The keys of a table while it is made. What is known of them when they are hashed is not found out again when they are written.

import type { TableKey } from './contract.js'
import { factor, hashBytes, hashNumber, mix } from './hashes.js'
import type { ColumnPlan } from './plan-column.js'
import { utf8Length } from './utf8.js'

/** Where a key ends is a number of 32 bits. */
const mostBytes = 2 ** 32 - 1

/** Keys of one kind, in the order in which they came first. */
export interface KeyStore {
  /** How many there are. */
  readonly size: number
  /** The hash of `key`, which may be added next. */
  hash(key: TableKey, seed: number): number
  /** Whether the key of a row equals `key`, as a `Map` compares keys; bytes by their content. */
  isAt(row: number, key: TableKey): boolean
  /** Add the key whose hash was computed last. */
  add(key: TableKey): void
  /** The key of a row. */
  at(row: number): TableKey
  /** The keys as a column. */
  plan(): ColumnPlan
}

/** A store for keys of the kind of `key`; `expected` is how many will come, as far as that is known. */
export function createKeyStore(key: TableKey, expected: number): KeyStore {
  if (typeof key === 'number') return new NumberStore(expected)
  return typeof key === 'string' ? new TextStore(expected) : new BytesStore(expected)
}

const wholePlan = { validity: undefined, isWellFormed: true, words: undefined, offsets: undefined } as const

class NumberStore implements KeyStore {
  size = 0
  #numbers: Float64Array
  #areInt32 = true

  constructor(expected: number) {
    this.#numbers = new Float64Array(expected)
  }

  hash(key: TableKey, seed: number): number {
    // `as`: all keys of a store are of one kind.
    return hashNumber(key as number, seed)
  }

  isAt(row: number, key: TableKey): boolean {
    const own = this.#numbers[row]!
    return own === key || (Number.isNaN(own) && Number.isNaN(key))
  }

  add(key: TableKey): void {
    // -0 becomes 0, as in a `Map`. `as`: as above.
    const number = key === 0 ? 0 : (key as number)
    const row = this.size++
    if (row === this.#numbers.length) {
      const more = new Float64Array(grown(row))
      more.set(this.#numbers)
      this.#numbers = more
    }
    this.#numbers[row] = number
    if ((number | 0) !== number) this.#areInt32 = false
  }

  at(row: number): TableKey {
    return this.#numbers[row]!
  }

  plan(): ColumnPlan {
    const { size } = this
    const elementType = this.#areInt32 ? 'Int32Array' : 'Float64Array'
    const values = this.#numbers.subarray(0, size)
    return { ...wholePlan, kind: 'elements', elementType, length: size, rows: size, values }
  }
}

class TextStore implements KeyStore {
  readonly #texts: string[]
  /** Bytes of all keys as UTF-8. */
  #bytes = 0
  #isWellFormed = true
  size = 0
  /** Whether the key whose hash was computed last is ASCII. */
  #isAscii = true

  constructor(expected: number) {
    this.#texts = new Array(expected)
  }

  hash(key: TableKey, seed: number): number {
    // `as`: all keys of a store are of one kind.
    const text = key as string
    // The same as `hashText`, by which keys are looked up. Here it also finds out whether the text is ASCII.
    let h = seed
    let units = 0
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      units |= unit
      h = Math.imul(h ^ unit, factor)
    }
    this.#isAscii = units < 0x80
    return mix(h)
  }

  isAt(row: number, key: TableKey): boolean {
    return this.#texts[row] === key
  }

  add(key: TableKey): void {
    // `as`: as above.
    const text = key as string
    this.#texts[this.size++] = text
    if (this.#isAscii) {
      this.#bytes += text.length
      return
    }
    const bytes = utf8Length(text)
    if (bytes < 0) this.#isWellFormed = false
    this.#bytes += Math.abs(bytes)
  }

  at(row: number): TableKey {
    return this.#texts[row]!
  }

  plan(): ColumnPlan {
    const { size } = this
    const values = this.#texts
    values.length = size
    const isWellFormed = this.#isWellFormed
    return {
      ...wholePlan,
      kind: 'text',
      elementType: 'Uint8Array',
      length: this.#bytes,
      rows: size,
      values,
      isWellFormed,
    }
  }
}

/** Holds the bytes of all keys one behind the other, because an object per key would take much more memory. */
class BytesStore implements KeyStore {
  size = 0
  #heap: Uint8Array
  /** Where each key begins, and one more: where the last ends. */
  #offsets: Uint32Array

  constructor(expected: number) {
    this.#heap = new Uint8Array(8 * expected)
    this.#offsets = new Uint32Array(expected + 1)
  }

  hash(key: TableKey, seed: number): number {
    // `as`: all keys of a store are of one kind.
    const bytes = key as Uint8Array
    return hashBytes(bytes, 0, bytes.length, seed)
  }

  isAt(row: number, key: TableKey): boolean {
    const bytes = key as Uint8Array
    const start = this.#offsets[row]!
    if (this.#offsets[row + 1]! - start !== bytes.length) return false
    for (let i = 0; i < bytes.length; i++) if (this.#heap[start + i] !== bytes[i]) return false
    return true
  }

  /** @throws {RangeError} the keys would take more than 4 GiB */
  add(key: TableKey): void {
    const bytes = key as Uint8Array
    const start = this.#offsets[this.size]!
    const end = start + bytes.length
    if (end > mostBytes) throw new RangeError(`keys: they would take more than ${mostBytes} bytes (4 GiB)`)
    if (end > this.#heap.length) {
      const heap = new Uint8Array(Math.min(mostBytes, Math.max(end, grown(this.#heap.length))))
      heap.set(this.#heap.subarray(0, start))
      this.#heap = heap
    }
    this.#heap.set(bytes, start)
    if (++this.size === this.#offsets.length) {
      const offsets = new Uint32Array(grown(this.size))
      offsets.set(this.#offsets)
      this.#offsets = offsets
    }
    this.#offsets[this.size] = end
  }

  at(row: number): TableKey {
    return this.#heap.slice(this.#offsets[row]!, this.#offsets[row + 1]!)
  }

  plan(): ColumnPlan {
    const { size } = this
    const offsets = this.#offsets.subarray(0, size + 1)
    // `!`: there is one more.
    const length = offsets[size]!
    const values = this.#heap.subarray(0, length)
    return { ...wholePlan, kind: 'bytes', elementType: 'Uint8Array', length, rows: size, values, offsets }
  }
}

function grown(length: number): number {
  return Math.max(16, 2 * length)
}
