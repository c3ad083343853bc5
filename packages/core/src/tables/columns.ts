// Columns in the memory of a table, for reading.

import { elementConstructor, type TypedArray } from '../data/typed-array.js'
import type { Column, ColumnLayout } from './contract.js'
import { readUtf8 } from './utf8.js'

/** A column in memory: a typed array if that says everything. */
export function openColumn(
  buffer: SharedArrayBuffer,
  layout: ColumnLayout,
): Column<unknown> | (TypedArray & Column<number | bigint>) {
  const { kind, rows, elementType, at, length, validityAt } = layout
  const elements = new (elementConstructor(elementType))(buffer, at, length) as TypedArray & Column<number | bigint>
  if (kind === 'elements' && validityAt < 0) return elements
  const validity = validityAt < 0 ? undefined : new Uint8Array(buffer, validityAt, Math.ceil(rows / 8))
  if (kind === 'elements') return new ElementColumn(rows, validity, elements)
  // `as`: all others lie in bytes.
  const bytes = elements as unknown as Uint8Array
  if (kind === 'boolean') return new BooleanColumn(rows, validity, bytes)
  if (layout.words !== undefined) {
    const codes = elements as unknown as Uint16Array
    // `as`: words are text.
    return new WordColumn(rows, validity, codes, openText(buffer, layout.words, undefined))
  }
  if (kind === 'bytes') return new BytesColumn(rows, validity, bytes, openOffsets(buffer, layout))
  const text = openText(buffer, layout, validity)
  return kind === 'text' ? text : new JsonColumn(rows, validity, text)
}

function openOffsets(buffer: SharedArrayBuffer, { offsetsAt, rows }: ColumnLayout): Uint32Array {
  return new Uint32Array(buffer, offsetsAt, rows + 1)
}

function openText(buffer: SharedArrayBuffer, layout: ColumnLayout, validity: Uint8Array | undefined): TextColumn {
  const { rows, at, length, isWellFormed } = layout
  return new TextColumn(rows, validity, new Uint8Array(buffer, at, length), openOffsets(buffer, layout), isWellFormed)
}

abstract class ColumnReader<V> implements Column<V | null> {
  readonly length: number
  readonly #validity: Uint8Array | undefined

  constructor(length: number, validity: Uint8Array | undefined) {
    this.length = length
    this.#validity = validity
  }

  at(row: number): V | null | undefined {
    const index = row < 0 ? this.length + row : row
    if (!(Number.isInteger(index) && index >= 0 && index < this.length)) return undefined
    const validity = this.#validity
    return validity !== undefined && (validity[index >>> 3]! & (1 << (index & 7))) === 0 ? null : this.read(index)
  }

  *[Symbol.iterator](): IterableIterator<V | null> {
    // `as`: there are so many rows.
    for (let row = 0; row < this.length; row++) yield this.at(row) as V | null
  }

  /** The value of a row that has one. */
  protected abstract read(row: number): V
}

class ElementColumn extends ColumnReader<number | bigint> {
  readonly #elements: { readonly [index: number]: number | bigint }

  constructor(length: number, validity: Uint8Array | undefined, elements: TypedArray) {
    super(length, validity)
    // `as`: it has elements.
    this.#elements = elements as unknown as Float64Array
  }

  protected read(row: number): number | bigint {
    return this.#elements[row]!
  }
}

class BooleanColumn extends ColumnReader<boolean> {
  readonly #bytes: Uint8Array

  constructor(length: number, validity: Uint8Array | undefined, bytes: Uint8Array) {
    super(length, validity)
    this.#bytes = bytes
  }

  protected read(row: number): boolean {
    return this.#bytes[row] === 1
  }
}

class BytesColumn extends ColumnReader<Uint8Array> {
  readonly #heap: Uint8Array
  readonly #offsets: Uint32Array

  constructor(length: number, validity: Uint8Array | undefined, heap: Uint8Array, offsets: Uint32Array) {
    super(length, validity)
    this.#heap = heap
    this.#offsets = offsets
  }

  /** A copy, because whoever gets a view could write into the table, or send it all home. */
  protected read(row: number): Uint8Array {
    const start = this.#offsets[row]!
    const copy = new Uint8Array(this.#offsets[row + 1]! - start)
    copy.set(this.#heap.subarray(start, start + copy.length))
    return copy
  }
}

class TextColumn extends ColumnReader<string> {
  readonly #heap: Uint8Array
  readonly #offsets: Uint32Array
  readonly #isWellFormed: boolean

  constructor(
    length: number,
    validity: Uint8Array | undefined,
    heap: Uint8Array,
    offsets: Uint32Array,
    isWellFormed: boolean,
  ) {
    super(length, validity)
    this.#heap = heap
    this.#offsets = offsets
    this.#isWellFormed = isWellFormed
  }

  override read(row: number): string {
    return readUtf8(this.#heap, this.#offsets[row]!, this.#offsets[row + 1]!, this.#isWellFormed)
  }
}

/** Text of few kinds. Each is decoded once. */
class WordColumn extends ColumnReader<string> {
  readonly #codes: Uint16Array
  readonly #words: TextColumn
  readonly #decoded: string[] = []

  constructor(length: number, validity: Uint8Array | undefined, codes: Uint16Array, words: TextColumn) {
    super(length, validity)
    this.#codes = codes
    this.#words = words
  }

  protected read(row: number): string {
    const code = this.#codes[row]!
    const known = this.#decoded[code]
    if (known !== undefined) return known
    const word = this.#words.read(code)
    this.#decoded[code] = word
    return word
  }
}

class JsonColumn extends ColumnReader<unknown> {
  readonly #text: TextColumn

  constructor(length: number, validity: Uint8Array | undefined, text: TextColumn) {
    super(length, validity)
    this.#text = text
  }

  protected read(row: number): unknown {
    return JSON.parse(this.#text.read(row))
  }
}
