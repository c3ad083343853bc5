// Rows of several columns, as a lane reads them: windows of the columns, which lie in shared memory.

import { defineOwn } from '../base/own-members.js'
import type { DataDescription, DataReader } from '../data/contract.js'
import { kindOf, type TypedArray } from '../data/typed-array.js'
import {
  BooleanColumn,
  BytesColumn,
  ElementColumn,
  JoinedColumn,
  JsonColumn,
  type Offsets,
  TextColumn,
  type Validity,
  WordColumn,
} from './columns.js'
import type { Column } from './contract.js'

/** Neighbouring rows of a column that lie in one piece. */
export interface PieceDescription {
  /** The number of rows. */
  readonly rows: number
  /** `'bits'`: booleans, 8 in a byte. */
  readonly kind: 'elements' | 'boolean' | 'bits' | 'text' | 'words' | 'bytes' | 'json'
  /** The elements, or the bytes of all values. */
  readonly data: DataDescription
  /** Text and bytes: where each value begins in `data`; one more says where the last ends. */
  readonly offsets: DataDescription | undefined
  /** The bitmap that has a 1 for each value that is not null. */
  readonly validity: DataDescription | undefined
  /** The place of the first row in `validity`, and in `data` if that has bits. */
  readonly firstBit: number
  /** The different texts of `'words'`. */
  readonly words: PieceDescription | undefined
  /** Text: whether it is UTF-8. Else surrogates without a partner are in it. */
  readonly isWellFormed: boolean
}

/** A column, described for other threads. */
export interface ColumnDescription {
  /** What it is called. */
  readonly name: string
  /** Its pieces, one after the other. */
  readonly pieces: readonly PieceDescription[]
}

/** Columns, described for other threads. */
export interface ColumnsDescription extends DataDescription {
  readonly kind: 'columns'
  /** The number of rows. */
  readonly length: number
  /** The columns, in the order in which they were given. */
  readonly columns: readonly ColumnDescription[]
}

/** Whether a description is of columns. */
export function isColumns(description: DataDescription): description is ColumnsDescription {
  return description.kind === 'columns'
}

/**
 * The rows of one chunk: what a chunk function gets as its first argument if the data are `columns`.
 *
 * @typeParam C - the windows by the names of their columns
 */
export interface Rows<C> extends TypedArray {
  /** The number of rows. */
  readonly length: number
  /**
   * The part of each column that belongs to the chunk. A column of numbers without `null` is a typed array, and a view of the shared
   * memory; any other column is a `Column`, with `length`, `at(row)` and iteration. Row 0 is row `chunk.start` of the data.
   */
  readonly columns: C
}

const noBytes = new ArrayBuffer(0)

/** Has the members of a typed array without bytes, because other data has those. */
class ChunkRows implements Rows<object> {
  readonly length: number
  readonly columns: object
  readonly buffer: ArrayBuffer = noBytes
  readonly byteOffset = 0
  readonly byteLength = 0
  readonly BYTES_PER_ELEMENT = 1

  constructor(length: number, columns: object) {
    this.length = length
    this.columns = columns
  }

  get [Symbol.toStringTag](): string {
    return 'Rows'
  }
}

type OpenPart = (part: DataDescription) => DataReader<TypedArray>

/** Reads rows. */
export class RowsReader implements DataReader<Rows<object>> {
  readonly #columns: readonly (readonly [name: string, column: PiecedColumn])[]
  readonly #opened: DataReader<TypedArray>[] = []

  constructor({ columns }: ColumnsDescription, open: OpenPart) {
    const openPart: OpenPart = (part) => {
      const reader = open(part)
      this.#opened.push(reader)
      return reader
    }
    this.#columns = columns.map(({ name, pieces }) => [name, new PiecedColumn(pieces, openPart)])
  }

  read(start: number, end: number): Rows<object> {
    const windows = {}
    for (const [name, column] of this.#columns) defineOwn(windows, name, column.window(start, end))
    return new ChunkRows(end - start, windows)
  }

  view(start: number, end: number): Rows<object> {
    return this.read(start, end)
  }

  close(): void {
    for (const reader of this.#opened) reader.close()
  }
}

class PiecedColumn {
  readonly #pieces: readonly Piece[]
  /** Where each piece starts. */
  readonly #starts: readonly number[]

  constructor(pieces: readonly PieceDescription[], open: OpenPart) {
    this.#pieces = pieces.map((piece) => new Piece(piece, open))
    let start = 0
    this.#starts = pieces.map(({ rows }) => {
      start += rows
      return start - rows
    })
  }

