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
  const bits = validityAt < 0 ? undefined : new Uint8Array(buffer, validityAt, Math.ceil(rows / 8))
  const validity = bits && { bits, first: 0 }
  if (kind === 'elements') return new ElementColumn(rows, validity, elements)
  // `as`: all others lie in bytes.
  const bytes = elements as unknown as Uint8Array
  if (kind === 'boolean') return new BooleanColumn(rows, validity, bytes)
  if (layout.words !== undefined) {
    const codes = elements as unknown as Uint16Array
    // `as`: words are text.
    return new WordColumn(rows, validity, codes, openText(buffer, layout.words, undefined))
  }
  if (kind === 'bytes') return new BytesColumn(rows, validity, bytes, openOffsets(buffer, layout), 0)
  const text = openText(buffer, layout, validity)
  return kind === 'text' ? text : new JsonColumn(rows, validity, text)
}

function openOffsets(buffer: SharedArrayBuffer, { offsetsAt, rows }: ColumnLayout): Uint32Array {
  return new Uint32Array(buffer, offsetsAt, rows + 1)
}

function openText(buffer: SharedArrayBuffer, layout: ColumnLayout, validity: Validity | undefined): TextColumn {
  const { rows, at, length, isWellFormed } = layout
  return new TextColumn(
    rows,
    validity,
    new Uint8Array(buffer, at, length),
    openOffsets(buffer, layout),
    isWellFormed,
    0,
  )
}

/** A bit per row, the lowest bit of a byte first. */
export interface Validity {
  readonly bits: Readonly<Uint8Array>
  /** The place of the bit of row 0, from 0 to 7. */
  readonly first: number
}

function hasBit({ bits, first }: Validity, row: number): boolean {
  const at = first + row
  return (bits[at >>> 3]! & (1 << (at & 7))) !== 0
}

abstract class ColumnReader<V> implements Column<V | null> {
  readonly length: number
  readonly #validity: Validity | undefined

  constructor(length: number, validity: Validity | undefined) {
    this.length = length
    this.#validity = validity
  }

  at(row: number): V | null | undefined {
    const index = row < 0 ? this.length + row : row
    if (!(Number.isInteger(index) && index >= 0 && index < this.length)) return undefined
    const validity = this.#validity
    return validity !== undefined && !hasBit(validity, index) ? null : this.read(index)
  }

  *[Symbol.iterator](): IterableIterator<V | null> {
    // `as`: there are so many rows.
    for (let row = 0; row < this.length; row++) yield this.at(row) as V | null
  }

  /** The value of a row that has one. */
  protected abstract read(row: number): V
}

export class ElementColumn extends ColumnReader<number | bigint> {
  readonly #elements: { readonly [index: number]: number | bigint }

  constructor(length: number, validity: Validity | undefined, elements: TypedArray) {
    super(length, validity)
    // `as`: it has elements.
    this.#elements = elements as unknown as Float64Array
  }

  protected read(row: number): number | bigint {
    return this.#elements[row]!
  }
}

export class BooleanColumn extends ColumnReader<boolean> {
  readonly #values: Uint8Array | Validity

  /** @param values - a byte or a bit per row */
  constructor(length: number, validity: Validity | undefined, values: Uint8Array | Validity) {
    super(length, validity)
    this.#values = values
  }

  protected read(row: number): boolean {
    const values = this.#values
    return ArrayBuffer.isView(values) ? (values as Uint8Array)[row] === 1 : hasBit(values, row)
  }
}

/** Where each value begins, and one more: where the last ends. */
export type Offsets = Uint32Array | Int32Array | Float64Array

export class BytesColumn extends ColumnReader<Uint8Array> {
  readonly #heap: Uint8Array
  readonly #offsets: Offsets
  readonly #base: number

  /** @param base - the offset at which `heap` begins */
  constructor(length: number, validity: Validity | undefined, heap: Uint8Array, offsets: Offsets, base: number) {
    super(length, validity)
    this.#heap = heap
    this.#offsets = offsets
    this.#base = base
  }

  /** A copy, because whoever gets a view could write into the table, or send it all home. */
  protected read(row: number): Uint8Array {
    const start = this.#offsets[row]!
    const copy = new Uint8Array(this.#offsets[row + 1]! - start)
    copy.set(this.#heap.subarray(start - this.#base, start - this.#base + copy.length))
    return copy
  }
}

export class TextColumn extends ColumnReader<string> {
  readonly #heap: Uint8Array
  readonly #offsets: Offsets
  readonly #isWellFormed: boolean
  readonly #base: number

  /** @param base - the offset at which `heap` begins */
  constructor(
    length: number,
    validity: Validity | undefined,
    heap: Uint8Array,
    offsets: Offsets,
    isWellFormed: boolean,
    base: number,
  ) {
    super(length, validity)
    this.#heap = heap
    this.#offsets = offsets
    this.#isWellFormed = isWellFormed
    this.#base = base
  }

  override read(row: number): string {
    const base = this.#base
    return readUtf8(this.#heap, this.#offsets[row]! - base, this.#offsets[row + 1]! - base, this.#isWellFormed)
  }
}

/** Text of few kinds. Each is decoded once. A word may be null. */
export class WordColumn extends ColumnReader<string | null> {
  readonly #codes: { readonly [index: number]: number }
  readonly #words: TextColumn
  readonly #decoded: (string | null)[] = []

  /** @param codes - the number of the word of each row */
  constructor(
    length: number,
    validity: Validity | undefined,
    codes: { readonly [index: number]: number },
    words: TextColumn,
  ) {
    super(length, validity)
    this.#codes = codes
    this.#words = words
  }

  protected read(row: number): string | null {
    const code = this.#codes[row]!
    const known = this.#decoded[code]
    if (known !== undefined) return known
    // `!`: each code is the number of a word.
    const word = this.#words.at(code)!
    this.#decoded[code] = word
    return word
  }
}

export class JsonColumn extends ColumnReader<unknown> {
  readonly #text: TextColumn

  constructor(length: number, validity: Validity | undefined, text: TextColumn) {
    super(length, validity)
    this.#text = text
  }

  protected read(row: number): unknown {
    return JSON.parse(this.#text.read(row))
  }
}

/** Columns one after the other. */
export class JoinedColumn implements Column<unknown> {
  readonly length: number
  readonly #parts: readonly Column<unknown>[]

  constructor(parts: readonly Column<unknown>[]) {
    this.#parts = parts
    this.length = parts.reduce((sum, { length }) => sum + length, 0)
  }

  at(row: number): unknown {
    let index = row < 0 ? this.length + row : row
    if (index < 0) return undefined
    for (const part of this.#parts) {
      if (index < part.length) return part.at(index)
      index -= part.length
    }
    return undefined
  }

  *[Symbol.iterator](): IterableIterator<unknown> {
    for (const part of this.#parts) yield* part
  }
}
