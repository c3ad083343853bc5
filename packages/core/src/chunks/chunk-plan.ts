// A chunker applied to data: how many chunks there are, and the range of each. Any lane can compute any range by itself.

import type { DataReader } from '../data/contract.js'
import { elementConstructor, type TypedArray } from '../data/typed-array.js'
import type { Chunker, Malformed } from './chunkers.js'
import { type CsvForm, isOpen } from './csv-automaton.js'
import { CsvCuts } from './csv-cuts.js'
import { Delimiter } from './delimiter.js'

/** A run has at most this many chunks, because lanes claim them with 32-bit atomics. */
export const mostChunks: number = 2 ** 30

/** A chunker with all sizes decided, as plain data. Sizes and offsets count elements. */
export interface ChunkPlan {
  /** The kind of the chunker. */
  readonly kind: Chunker['kind']
  /** The kind of the data's elements, for example `'Uint8Array'`. */
  readonly elementType: string
  /** The number of chunks, including those that will turn out to own nothing. */
  readonly count: number
  /** The number of elements in the whole data. */
  readonly length: number
  /** Elements per chunk. */
  readonly size: number
  /** Where the first chunk starts. */
  readonly first: number
  /** Where the last chunk ends: chunks cover `[first, last)`. */
  readonly last: number
  /** How far `bytes` extends past a chunk's end; 0 unless the chunker is `overlapping`. */
  readonly overlap: number
  /** The bytes that end a record of `delimited`, or the byte that ends a field of `csv`; else empty. */
  readonly delimiter: readonly number[]
  /** A delimiter counts only at offsets that are multiples of this. */
  readonly align: number
  /** The byte of a quote; 0 unless the chunker is `csv`. */
  readonly quote: number
  /** The byte that makes the next quote a part of its field; 0 unless the chunker is `csv`. */
  readonly escape: number
  /** What becomes of a last record whose quoted field is not closed; `'keep'` unless the chunker is `csv`. */
  readonly malformed: Malformed
}

/** Data of more than 4 TiB, such as a large range, gets larger chunks than 4 MiB, so that it has no more than this many. */
const mostChunksByDefault = 2 ** 20

/**
 * Bytes per chunk if the user gives no size: a power of two from 64 KiB to 4 MiB that makes about 256 chunks, and a larger one for
 * more than 4 TiB. It depends on the length of the data alone.
 */
export function defaultChunkBytes(byteLength: number): number {
  let bytes = 64 * 1024
  while (bytes < 4 * 1024 * 1024 && bytes * 256 < byteLength) bytes *= 2
  while (bytes * mostChunksByDefault < byteLength) bytes *= 2
  return bytes
}

/**
 * Decide all sizes.
 *
 * @throws {TypeError} the chunker cuts bytes, but the data has other elements
 * @throws {RangeError} there would be more than 2^30 chunks
 */
export function planChunks(
  data: { readonly length: number; readonly byteLength: number; readonly elementType: string },
  chunker: Chunker,
): ChunkPlan {
  const { length, byteLength, elementType } = data
  const bytesPerElement = elementConstructor(elementType).BYTES_PER_ELEMENT
  let size = chunker.size ?? defaultChunkBytes(byteLength) / bytesPerElement
  let first = 0
  let last = length
  if (chunker.kind === 'records') {
    first = Math.min(length, chunker.header ?? 0)
    last = length - ((length - first) % chunker.length)
    size = chunker.length * Math.max(1, Math.floor(size / chunker.length))
  }
  if ((chunker.kind === 'delimited' || chunker.kind === 'csv') && bytesPerElement !== 1) {
    const names = chunker.kind === 'csv' ? 'csvRecords() cuts' : 'lines() and delimited() cut'
    throw new TypeError(`chunks: ${names} bytes, but this data is a ${elementType}`)
  }
  const count = Math.ceil((last - first) / size)
  if (count > mostChunks) {
    throw new RangeError(
      `chunks: size ${size} cuts ${length} elements into ${count} chunks; at most ${mostChunks} are possible`,
    )
  }
  return {
    kind: chunker.kind,
    elementType,
    count,
    length,
    size,
    first,
    last,
    overlap: chunker.kind === 'overlapping' ? chunker.overlap : 0,
    delimiter:
      chunker.kind === 'delimited' ? chunker.delimiter : chunker.kind === 'csv' ? [chunker.delimiter] : noDelimiter,
    align: chunker.kind === 'delimited' ? (chunker.align ?? 1) : 1,
    quote: chunker.kind === 'csv' ? chunker.quote : 0,
    escape: chunker.kind === 'csv' ? chunker.escape : 0,
    malformed: chunker.kind === 'csv' ? chunker.malformed : 'keep',
  }
}