  /** The rows `[start, end)`. If they lie in several pieces, numbers are copied. */
  window(start: number, end: number): Column<unknown> | TypedArray {
    const windows: (Column<unknown> | TypedArray)[] = []
    for (
      let i = this.#pieceOf(start);
      i < this.#pieces.length && (this.#starts[i]! < end || windows.length === 0);
      i++
    ) {
      const at = this.#starts[i]!
      const piece = this.#pieces[i]!
      windows.push(piece.window(Math.max(0, start - at), Math.min(piece.rows, end - at)))
    }
    const [only] = windows
    if (windows.length === 1 && only !== undefined) return only
    return windows.every((each) => ArrayBuffer.isView(each))
      ? joinElements(windows as TypedArray[])
      : new JoinedColumn(windows as Column<unknown>[])
  }

  /** The piece that has a row. */
  #pieceOf(row: number): number {
    let [low, high] = [0, this.#pieces.length - 1]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if (this.#starts[middle]! <= row) low = middle
      else high = middle - 1
    }
    return low
  }
}

function joinElements(windows: readonly TypedArray[]): TypedArray {
  const length = windows.reduce((sum, each) => sum + each.length, 0)
  // `as`: all are of one kind, and there is one.
  const Elements = windows[0]!.constructor as new (length: number) => Float64Array
  const joined = new Elements(length)
  let at = 0
  for (const each of windows) {
    joined.set(each as Float64Array, at)
    at += each.length
  }
  return joined
}

/** Offsets and numbers of words: those of 32 bits and less as they are. Those of 64 bits become numbers. */
function inNumbers(integers: TypedArray): Offsets {
  // `as`: they are of one of these kinds.
  return kindOf(integers).startsWith('Big')
    ? Float64Array.from(integers as unknown as BigInt64Array, Number)
    : (integers as unknown as Int32Array)
}

class Piece {
  readonly rows: number
  readonly #description: PieceDescription
  readonly #data: DataReader<TypedArray>
  readonly #offsets: DataReader<TypedArray> | undefined
  readonly #validity: DataReader<Uint8Array> | undefined
  readonly #words: TextColumn | undefined

  constructor(description: PieceDescription, open: OpenPart) {
    const { rows, data, offsets, validity, words } = description
    this.rows = rows
    this.#description = description
    this.#data = open(data)
    this.#offsets = offsets && open(offsets)
    // `as`: a bitmap has bytes.
    this.#validity = validity && (open(validity) as DataReader<Uint8Array>)
    this.#words = words && (new Piece(words, open).window(0, words.rows) as TextColumn)
  }

  /** The rows `[start, end)` of the piece. */
  window(start: number, end: number): Column<unknown> | TypedArray {
    const { kind, isWellFormed } = this.#description
    const length = end - start
    const validity = this.#validity && this.#bits(this.#validity, start, end)
    if (this.#offsets !== undefined) {
      const offsets = inNumbers(this.#offsets.view(start, end + 1))
      const first = offsets[0]!
      // `as`: the bytes of text.
      const heap = this.#data.view(first, Math.max(first, offsets[length]!)) as unknown as Uint8Array
      if (kind === 'bytes') return new BytesColumn(length, validity, heap, offsets, first)
      const text = new TextColumn(length, validity, heap, offsets, isWellFormed, first)
      return kind === 'json' ? new JsonColumn(length, validity, text) : text
    }
    if (kind === 'bits')
      return new BooleanColumn(length, validity, this.#bits(this.#data as DataReader<Uint8Array>, start, end))
    const elements = this.#data.view(start, end)
    if (kind === 'boolean') return new BooleanColumn(length, validity, elements as unknown as Uint8Array)
    if (this.#words !== undefined) {
      return new WordColumn(length, validity, inNumbers(elements), this.#words)
    }
    return validity === undefined ? elements : new ElementColumn(length, validity, elements)
  }

  #bits(reader: DataReader<Uint8Array>, start: number, end: number): Validity {
    const [from, to] = [this.#description.firstBit + start, this.#description.firstBit + end]
    return { bits: reader.view(from >>> 3, Math.ceil(to / 8)), first: from & 7 }
  }
}
