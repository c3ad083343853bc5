// A chunker applied to data: how many chunks there are, and the range of each. Any lane can compute any range by itself.

import { memberOf } from '../base/own-members.js'
import type { DataPieces, DataReader } from '../data/contract.js'
import { elementConstructor, type TypedArray } from '../data/typed-array.js'
import type { Chunker, Malformed } from './chunkers.js'
import { atRecord, type CsvForm, isOpen } from './csv-automaton.js'
import { CsvCuts, markLength } from './csv-cuts.js'
import { Delimiter } from './delimiter.js'
import { lastUpTo, ownedOf, type PlanPieces, pieceLength } from './pieces.js'

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
  /** If the data, or a piece of it, begins with these bytes, they belong to no chunk; empty unless the chunker is `delimited`. */
  readonly mark: readonly number[]
  /** The byte of a quote; 0 unless the chunker is `csv`. */
  readonly quote: number
  /** The byte that makes the next quote a part of its field; 0 unless the chunker is `csv`. */
  readonly escape: number
  /** What becomes of a last record whose quoted field is not closed; `'keep'` unless the chunker is `csv`. */
  readonly malformed: Malformed
  /** If the data consists of pieces, such as files: each is cut by itself. Else undefined. */
  readonly pieces: PlanPieces | undefined
}

/** What is to be cut. */
export interface CutData {
  /** The number of elements. */
  readonly length: number
  /** The number of bytes. */
  readonly byteLength: number
  /** The kind of the elements. */
  readonly elementType: string
  /** The pieces, if it consists of several. */
  readonly pieces?: DataPieces | undefined
}

/** Where the data of a job lies in a stream. Offsets are in bytes. */
export interface StreamPlace {
  /** Where the data begins in the stream. */
  readonly base: number
  /** Where the source begins in the stream that the plan cuts. */
  readonly start: number
  /** The number of its first chunk in the stream. */
  readonly chunk: number
  /** The length of its byte order mark; 0 if it has none. */
  readonly mark: number
  /** The first chunk whose state is in `csvStates`, counted from `chunk`. */
  readonly states: number
  /** The name of the source; undefined if it is the only one. */
  readonly source: string | undefined
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
export function planChunks(data: CutData, chunker: Chunker): ChunkPlan {
  const { length, byteLength, elementType } = data
  const bytesPerElement = elementConstructor(elementType).BYTES_PER_ELEMENT
  let size = chunker.size ?? defaultChunkBytes(byteLength) / bytesPerElement
  const { header, record } =
    chunker.kind === 'records' ? { header: chunker.header ?? 0, record: chunker.length } : { header: 0, record: 1 }
  size = record * Math.max(1, Math.floor(size / record))
  const given = memberOf(data, 'pieces')
  const pieces = given === undefined || given.starts.length === 0 ? undefined : given
  const { first, last } = ownedOf(length, header, record)
  if ((chunker.kind === 'delimited' || chunker.kind === 'csv') && bytesPerElement !== 1) {
    const names = chunker.kind === 'csv' ? 'csvRecords() cuts' : 'lines() and delimited() cut'
    throw new TypeError(`chunks: ${names} bytes, but this data is a ${elementType}`)
  }
  const cut = pieces === undefined ? undefined : cutPieces(pieces, { length, size, header, record })
  const count = cut?.count ?? Math.ceil((last - first) / size)
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
    first: cut?.first ?? first,
    last: cut?.last ?? last,
    overlap: chunker.kind === 'overlapping' ? chunker.overlap : 0,
    delimiter:
      chunker.kind === 'delimited' ? chunker.delimiter : chunker.kind === 'csv' ? [chunker.delimiter] : noBytes,
    align: chunker.kind === 'delimited' ? (chunker.align ?? 1) : 1,
    mark: (chunker.kind === 'delimited' ? memberOf(chunker, 'mark') : undefined) ?? noBytes,
    quote: chunker.kind === 'csv' ? chunker.quote : 0,
    escape: chunker.kind === 'csv' ? chunker.escape : 0,
    malformed: chunker.kind === 'csv' ? chunker.malformed : 'keep',
    pieces: cut?.pieces,
  }
}

