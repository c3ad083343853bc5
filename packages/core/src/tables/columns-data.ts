// Rows of several columns as data: chunks are ranges of rows.

import { checkCount, isPlainObject, show } from '../base/check.js'
import type { DataReader, SharedData } from '../data/contract.js'
import { alloc, share } from '../data/share.js'
import { isSharedMemory, openMemory, SharedMemory } from '../data/shared-memory.js'
import { elementConstructor, type TypedArray } from '../data/typed-array.js'
import { type ArrowTable, type ArrowVector, arrowColumns, arrowPieces, isArrowTable, isArrowVector } from './arrow.js'
import type { Column, ColumnLayout, ColumnOf, ColumnSource, ColumnSources } from './contract.js'
import { Places } from './lay-table.js'
import { isColumn, planColumn, writeColumn } from './plan-column.js'
import { type ColumnsDescription, type PieceDescription, type Rows, RowsReader } from './rows.js'
import { isSharedTable } from './shared-map.js'
import type { NamedColumns, SharedTable } from './shared-table.js'

/** A column of {@link columns}: a typed array, shared data, a list, or a vector of apache-arrow. */
export type DataColumn = ColumnSource | ArrowVector<unknown>

/** What a chunk sees of a column. */
export type WindowOf<C> = C extends ColumnSource ? ColumnOf<C> : C extends ArrowVector<infer V> ? Column<V> : never

/** What a chunk sees of all columns, by their names. */
export type WindowsOf<C> = { readonly [N in keyof C]: WindowOf<C[N]> }

/**
 * Columns as data: a row is the unit of chunks, of offsets and of lengths. No byte of a column is copied for a worker.
 *
 * The first argument of the chunk function has the part of each column that belongs to the chunk: `rows.columns.price`. Row 0 of it is
 * row `chunk.start` of the data. Chunkers that look for bytes cannot cut rows; `fixed`, `records` and `overlapping` can. `stats` and
 * progress count a row as one byte, and `verify` does not look at columns.
 *
 * Typed arrays in shared memory, shared data, the columns of a `table`, and vectors of apache-arrow whose memory is shared are used
 * where they lie. Everything else is copied into shared memory, once.
 *
 * @param given - columns by their names, all of one length; or a table, with its key; or a `Table` or `RecordBatch` of apache-arrow
 * @throws {TypeError} it is none of these, there is no column, or a column's values cannot be stored
 * @throws {RangeError} the columns have different lengths
 * @example
 * const sales = columns({ price: Float64Array.of(1.5, 8, 2), shop: ['Rome', 'Pune', 'Rome'] })
 * const total = await map(sales, (rows) => rows.columns.price.reduce((a, b) => a + b, 0)).reduce(sum())
 */
export function columns<K extends ColumnSource | ColumnSources, C extends ColumnSource | ColumnSources>(
  given: SharedTable<K, C>,
): SharedData<Rows<WindowsOf<NamedColumns<K, C>>>>
export function columns<R extends object>(
  given: ArrowTable<R>,
): SharedData<Rows<{ readonly [N in keyof R]: Column<R[N] | null> }>>
export function columns<C extends { readonly [name: string]: DataColumn }>(given: C): SharedData<Rows<WindowsOf<C>>>
export function columns(given: unknown): SharedData<Rows<unknown>> {
  checkCount('columns', 1, arguments.length)
  if (typeof given === 'object' && given !== null && isSharedTable(given)) {
    const { memory, layout } = given.describe()
    const pieceOf = (column: ColumnLayout): readonly PieceDescription[] => [
      laidPiece(memory.buffer, memory.name, column),
    ]
    const all = [layout.key, ...layout.values].map((column) => ({ name: column.name, pieces: pieceOf(column) }))
    return new ColumnsData({ kind: 'columns', length: layout.rows, columns: all })
  }
  const isArrow = isArrowTable(given)
  if (!isArrow && !isPlainObject(given))
    throw new TypeError(`columns: expected an object of columns, or a table, got ${show(given)}`)
  const named = isArrow ? arrowColumns(given) : Object.entries(given)
  const all = named.map(([name, column]) => ({ name, pieces: piecesOf(`columns.${name}`, column) }))
  const [first] = all
  if (first === undefined) throw new TypeError('columns: expected at least one column, got none')
  const length = rowsOf(first.pieces)
  for (const { name, pieces } of all) {
    if (rowsOf(pieces) === length) continue
    throw new RangeError(
      `columns.${name}: expected ${length} rows, as many as columns.${first.name} has, got ${rowsOf(pieces)}`,
    )
  }
  return new ColumnsData({ kind: 'columns', length, columns: all })
}

function rowsOf(pieces: readonly PieceDescription[]): number {
  return pieces.reduce((sum, { rows }) => sum + rows, 0)
}

function piecesOf(name: string, column: unknown): readonly PieceDescription[] {
  if (isArrowVector(column)) return arrowPieces(name, column)
  if (!isColumn(column)) {
    throw new TypeError(
      `${name}: expected a typed array, shared data, a list or a vector of apache-arrow, got ${show(column)}`,
    )
  }
  if (!Array.isArray(column)) {
    // `as`: it is no list.
    const data = isSharedMemory(column) ? column : share(column as TypedArray)
    return [{ ...plain, rows: data.length, kind: 'elements', data: data.describe() }]
  }
  const plan = planColumn(name, [...column])
  const places = new Places()
  const layout = places.layOut('', plan)
  const { buffer } = alloc(Uint8Array, places.end)
  writeColumn(plan, buffer, layout)
  return [laidPiece(buffer, undefined, layout)]
}

const plain = { offsets: undefined, validity: undefined, firstBit: 0, words: undefined, isWellFormed: true }

/** The piece that a column in the memory of a table is. */
function laidPiece(buffer: SharedArrayBuffer, name: string | undefined, layout: ColumnLayout): PieceDescription {
  const { rows, kind, elementType, at, length, offsetsAt, validityAt, isWellFormed, words } = layout
  const part = (type: string, from: number, count: number): PieceDescription['data'] =>
    new SharedMemory(elementConstructor(type), buffer, from, count, name).describe()
  const hasOffsets = kind === 'text' || kind === 'bytes' || kind === 'json'
  return {
    rows,
    kind,
    data: part(elementType, at, length),
    offsets: hasOffsets ? part('Uint32Array', offsetsAt, rows + 1) : undefined,
    validity: validityAt < 0 ? undefined : part('Uint8Array', validityAt, Math.ceil(rows / 8)),
    firstBit: 0,
    words: words && laidPiece(buffer, name, words),
    isWellFormed,
  }
}

class ColumnsData implements SharedData<Rows<unknown>> {
  /** A row counts as a byte. */
  readonly elementType: string = 'Uint8Array'
  readonly length: number
  readonly byteLength: number
  readonly #description: ColumnsDescription

  constructor(description: ColumnsDescription) {
    this.length = description.length
    this.byteLength = description.length
    this.#description = description
  }

  describe(): ColumnsDescription {
    return this.#description
  }

  open(): DataReader<Rows<unknown>> {
    return new RowsReader(this.#description, openMemory)
  }
}
