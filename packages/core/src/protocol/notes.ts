// What chunk functions note beside their results: what they skipped, and what they counted. It is plain data. It travels with a commit
// or a part, and counts with it as a whole or not at all. So each note is there exactly once, however often its chunk has run.

import type { ChunkRange, SourcePlace } from '../base/errors.js'
import { placeIn } from '../chunks/pieces.js'
import type { DataPieces } from '../data/contract.js'

/** Something that was skipped: a record, or a chunk whose function threw. */
export interface SkippedRange {
  /** Its first element, from the start of the whole data. */
  readonly start: number
  /** One past its last element. */
  readonly end: number
  /** Why it was skipped. */
  readonly why: string
  /** The file in which it is, and where, if the data consists of several. */
  readonly source?: SourcePlace | undefined
}

/** What was skipped in all. */
export interface Skipped {
  /** How many records and chunks. */
  readonly count: number
  /** The first of them, in the order of the data; by default at most 100. */
  readonly ranges: readonly SkippedRange[]
}

/** What was skipped, with the files in which it is, if the data consists of several. */
export function withPlaces(skipped: Skipped, pieces: DataPieces | undefined): Skipped {
  if (pieces === undefined || skipped.count === 0) return skipped
  return {
    count: skipped.count,
    ranges: skipped.ranges.map((range) => ({ ...range, source: placeIn(pieces, range.start) })),
  }
}

/** How many skips are in one chunk. */
export interface ChunkSkips {
  /** The chunk. */
  readonly chunk: ChunkRange
  /** How many records of it were skipped; 1 if the chunk itself was. */
  readonly count: number
}

/** The notes of some chunks. */
export interface Notes {
  /** How many records and chunks were skipped. */
  readonly count: number
  /** The first of them, in the order of the data. */
  readonly ranges: readonly SkippedRange[]
  /** The first chunks with skips, ascending, as far as the run's budget reaches; empty if it has none. */
  readonly chunks: readonly ChunkSkips[]
  /** What was counted, by name. */
  readonly counters: readonly (readonly [name: string, n: number])[]
}

/** How many skipped ranges are kept, unless the run says it. */
export const listedByDefault = 100

/** The most different names of counters in one run. */
export const mostCounters = 1000

/** A total order, so that the first ranges do not depend on the order in which they came. */
function compareRanges(a: SkippedRange, b: SkippedRange): number {
  return a.start - b.start || a.end - b.end || (a.why < b.why ? -1 : a.why > b.why ? 1 : 0)
}

/** Collects notes, in any order. Its memory is bounded. */
export class NoteBook {
  readonly #mostListed: number
  readonly #budget: number | undefined
  #count = 0
  #ranges: SkippedRange[] = []
  #chunks: ChunkSkips[] = []
  readonly #counters = new Map<string, number>()

  /**
   * @param mostListed - how many ranges to keep
   * @param budget - how many skips there may be; undefined: any number, and chunks with skips are not remembered
   */
  constructor(mostListed: number = listedByDefault, budget?: number) {
    this.#mostListed = mostListed
    this.#budget = budget
  }

  /** How many records and chunks were skipped. */
  get count(): number {
    return this.#count
  }

  /** How many names counters have. */
  get names(): number {
    return this.#counters.size
  }

  get isEmpty(): boolean {
    return this.#count === 0 && this.#counters.size === 0
  }

  skip(range: SkippedRange): void {
    this.#count++
    if (this.#mostListed === 0) return
    this.#ranges.push(range)
    if (this.#ranges.length > 2 * this.#mostListed) this.#cut()
  }

  countUp(name: string, n: number): void {
    this.#counters.set(name, (this.#counters.get(name) ?? 0) + n)
  }

  add({ count, ranges, chunks, counters }: Notes): void {
    this.#count += count
    for (const range of ranges) this.#ranges.push(range)
    if (this.#ranges.length > 2 * this.#mostListed) this.#cut()
    for (const each of chunks) this.addChunk(each)
    for (const [name, n] of counters) this.countUp(name, n)
  }

  /** Note how many skips are in a chunk. */
  addChunk(each: ChunkSkips): void {
    const budget = this.#budget
    if (budget === undefined) return
    this.#chunks.push(each)
    // Chunks behind the one in which the budget ends do not matter.
    if (this.#chunks.length > 2 * budget + 2) this.#chunks = this.#chunksInBudget()
  }

  /** The chunk in which there are more skips than the budget allows; undefined if it suffices. */
  get overBudget(): ChunkRange | undefined {
    if (this.#budget === undefined || this.#count <= this.#budget) return undefined
    this.#chunks = this.#chunksInBudget()
    return this.#chunks.at(-1)?.chunk
  }

  /** Everything so far; undefined if there is nothing. */
  notes(): Notes | undefined {
    if (this.isEmpty) return undefined
    this.#cut()
    const counters = [...this.#counters].sort(([a], [b]) => (a < b ? -1 : 1))
    return { count: this.#count, ranges: this.#ranges.slice(), chunks: this.#chunksInBudget().slice(), counters }
  }

  clear(): void {
    this.#count = 0
    this.#ranges = []
    this.#chunks = []
    this.#counters.clear()
  }

  /** What was skipped, for users. */
  get skipped(): Skipped {
    this.#cut()
    return { count: this.#count, ranges: this.#ranges.slice() }
  }

  /** What was counted, for users, by name in the order of the names. */
  get counters(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counters].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  #cut(): void {
    this.#ranges.sort(compareRanges)
    if (this.#ranges.length > this.#mostListed) this.#ranges.length = this.#mostListed
  }

  /** The first chunks with skips, ascending; the budget ends in the last one, if it ends. */
  #chunksInBudget(): ChunkSkips[] {
    const sorted = this.#chunks.sort((a, b) => a.chunk.index - b.chunk.index)
    let total = 0
    const end = sorted.findIndex(({ count }) => {
      total += count
      // `!`: without a budget, there are no chunks.
      return total > this.#budget!
    })
    return end < 0 ? sorted : sorted.slice(0, end + 1)
  }
}

/** Whether `value` has the shape of {@link Notes}. Parts come from files and other machines. */
export function isNotes(value: unknown): value is Notes {
  if (typeof value !== 'object' || value === null) return false
  // `as`: its members are checked one by one.
  const { count, ranges, chunks, counters } = value as Notes
  if (!isCount(count) || !Array.isArray(ranges) || !Array.isArray(chunks) || !Array.isArray(counters)) return false
  if (ranges.length > count) return false
  // Not `every`, which passes over holes.
  for (const range of ranges) {
    if (typeof range !== 'object' || range === null) return false
    if (!isCount(range.start) || !isCount(range.end) || typeof range.why !== 'string') return false
  }
  let [last, inChunks] = [-1, 0]
  for (const each of chunks) {
    if (typeof each !== 'object' || each === null || !isCount(each.count)) return false
    const { chunk } = each
    if (typeof chunk !== 'object' || chunk === null || !isCount(chunk.index) || chunk.index <= last) return false
    if (!isCount(chunk.start) || !isCount(chunk.end)) return false
    last = chunk.index
    inChunks += each.count
  }
  if (inChunks > count) return false
  for (const counter of counters) {
    if (!Array.isArray(counter) || typeof counter[0] !== 'string' || !isCount(counter[1])) return false
  }
  return true
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0
}