/** Cut each piece by itself. */
function cutPieces(
  { starts }: DataPieces,
  {
    length,
    size,
    header,
    record,
  }: { readonly length: number; readonly size: number; readonly header: number; readonly record: number },
): { readonly pieces: PlanPieces; readonly count: number; readonly first: number; readonly last: number } {
  let count = 0
  let first = length
  let last = 0
  const chunks: number[] = []
  for (let number = 0; number < starts.length; number++) {
    const start = starts[number]!
    const owned = ownedOf((starts[number + 1] ?? length) - start, header, record)
    chunks.push(count)
    if (owned.last === owned.first) continue
    count += Math.ceil((owned.last - owned.first) / size)
    first = Math.min(first, start + owned.first)
    last = start + owned.last
  }
  return { pieces: { starts: [...starts], chunks, header, record }, count, first: Math.min(first, last), last }
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

const noBytes: readonly number[] = []

/** Computes chunk ranges, one after the other. `find` leaves its answer in the fields, so it allocates nothing per chunk. */
export class ChunkRanges {
  /** The chunk owns `[start, end)`. */
  start = 0
  /** One past the last element that the chunk owns. */
  end = 0
  /** The chunk function sees `[start, viewEnd)`. */
  viewEnd = 0
  readonly #plan: ChunkPlan
  readonly #delimiter: Delimiter | undefined
  readonly #csv: CsvCuts | undefined
  readonly #csvStates: Readonly<Uint8Array> | undefined
  /** Reads the piece of the last chunk that was asked for. */
  readonly #reader: PieceReader
  /** The chunks `[from, to)` of this piece. */
  #from = 0
  #to: number
  /** Where the piece starts. All that follows counts from there. */
  #base = 0
  #first: number
  #last: number
  #length: number
  /** Where the piece begins behind its mark; undefined: nobody has looked yet. */
  #textStart: number | undefined
  readonly #place: StreamPlace | undefined

  /**
   * The ranges of the data that `reader` has opened and `plan` cuts.
   *
   * @param csvStates - for CSV: the state at the end of the chunk before each chunk whose range is asked for, and at its end
   * @param place - if the plan cuts one source of a stream: which one. The reader then counts from the start of the stream
   */
  constructor(
    plan: ChunkPlan,
    reader: DataReader<TypedArray>,
    csvStates?: Readonly<Uint8Array>,
    place?: StreamPlace | undefined,
  ) {
    this.#plan = plan
    this.#place = place
    this.#reader = new PieceReader(reader)
    this.#delimiter =
      plan.kind === 'delimited' ? new Delimiter(asElements(plan.delimiter, plan.elementType), plan.align) : undefined
    this.#csv = plan.kind === 'csv' ? new CsvCuts(csvFormOf(plan), this.#reader, plan.length, place?.mark) : undefined
    this.#csvStates = csvStates
    this.#first = plan.first
    this.#last = plan.last
    this.#length = plan.length
    // Pieces are found when a chunk of theirs is asked for.
    this.#to = plan.pieces === undefined ? plan.count : 0
    if (place === undefined) return
    this.#from = place.chunk
    this.#to = place.chunk + plan.count
    this.#base = place.start
    this.#reader.base = place.start
    this.#textStart = place.mark
  }

  /**
   * Compute the range of chunk `index`. Returns false if the chunk owns nothing.
   *
   * @throws {SyntaxError} the chunk owns the last record of CSV, which is malformed and is to be refused
   */
  find(index: number): boolean {
    this.#enter(index)
    if (this.#delimiter !== undefined) return this.#findDelimited(this.#delimiter, index)
    if (this.#csv !== undefined) return this.#findCsv(this.#csv, index)
    this.#setNominal(index)
    return true
  }

  #setNominal(index: number): void {
    const { size, overlap } = this.#plan
    this.start = this.#base + this.#first + (index - this.#from) * size
    this.end = Math.min(this.#base + this.#last, this.start + size)
    this.viewEnd = overlap === 0 ? this.end : Math.min(this.#base + this.#length, this.end + overlap)
  }

  /** Go to the piece of chunk `index`. */
  #enter(index: number): void {
    const { pieces } = this.#plan
    if (pieces === undefined || (index >= this.#from && index < this.#to)) return
    const number = lastUpTo(pieces.chunks, index)
    this.#from = pieces.chunks[number]!
    this.#to = pieces.chunks[number + 1] ?? Number.POSITIVE_INFINITY
    this.#base = pieces.starts[number]!
    this.#textStart = undefined
    this.#length = pieceLength(this.#plan, number)
    const { first, last } = ownedOf(this.#length, pieces.header, pieces.record)
    this.#first = first
    this.#last = last
    this.#reader.base = this.#base
    this.#csv?.begin(this.#length)
  }

  #findDelimited(delimiter: Delimiter, index: number): boolean {
    const start = this.#firstStart(delimiter, index)
    if (start < 0) return false
    let end = -1
    // A chunk that owns a record ends where the next chunk that owns one starts. Only such a chunk looks past its nominal end.
    for (let next = index + 1; end < 0 && next < this.#chunksEnd; next++) end = this.#firstStart(delimiter, next)
    this.#set(start, end < 0 ? this.#length : end)
    return true
  }

  #findCsv(csv: CsvCuts, index: number): boolean {
    const { size, malformed } = this.#plan
    const firstStart = (chunk: number): number => {
      const from = (chunk - this.#from) * size
      return csv.firstStart(from, Math.min(this.#length, from + size))
    }
    // `!`: whoever asks has the states.
    const states = this.#csvStates!
    const known = index - (this.#place === undefined ? 0 : this.#place.chunk + this.#place.states)
    csv.state = index === this.#from ? atRecord : states[known]!
    const start = firstStart(index)
    if (start < 0) return false
    csv.state = states[known + 1]!
    let end = -1
    for (let next = index + 1; end < 0 && next < this.#chunksEnd; next++) end = firstStart(next)
    if (end < 0) {
      end = this.#length
      const open = malformed !== 'keep' && isOpen(csv.state) ? csv.openEnd(start) : undefined
      if (open !== undefined) {
        const offset = open.quote + (this.#place?.start ?? 0)
        if (malformed === 'refuse') throw openQuote(offset, this.#plan.pieces === undefined ? 'data' : 'file')
        end = open.record
      }
    }
    this.#set(start, end)
    return start < end
  }

  /** One past the last chunk of the piece. */
  get #chunksEnd(): number {
    return this.#place === undefined ? Math.min(this.#to, this.#plan.count) : this.#to
  }

  #set(start: number, end: number): void {
    this.start = this.#base + start
    this.end = this.#base + end
    this.viewEnd = this.end
  }

  #firstStart(delimiter: Delimiter, index: number): number {
    const { size, mark, elementType } = this.#plan
    const from = (index - this.#from) * size
    const to = Math.min(this.#length, from + size)
    this.#textStart ??= startBehind(asElements(mark, elementType), this.#reader, this.#length)
    if (this.#textStart >= to && to > 0) return -1
    return from <= this.#textStart ? this.#textStart : delimiter.firstStart(this.#reader, from, to)
  }
}

/**
 * The range of chunk `index` without a look at the data. For records that end with a delimiter, these are the elements in which
 * those start that the chunk owns.
 */
export function nominalRange(
  plan: ChunkPlan,
  index: number,
  place?: StreamPlace | undefined,
): { readonly start: number; readonly end: number; readonly viewEnd: number } {
  // No data is read for chunks of this kind.
  const ranges = new ChunkRanges({ ...plan, kind: 'fixed' }, nothing, undefined, place)
  ranges.find(index)
  return ranges
}

const nothing: DataReader<TypedArray> = {
  read: () => new Uint8Array(0),
  view: () => new Uint8Array(0),
  close: () => {},
}

/** Reads a piece of data. Offsets count from its start. */
class PieceReader implements Pick<DataReader<Uint8Array>, 'read'> {
  base = 0
  readonly #reader: DataReader<Uint8Array>

  constructor(reader: DataReader<TypedArray>) {
    // `as`: only chunkers for bytes read here, as `planChunks` checks.
    this.#reader = reader as DataReader<Uint8Array>
  }

  read(start: number, end: number): Uint8Array {
    return this.#reader.read(this.base + start, this.base + end)
  }
}

/** Bytes as elements of the data. A signed array holds the byte 200 as -56. */
function asElements(bytes: readonly number[], elementType: string): readonly number[] {
  return elementType === 'Int8Array' ? [...Int8Array.from(bytes)] : bytes
}

/** The most bytes that a mark at the start of a source has; 0 if the chunker looks for none. */
export function mostMarkBytes({ kind, mark }: ChunkPlan): number {
  return kind === 'csv' ? 3 : mark.length
}

/** The length of the mark at the start of a source. */
export function markOf(plan: ChunkPlan, reader: Pick<DataReader<Uint8Array>, 'read'>): number {
  const { kind, mark, length } = plan
  return kind === 'csv' ? markLength(reader.read(0, Math.min(3, length))) : startBehind(mark, reader, length)
}

/** Where a piece begins behind its mark; 0 if it has none. */
function startBehind(mark: readonly number[], reader: Pick<DataReader<Uint8Array>, 'read'>, length: number): number {
  if (mark.length === 0 || mark.length > length) return 0
  const start = reader.read(0, mark.length)
  return mark.every((byte, i) => start[i] === byte) ? mark.length : 0
}

function openQuote(quote: number, what: 'data' | 'file'): SyntaxError {
  return new SyntaxError(
    `the ${what} ends inside the quoted field that begins at byte ${quote}${what === 'file' ? ' of it' : ''}; close it, or give csvRecords({ malformed: 'skip' })`,
  )
}
