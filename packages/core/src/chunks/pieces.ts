// Data that consists of pieces, such as files. A chunk never crosses from one piece to the next.

import type { ChunkRange, ChunkSource, SourcePlace } from '../base/errors.js'
import type { DataPieces } from '../data/contract.js'

/** How a plan cuts data that consists of pieces: each piece by itself. Plain lists, because plans are also written as JSON. */
export interface PlanPieces {
  /** Where each piece starts, in elements; ascending. An empty piece starts where the next one does. */
  readonly starts: readonly number[]
  /** The number of each piece's first chunk, ascending. An empty piece has the number of the next one. */
  readonly chunks: readonly number[]
  /** Elements at the start of each piece that belong to no chunk. */
  readonly header: number
  /** Elements per record. The elements behind the last whole record of a piece belong to no chunk. */
  readonly record: number
}

/** The members of a plan that say where its pieces are. */
interface PiecedPlan {
  readonly length: number
  readonly first: number
  readonly last: number
  readonly pieces: PlanPieces | undefined
}

/** Which elements of a piece belong to chunks: `[first, last)`, counted from the start of the piece. */
export interface Owned {
  readonly first: number
  readonly last: number
}

/** Which of `length` elements belong to chunks: those behind the header, as far as there are whole records. */
export function ownedOf(length: number, header: number, record: number): Owned {
  const first = Math.min(length, header)
  return { first, last: length - ((length - first) % record) }
}

/** The last position in an ascending list, which begins with at most `value`, of a number that is not above `value`. */
export function lastUpTo(ascending: readonly number[], value: number): number {
  let low = 0
  let high = ascending.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (ascending[middle]! <= value) low = middle
    else high = middle
  }
  return low
}

/** Where the next piece begins; for the last one `end`. A list lends what it does not have from a polluted prototype. */
export function endOf(starts: readonly number[], number: number, end: number): number {
  return number + 1 < starts.length ? starts[number + 1]! : end
}

/** The number of elements in a piece. */
export function pieceLength({ pieces, length }: PiecedPlan, number: number): number {
  // `!`: only plans of pieces have a number.
  const { starts } = pieces!
  return endOf(starts, number, length) - starts[number]!
}

/** A source of a stream: its name, if it is not the only one, its number, where it starts, and the number of its first chunk. */
interface StreamedSource {
  readonly source: string | undefined
  readonly number: number
  readonly start: number
  readonly chunk: number
}

/**
 * Where in which piece the chunk `index` is, which starts at `start`; undefined for data without pieces.
 *
 * @param names - the names of the pieces
 * @param stream - if the data is a part of a stream: in which source it is
 */
export function sourceOf(
  { pieces }: PiecedPlan,
  names: readonly string[] | undefined,
  index: number,
  start: number,
  stream: StreamedSource | undefined,
): ChunkSource | undefined {
  if (stream?.source !== undefined) {
    const { source: path, number, start: begin, chunk } = stream
    return { path, number, index: index - chunk, offset: start - begin }
  }
  if (pieces === undefined || pieces.starts.length === 0) return undefined
  const number = lastUpTo(pieces.chunks, index)
  const path = names?.[number] ?? `piece ${number}`
  return { path, number, index: index - pieces.chunks[number]!, offset: start - pieces.starts[number]! }
}

/** The range of a chunk, with its source if the data consists of pieces. */
export function withSource(
  plan: PiecedPlan,
  names: readonly string[] | undefined,
  range: ChunkRange,
  stream: StreamedSource | undefined,
): ChunkRange {
  const source = sourceOf(plan, names, range.index, range.start, stream)
  return source === undefined ? range : { index: range.index, start: range.start, end: range.end, source }
}

/** The piece in which an element is, and its offset there; undefined for data without pieces. */
export function placeIn(pieces: DataPieces | undefined, start: number): SourcePlace | undefined {
  if (pieces === undefined || pieces.starts.length === 0) return undefined
  const number = lastUpTo(pieces.starts, start)
  return { path: pieces.names[number]!, number, offset: start - pieces.starts[number]! }
}

/** The elements that chunks own, without headers and rests, in their order. */
export class OwnedElements {
  /** How many there are. */
  readonly total: number
  readonly #plan: PiecedPlan
  /** How many there are before each piece. Undefined: there is one piece, or the pieces have neither headers nor rests. */
  readonly #before: readonly number[] | undefined

  constructor(plan: PiecedPlan) {
    this.#plan = plan
    const { pieces } = plan
    if (pieces === undefined || (pieces.header === 0 && pieces.record === 1)) {
      this.total = plan.last - plan.first
      return
    }
    let total = 0
    this.#before = pieces.starts.map((_, number) => {
      const before = total
      const { first, last } = ownedOf(pieceLength(plan, number), pieces.header, pieces.record)
      total += last - first
      return before
    })
    this.total = total
  }

  /** How many are before the element at `offset`, which a chunk owns. */
  before(offset: number): number {
    const { pieces, first } = this.#plan
    if (this.#before === undefined) return offset - first
    // `!`: there are only such numbers for pieces.
    const number = lastUpTo(pieces!.starts, offset)
    return this.#before[number]! + offset - pieces!.starts[number]! - pieces!.header
  }

  /** Where the element is that has `count` of them before it. */
  offsetOf(count: number): number {
    const { pieces, first } = this.#plan
    if (this.#before === undefined) return first + count
    const number = lastUpTo(this.#before, count)
    // `!`: as above.
    return pieces!.starts[number]! + pieces!.header + count - this.#before[number]!
  }
}
