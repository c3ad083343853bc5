// The range of each chunk of a plan. Any lane can compute any range by itself.

import type { DataReader } from '../data/contract.js'
import type { TypedArray } from '../data/typed-array.js'
import { type ChunkPlan, csvFormOf, type StreamPlace } from './chunk-plan.js'
import { atRecord, isOpen } from './csv-automaton.js'
import { CsvCuts, markLength } from './csv-cuts.js'
import { Delimiter } from './delimiter.js'
import { endOf, lastUpTo, ownedOf, pieceLength } from './pieces.js'

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
    this.#to = endOf(pieces.chunks, number, Number.POSITIVE_INFINITY)
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
