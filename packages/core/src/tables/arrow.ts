// Columns of Apache Arrow, read where they lie. A vector of the package apache-arrow is known by its members, so core needs no Arrow.

import { show } from '../base/check.js'
import { share } from '../data/share.js'
import type { TypedArray } from '../data/typed-array.js'
import type { PieceDescription } from './rows.js'

/**
 * A column of Apache Arrow: a `Vector` of the package apache-arrow, in as many pieces as there are record batches.
 *
 * @typeParam V - its values
 * @see https://arrow.apache.org/docs/format/Columnar.html
 */
export interface ArrowVector<V> extends Iterable<V> {
  /** Its pieces. */
  readonly data: readonly ArrowData[]
}

/** The type of a column of Apache Arrow. */
export interface ArrowType {
  /** Its number in Arrow's list of types. */
  readonly typeId: number
}

/** A piece of a column of Apache Arrow. */
export interface ArrowData {
  /** Rows. */
  readonly length: number
  /** The place of the first row in bitmaps. */
  readonly offset: number
  /** The number of rows that are null. */
  readonly nullCount: number
  /** Of the kind of its values. */
  readonly type: ArrowType
  /** The elements; for text and bytes, the bytes of all values. */
  readonly values?: unknown
  /** Where each value begins. */
  readonly valueOffsets?: unknown
  /** A 1 for each row that is not null. */
  readonly nullBitmap?: unknown
  /** The values of a dictionary. */
  readonly dictionary?: unknown
}

/**
 * A table of Apache Arrow: a `Table` or a `RecordBatch` of the package apache-arrow.
 *
 * @typeParam R - a row, as an object
 */
export interface ArrowTable<R> {
  /** What its columns are called. */
  readonly schema: {
    /** One for each column. */
    readonly fields: readonly {
      /** The name of the column. */
      readonly name: string
    }[]
  }
  /** A column, by its place. */
  getChildAt(index: number): ArrowVector<unknown> | null
  /** A row. */
  get(index: number): {
    /** The row as an object. */
    toJSON(): R
  } | null
}

/** Numbers of Arrow's types: https://github.com/apache/arrow-js/blob/main/src/enum.ts */
const typeIds = {
  int: 2,
  float: 3,
  binary: 4,
  utf8: 5,
  bool: 6,
  date: 8,
  time: 9,
  timestamp: 10,
  largeBinary: 19,
  largeUtf8: 20,
  dictionary: -1,
}
/** Their values are their elements. */
const numeric = new Set([typeIds.int, typeIds.float, typeIds.date, typeIds.time, typeIds.timestamp])

/** Whether `value` is a vector of apache-arrow. */
export function isArrowVector(value: unknown): value is ArrowVector<unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) return false
  // `as`: any member of any object can be read.
  const { data } = value as { readonly data?: unknown }
  return Array.isArray(data) && data.every((each) => typeof each?.type?.typeId === 'number')
}

/** Whether `value` is a table of apache-arrow. */
export function isArrowTable(value: unknown): value is ArrowTable<unknown> {
  if (typeof value !== 'object' || value === null) return false
  // `as`: any member of any object can be read.
  const { schema, getChildAt } = value as {
    readonly schema?: { readonly fields?: unknown }
    readonly getChildAt?: unknown
  }
  return Array.isArray(schema?.fields) && typeof getChildAt === 'function'
}

/**
 * The columns of a table, each with its name.
 *
 * @throws {TypeError} two columns have the same name
 */
export function arrowColumns(table: ArrowTable<unknown>): (readonly [name: string, column: unknown])[] {
  const columns = new Map<string, unknown>()
  for (const [i, { name }] of table.schema.fields.entries()) {
    if (columns.has(name)) throw new TypeError(`columns: the table of Arrow has two columns ${show(name)}`)
    columns.set(name, table.getChildAt(i))
  }
  return [...columns]
}

/**
 * The pieces of a vector. What is in shared memory stays where it is; else it is copied.
 *
 * @param name - what the column is called in a message
 * @throws {TypeError} its values are of a kind that cannot be a column
 */
export function arrowPieces(name: string, { data }: ArrowVector<unknown>): readonly PieceDescription[] {
  return data.map((piece) => arrowPiece(name, piece))
}

function arrowPiece(name: string, data: ArrowData): PieceDescription {
  const { length, offset, nullCount, type, nullBitmap } = data
  const kind = kindOf(name, data)
  const isHeap = kind === 'text' || kind === 'bytes'
  return {
    rows: length,
    kind,
    data: describe(name, data.values),
    // A piece without rows may have no offset at all.
    offsets: isHeap ? describe(name, length === 0 ? new Int32Array(1) : data.valueOffsets) : undefined,
    validity: nullCount > 0 ? describe(name, nullBitmap) : undefined,
    firstBit: length === 0 ? 0 : offset,
    words: type.typeId === typeIds.dictionary ? wordsOf(name, data.dictionary) : undefined,
    isWellFormed: true,
  }
}

function kindOf(name: string, { type, values }: ArrowData): PieceDescription['kind'] {
  const { typeId } = type
  if (typeId === typeIds.float && values instanceof Uint16Array) {
    throw new TypeError(`${name}: floats of 16 bits are not read; make the column Float32 first`)
  }
  if (numeric.has(typeId)) return 'elements'
  if (typeId === typeIds.utf8 || typeId === typeIds.largeUtf8) return 'text'
  if (typeId === typeIds.binary || typeId === typeIds.largeBinary) return 'bytes'
  if (typeId === typeIds.bool) return 'bits'
  if (typeId === typeIds.dictionary) return 'words'
  throw new TypeError(
    `${name}: a column of Arrow must be of numbers, dates, times, booleans, Utf8, Binary (small or large), or a dictionary of Utf8; this is ${String(type).slice(0, 60)}`,
  )
}

function wordsOf(name: string, dictionary: unknown): PieceDescription {
  const pieces = isArrowVector(dictionary) ? arrowPieces(name, dictionary) : []
  const [words] = pieces
  if (words?.kind !== 'text' || pieces.length !== 1) {
    throw new TypeError(`${name}: a dictionary of Arrow must be of text, in one piece`)
  }
  return words
}

function describe(name: string, part: unknown): PieceDescription['data'] {
  if (!ArrayBuffer.isView(part))
    throw new TypeError(`${name}: expected a typed array in the Arrow data, got ${show(part)}`)
  // `as`: it is a typed array.
  return share(part as TypedArray).describe()
}
