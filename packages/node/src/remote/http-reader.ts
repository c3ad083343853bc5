// Reads data on a server for a lane: what the lane will read next is asked for ahead, in segments.

import { type DataReader, elementConstructor, grownBytes, type TypedArray } from '@onecopy/core/lane'
import { errorOf, type HttpDescription } from './contract.js'
import { type AskedRange, RangeClient } from './range-client.js'

/** Bytes of one request, at most. */
const segmentBytes = 2 * 1024 * 1024
/** A request is for at least so many bytes: fewer take hardly less time. */
const leastBytes = 64 * 1024
/** So many bytes before what was announced are read as well: chunks of lines look for the line feed before them. */
const backBytes = 4096

/** Reads data on a server. Offsets count elements of the range. */
export class HttpReader implements DataReader<TypedArray> {
  readonly claimBytes: number = segmentBytes
  readonly #description: HttpDescription
  readonly #Elements: ReturnType<typeof elementConstructor>
  readonly #elementBytes: number
  readonly #client: RangeClient
  /** What was asked for and is still kept, ascending, without overlap. Positions count bytes of the whole remote file. */
  #segments: AskedRange[] = []
  /** Where the bytes that a lane has announced end, one piece behind the other, and where they began. */
  #streakStart = 0
  #streakEnd = 0
  /** The lane reads up to here next, or will soon. */
  #expectedEnd = 0
  #buffer = new ArrayBuffer(0)
  #isClosed = false

  constructor(description: HttpDescription) {
    this.#description = description
    this.#Elements = elementConstructor(description.elementType)
    this.#elementBytes = this.#Elements.BYTES_PER_ELEMENT
    this.#client = new RangeClient(description)
  }

  /** Every `read` writes into this buffer. */
  get reusedBuffer(): ArrayBuffer {
    return this.#buffer
  }

  /** Ask for what comes next. The returned promise settles when its first bytes are there. */
  expect(start: number, end: number): Promise<void> | undefined {
    const { byteOffset, byteLength, connections } = this.#description
    const begin = byteOffset + start * this.#elementBytes
    // A lane may have given the end of the last claim to another lane.
    const goesOn = begin > this.#streakStart && begin <= this.#streakEnd
    if (!goesOn) this.#streakStart = begin
    this.#streakEnd = byteOffset + end * this.#elementBytes
    // Whoever has read far without a gap will read on. So as much is read ahead as was read, as systems do with files.
    const streak = this.#streakEnd - this.#streakStart
    const ahead = Math.max(leastBytes, Math.min(streak, connections * segmentBytes))
    const known = goesOn ? this.#expectedEnd : 0
    this.#expectedEnd = Math.max(known, Math.min(byteOffset + byteLength, this.#streakEnd + ahead))
    const from = Math.max(byteOffset, begin - backBytes)
    this.#keep(from, this.#expectedEnd)
    const first = this.#askAhead(from, Math.min(this.#streakEnd, from + 1))
    return first.answer === undefined ? this.#client.until(first) : undefined
  }

  read(start: number, end: number): TypedArray {
    const byteLength = (end - start) * this.#elementBytes
    if (byteLength > this.#buffer.byteLength) this.#buffer = new ArrayBuffer(grownBytes(byteLength))
    const elements = new this.#Elements(this.#buffer, 0, end - start)
    this.readInto(start, end, elements)
    return elements
  }

  view(start: number, end: number): TypedArray {
    const elements = new this.#Elements(new ArrayBuffer((end - start) * this.#elementBytes), 0, end - start)
    this.readInto(start, end, elements)
    return elements
  }

  readInto(start: number, end: number, target: TypedArray): void {
    if (this.#isClosed) throw new Error('the run is over, and its data can no longer be read')
    const { byteOffset, name } = this.#description
    const into = new Uint8Array(target.buffer, target.byteOffset, target.byteLength)
    const [first, last] = [byteOffset + start * this.#elementBytes, byteOffset + end * this.#elementBytes]
    for (let at = first; at < last; ) {
      const segment = this.#askAhead(at, last)
      const { bytes, failure } = segment.answer ?? this.#client.wait(segment)
      if (bytes === undefined) {
        this.#segments = this.#segments.filter((each) => each !== segment)
        // `!`: one of the two is there.
        throw errorOf(failure!, name)
      }
      const to = Math.min(last, segment.to)
      into.set(bytes.subarray(at - segment.from, to - segment.from), at - first)
      at = to
    }
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#segments = []
    this.#client.close()
  }

  /** Ask for the segment that has byte `at`, and for those behind it that will be read. Returns the first. */
  #askAhead(at: number, needed: number): AskedRange {
    const { connections, byteOffset, byteLength } = this.#description
    const isExpected = at < this.#expectedEnd
    // What nobody announced is asked for alone, and as little of it as makes sense.
    const end = Math.min(byteOffset + byteLength, Math.max(needed, isExpected ? this.#expectedEnd : at + leastBytes))
    // Many short requests would take longer than few long ones.
    const least = Math.min(segmentBytes, (end - this.#streakStart) / 4)
    let first: AskedRange | undefined
    for (let from = at, n = 0; from < end && n < connections; n++) {
      let segment = this.#find(from)
      if (segment === undefined) {
        const isNeeded = from === at || from < Math.max(needed, this.#streakEnd)
        if (!isNeeded && end - from < least && end < byteOffset + byteLength) break
        segment = this.#ask(from, end)
      }
      first ??= segment
      from = segment.to
    }
    this.#forget(at)
    // `!`: whoever reads a byte reads one of the data.
    return first!
  }

  #find(at: number): AskedRange | undefined {
    return this.#segments.find(({ from, to }) => from <= at && at < to)
  }

  #ask(from: number, end: number): AskedRange {
    const next = this.#segments.find((each) => each.from > from)?.from ?? end
    const segment = this.#client.ask(from, Math.min(end, next, from + segmentBytes))
    this.#segments.push(segment)
    this.#segments.sort((a, b) => a.from - b.from)
    return segment
  }

  /** Drop what was read already: a segment stays as long as its bytes are near. */
  #forget(at: number): void {
    this.#keep(at - segmentBytes, Math.max(this.#expectedEnd, at + segmentBytes))
  }

  /** Keep only segments with bytes in `[from, to)`. */
  #keep(from: number, to: number): void {
    const dropped = this.#segments.filter((each) => each.to <= from || each.from >= to)
    if (dropped.length === 0) return
    this.#segments = this.#segments.filter((each) => !dropped.includes(each))
    for (const each of dropped) this.#client.drop(each)
  }
}