/** Whether chunks of this kind may own nothing, because they own the records that start in them. */
export function mayOwnNothing(kind: Chunker['kind']): boolean {
  return kind === 'delimited' || kind === 'csv'
}

/** The characters of the CSV that `plan` cuts. */
export function csvFormOf(plan: ChunkPlan): CsvForm {
  // `!`: a plan for CSV has one.
  return { delimiter: plan.delimiter[0]!, quote: plan.quote, escape: plan.escape }
}

const noDelimiter: readonly number[] = []

/** Computes chunk ranges, one after the other. `find` leaves its answer in the fields, so it allocates nothing per chunk. */
export class ChunkRanges {
  /** The chunk owns `[start, end)`. */
  start = 0
  /** One past the last element that the chunk owns. */
  end = 0
  /** The chunk function sees `[start, viewEnd)`. */
  viewEnd = 0
  readonly #plan: ChunkPlan
  readonly #reader: DataReader<TypedArray>
  readonly #delimiter: Delimiter | undefined
  readonly #csv: CsvCuts | undefined
  readonly #csvStates: Readonly<Uint8Array> | undefined

  /**
   * The ranges of the data that `reader` has opened and `plan` cuts.
   *
   * @param csvStates - for CSV: the state at the start of each chunk whose range is asked for, and of the next one
   */
  constructor(plan: ChunkPlan, reader: DataReader<TypedArray>, csvStates?: Readonly<Uint8Array>) {
    this.#plan = plan
    this.#reader = reader
    this.#delimiter = plan.kind === 'delimited' ? new Delimiter(asElements(plan), plan.align) : undefined
    this.#csv = plan.kind === 'csv' ? new CsvCuts(csvFormOf(plan), reader, plan.length) : undefined
    this.#csvStates = csvStates
  }

  /**
   * Compute the range of chunk `index`. Returns false if the chunk owns nothing.
   *
   * @throws {SyntaxError} the chunk owns the last record of CSV, which is malformed and is to be refused
   */
  find(index: number): boolean {
    const { size, first, last, length, overlap } = this.#plan
    if (this.#delimiter !== undefined) return this.#findDelimited(this.#delimiter, index)
    if (this.#csv !== undefined) return this.#findCsv(this.#csv, index)
    this.start = first + index * size
    this.end = Math.min(last, this.start + size)
    this.viewEnd = overlap === 0 ? this.end : Math.min(length, this.end + overlap)
    return true
  }

  #findDelimited(delimiter: Delimiter, index: number): boolean {
    const start = this.#firstStart(delimiter, index)
    if (start < 0) return false
    let end = -1
    // A chunk that owns a record ends where the next chunk that owns one starts. Only such a chunk looks past its nominal end.
    for (let next = index + 1; end < 0 && next < this.#plan.count; next++) end = this.#firstStart(delimiter, next)
    this.start = start
    this.end = end < 0 ? this.#plan.length : end
    this.viewEnd = this.end
    return true
  }

  #findCsv(csv: CsvCuts, index: number): boolean {
    const { size, length, count, malformed } = this.#plan
    const firstStart = (chunk: number): number => csv.firstStart(chunk * size, Math.min(length, (chunk + 1) * size))
    // `!`: whoever asks has the states.
    const states = this.#csvStates!
    csv.state = states[index]!
    const start = firstStart(index)
    if (start < 0) return false
    csv.state = states[index + 1]!
    let end = -1
    for (let next = index + 1; end < 0 && next < count; next++) end = firstStart(next)
    if (end < 0) {
      end = length
      const open = malformed !== 'keep' && isOpen(csv.state) ? csv.openEnd(start) : undefined
      if (open !== undefined) {
        if (malformed === 'refuse') throw openQuote(open.quote)
        end = open.record
      }
    }
    this.start = start
    this.end = end
    this.viewEnd = end
    return start < end
  }

  #firstStart(delimiter: Delimiter, index: number): number {
    const { size, length } = this.#plan
    // `as`: `planChunks` allows this chunker for bytes only.
    const reader = this.#reader as DataReader<Uint8Array>
    return delimiter.firstStart(reader, index * size, Math.min(length, (index + 1) * size))
  }
}

/** The delimiter's bytes as elements of the data. A signed array holds the byte 200 as -56. */
function asElements({ delimiter, elementType }: ChunkPlan): readonly number[] {
  return elementType === 'Int8Array' ? [...Int8Array.from(delimiter)] : delimiter
}

function openQuote(quote: number): SyntaxError {
  return new SyntaxError(
    `the data ends inside the quoted field that begins at byte ${quote}; close it, or give csvRecords({ malformed: 'skip' })`,
  )
}
