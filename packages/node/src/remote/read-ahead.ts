// Decides which ranges of a remote file to ask for, and which of them to keep.
//
// Two kinds of reads come from a lane. What it has announced is asked for ahead, one range behind the other. What it has not announced is
// mostly the search for the end of a long record: whoever has searched far will search on, so each request is for more than the one before.

import type { AskedRange, RangeClient } from './range-client.js'

/** Bytes of one request, at most. */
export const segmentBytes: number = 2 * 1024 * 1024
/** A request is for at least so many bytes: fewer take hardly less time. */
const leastBytes = 64 * 1024
/** So many bytes before what was announced are read as well: chunks of lines look for the line feed before them. */
const backBytes = 4096

/** The bytes `[from, to)`. */
interface Bytes {
  readonly from: number
  readonly to: number
}

/** What a lane reads next. */
interface Wanted {
  /** Ask up to here if so much can be asked for at a time. */
  readonly to: number
  /** The lane surely reads up to here. */
  readonly needed: number
  /** The reads without a gap, of which this is one, began here. */
  readonly begun: number
}

const nothing: Bytes = { from: -1, to: -1 }

/** The ranges of one remote file that one lane has asked for. Positions count bytes of the whole file. */
export class ReadAhead {
  readonly #client: Pick<RangeClient, 'ask' | 'drop'>
  readonly #connections: number
  readonly #data: Bytes
  /** What was asked for and is still kept, without overlap. What was used last comes last. */
  #segments: AskedRange[] = []
  #keptBytes = 0
  /** Where the bytes that the lane has announced end, one piece behind the other, and where they began. */
  #streak: Bytes = nothing
  /** What the lane reads next, or will soon. */
  #expected: Bytes = nothing
  /** What was read last without having been announced: one read beside the other. */
  #apart: Bytes = nothing
  #wanted: Wanted = { to: 0, needed: 0, begun: 0 }
  /** Up to where was asked for when the last range was taken. */
  #askedTo = -1

  /** @param connections - ranges that are asked for at the same time, at most */
  constructor(client: Pick<RangeClient, 'ask' | 'drop'>, connections: number, data: Bytes) {
    this.#client = client
    this.#connections = connections
    this.#data = data
  }

  /** The lane will read `[begin, end)`. Returns the range with the first of these bytes. */
  expect(begin: number, end: number): AskedRange {
    // A lane may have given the end of the last claim to another lane.
    const goesOn = begin > this.#streak.from && begin <= this.#streak.to
    this.#streak = { from: goesOn ? this.#streak.from : begin, to: end }
    const from = Math.max(this.#data.from, begin - backBytes)
    const to = Math.min(this.#data.to, end + this.#goingOn(this.#streak))
    this.#expected = { from, to: Math.max(goesOn ? this.#expected.to : 0, to) }
    // What is on its way for other places will hardly be read.
    for (const each of this.#segments) if (each.answer === undefined && !overlap(each, this.#expected)) this.drop(each)
    return this.seek(from, Math.min(end, from + 1)).take(from)
  }

  /** The lane reads `[first, last)` now. */
  seek(first: number, last: number): this {
    const { from, to } = this.#expected
    if (first >= from && first < to) {
      const { from: begun, to: needed } = this.#streak
      this.#wanted = { to: Math.max(last, to), needed: Math.max(last, needed), begun }
    } else {
      this.#search(first, last)
    }
    return this
  }

  /** The range that has byte `at`. It and those behind it are asked for, unless they were before. */
  take(at: number): AskedRange {
    const { to, needed, begun } = this.#wanted
    const current = this.#segments.at(-1)
    if (current !== undefined && has(current, at) && this.#askedTo === to) return current
    this.#askedTo = to
    // Many short requests would take longer than few long ones.
    const least = Math.min(segmentBytes, (to - begun) / 4)
    let first: AskedRange | undefined
    for (let from = at, n = 0; from < to && n < this.#connections; n++) {
      const isOptional = from !== at && from >= needed
      let segment = this.#find(from)
      if (segment === undefined) {
        if (isOptional && to - from < least && to < this.#data.to) break
        segment = this.#ask(from, to)
      } else this.#use(segment)
      first ??= segment
      from = segment.to
    }
    // `!`: whoever reads a byte reads one of the data.
    this.#use(first!)
    this.#forget()
    return first!
  }

  /** A range is not needed any more, or has failed. */
  drop(segment: AskedRange): void {
    this.#segments = this.#segments.filter((each) => each !== segment)
    this.#keptBytes -= segment.to - segment.from
    this.#client.drop(segment)
  }

  /** What nobody has announced is asked for alone, and as little of it as makes sense; but more and more, if one read follows the other. */
  #search(first: number, last: number): void {
    const { from, to } = this.#apart
    const follows = first <= to && last >= from
    this.#apart = follows ? { from: Math.min(from, first), to: Math.max(to, last) } : { from: first, to: last }
    const far = follows ? this.#goingOn(this.#apart) : 0
    const end = Math.max(last + (last > to ? far : 0), first + leastBytes)
    this.#wanted = { to: Math.min(this.#data.to, end), needed: last, begun: this.#apart.from }
    if (!follows || first >= from) return
    // It reads backwards.
    for (let at = Math.max(this.#data.from, first - far); at < first; at = (this.#find(at) ?? this.#ask(at, last)).to);
  }

  /** Whoever has read far without a gap will read on. So as much is read ahead as was read, as systems do with files. */
  #goingOn({ from, to }: Bytes): number {
    return Math.max(leastBytes, Math.min(to - from, this.#connections * segmentBytes))
  }

  #find(at: number): AskedRange | undefined {
    return this.#segments.findLast((each) => has(each, at))
  }

  #ask(from: number, end: number): AskedRange {
    let to = Math.min(end, from + segmentBytes)
    for (const each of this.#segments) if (each.from > from && each.from < to) to = each.from
    const segment = this.#client.ask(from, to)
    this.#segments.push(segment)
    this.#keptBytes += to - from
    return segment
  }

  #use(segment: AskedRange): void {
    this.#segments = [...this.#segments.filter((each) => each !== segment), segment]
  }

  /** Drop what was used least recently, if too much is kept. */
  #forget(): void {
    const most = (2 * this.#connections + 3) * segmentBytes
    for (let oldest = this.#segments[0]; this.#keptBytes > most && oldest !== undefined; oldest = this.#segments[0])
      this.drop(oldest)
  }
}

function has({ from, to }: Bytes, at: number): boolean {
  return from <= at && at < to
}

function overlap(a: Bytes, b: Bytes): boolean {
  return a.from < b.to && b.from < a.to
}
