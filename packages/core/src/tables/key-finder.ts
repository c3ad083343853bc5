// Finds the row of a key in the memory of a table. A search allocates nothing.

import { isBytes } from '../base/check.js'
import { decodeWindow } from '../data/decode-text.js'
import { elementConstructor, type TypedArray } from '../data/typed-array.js'
import type { TableLayout } from './contract.js'
import { hashBytes, hashNumber, hashText } from './hashes.js'
import { isUtf8Of } from './utf8.js'

/** Finds keys of one kind. */
export interface KeyFinder {
  /** The row of `key`; -1 if it is not there. */
  find(key: unknown): number
  /** The row of the key whose UTF-8 is in the range `[start, end)`; -1 if it is not there. */
  findUtf8(bytes: Readonly<Uint8Array>, start: number, end: number): number
}

/** The finder for the keys of a table. */
export function createFinder(buffer: SharedArrayBuffer, layout: TableLayout): KeyFinder {
  const { kind } = layout.key
  if (kind === 'text') return new TextFinder(buffer, layout)
  return kind === 'bytes' ? new BytesFinder(buffer, layout) : new NumberFinder(buffer, layout)
}

class HashIndex {
  readonly slots: Int32Array
  readonly mask: number
  readonly seed: number

  constructor(buffer: SharedArrayBuffer, { indexAt, slots, seed }: TableLayout) {
    this.slots = new Int32Array(buffer, indexAt, 2 * slots)
    this.mask = slots - 1
    this.seed = seed
  }
}

class NumberFinder extends HashIndex implements KeyFinder {
  readonly #keys: Float64Array

  constructor(buffer: SharedArrayBuffer, layout: TableLayout) {
    super(buffer, layout)
    const { elementType, at, length } = layout.key
    // `as`: all numbers are read alike.
    this.#keys = new (elementConstructor(elementType))(buffer, at, length) as TypedArray as Float64Array
  }

  find(key: unknown): number {
    if (typeof key !== 'number') return -1
    const { slots, mask } = this
    const hash = hashNumber(key, this.seed)
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const row = slots[2 * slot + 1]! - 1
      if (row < 0) return -1
      if (slots[2 * slot] !== hash) continue
      const found = this.#keys[row]!
      if (found === key || (Number.isNaN(found) && Number.isNaN(key))) return row
    }
  }

  findUtf8(): number {
    return -1
  }
}

/** Keys of different lengths: text and bytes. */
class HeapIndex extends HashIndex {
  readonly offsets: Uint32Array
  readonly heap: Uint8Array

  constructor(buffer: SharedArrayBuffer, layout: TableLayout) {
    super(buffer, layout)
    const { at, length, offsetsAt } = layout.key
    this.offsets = new Uint32Array(buffer, offsetsAt, layout.rows + 1)
    this.heap = new Uint8Array(buffer, at, length)
  }

  findBytes(bytes: Readonly<Uint8Array>, start: number, end: number): number {
    const { slots, mask, offsets, heap } = this
    const hash = hashBytes(bytes, start, end, this.seed)
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const row = slots[2 * slot + 1]! - 1
      if (row < 0) return -1
      if (slots[2 * slot] === hash && isSame(heap, offsets[row]!, offsets[row + 1]!, bytes, start, end)) return row
    }
  }
}

class TextFinder extends HeapIndex implements KeyFinder {
  find(key: unknown): number {
    if (typeof key !== 'string') return -1
    const { slots, mask, offsets, heap } = this
    const hash = hashText(key, this.seed)
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const row = slots[2 * slot + 1]! - 1
      if (row < 0) return -1
      if (slots[2 * slot] === hash && isUtf8Of(key, heap, offsets[row]!, offsets[row + 1]!)) return row
    }
  }

  findUtf8(bytes: Readonly<Uint8Array>, start: number, end: number): number {
    // The hash is that of the code units, which only for ASCII are the bytes.
    for (let i = start; i < end; i++) if (bytes[i]! >= 0x80) return this.find(decodeWindow(bytes, start, end))
    return this.findBytes(bytes, start, end)
  }
}

class BytesFinder extends HeapIndex implements KeyFinder {
  find(key: unknown): number {
    return isBytes(key) ? this.findBytes(key, 0, key.length) : -1
  }

  findUtf8(bytes: Readonly<Uint8Array>, start: number, end: number): number {
    return this.findBytes(bytes, start, end)
  }
}

function isSame(
  heap: Readonly<Uint8Array>,
  from: number,
  to: number,
  bytes: Readonly<Uint8Array>,
  start: number,
  end: number,
): boolean {
  if (to - from !== end - start) return false
  for (let i = start, at = from; i < end; i++, at++) if (heap[at] !== bytes[i]) return false
  return true
}
