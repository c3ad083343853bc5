// Where records start: the one search that the delimited chunker needs, linear on any input.

import type { DataReader } from '../data/contract.js'

/** First stretch of bytes to look at for a delimiter; doubled as long as none is found. */
const firstProbeBytes = 16 * 1024

/** How far back to look, at least, to tell overlapping delimiters apart. */
const leastLookBackBytes = 1024

const none = -1
const outOfStep = -2

/**
 * A delimiter, prepared for searching: no input makes the search slower than linear.
 *
 * With an alignment, an occurrence is one whose offset is a multiple of it. So the search moves on by multiples of it: a
 * border counts only if it is shorter than its prefix by such a multiple.
 *
 * @see Knuth, Morris, Pratt: Fast pattern matching in strings, SIAM Journal on Computing 6(2), 1977
 */
export class Delimiter {
  readonly #bytes: readonly number[]
  /** Divides the length. */
  readonly #align: number
  /** `#border[i]`: length of the longest proper prefix of the first `i + 1` bytes that is also their suffix, `#align` obeyed. */
  readonly #border: readonly number[]
  /** Where the occurrence ends that `#scan` could not tell. */
  #questionable = 0

  /** @param bytes - as the data's elements have them: from -128 to 127 where those are signed */
  constructor(bytes: readonly number[], align: number = 1) {
    this.#bytes = bytes
    this.#align = align
    const border = [0]
    for (let i = 1, k = 0; i < bytes.length; i++) {
      while (k > 0 && bytes[i] !== bytes[k]) k = border[k - 1]!
      if (bytes[i] === bytes[k] && (i - k) % align === 0) k++
      border.push(k)
    }
    this.#border = border
  }

  /** Where the first occurrence begins that lies in `[from, bytes.length)` as a whole; -1 for none. Offsets are those in `bytes`. */
  find(bytes: Readonly<Uint8Array>, from: number): number {
    const pattern = this.#bytes
    const align = this.#align
    let matched = 0
    for (let i = from; i < bytes.length; ) {
      if (matched === 0) {
        i = bytes.indexOf(pattern[0]!, i)
        if (i < 0) break
        if (align > 1 && i % align !== 0) {
          i++
          continue
        }
      } else if (bytes[i] !== pattern[matched]) {
        matched = this.#border[matched - 1]!
        continue
      }
      i++
      matched++
      if (matched === pattern.length) return i - matched
    }
    return none
  }

  /**
   * The first record that starts in `[from, to)`, or -1. A record starts at 0 and behind every delimiter, counted as
   * `String#split` does: left to right, without overlap.
   *
   * A delimiter that can overlap itself, like an empty line in three line feeds, can be read in more than one way, and what
   * comes before tells which. So this looks back, as far as a chunk is long and at least 1 KiB. If that leaves it open (a
   * longer pile of overlapping delimiters), no record is said to start there, and the chunk before takes these bytes along.
   */
  firstStart(reader: DataReader<Uint8Array>, from: number, to: number): number {
    if (from === 0) return 0
    const { length } = this.#bytes
    if (this.#border[length - 1] === 0) return this.#scan(reader, from - length, from, to, true, true)
    const farthest = Math.max(to - from, leastLookBackBytes)
    let end = to
    for (let back = 2 * length; ; back *= 2) {
      const earliest = Math.max(0, from - back)
      const isAll = earliest === 0
      const start = this.#scan(reader, earliest, from, end, isAll, back >= farthest && end === to)
      if (start >= 0 || (start === none && end === to)) return start
      if (start === none || back >= farthest) {
        // What was open is settled, or will stay so: on to the rest of the chunk, from where counting is in step.
        return this.#scan(reader, earliest, from, to, isAll, true)
      }
      // Only the first occurrence is in question: no need to read past it again while looking further back.
      end = Math.min(end, this.#questionable + 1)
    }
  }

  /**
   * `firstStart`, counted from `earliest` on. Counting is in step from the data's start on, and from any delimiter on that
   * none before it overlaps. Out of step, an occurrence in the chunk is passed over (`goOn`) or ends the search.
   */
  #scan(
    reader: DataReader<Uint8Array>,
    earliest: number,
    from: number,
    to: number,
    inStep: boolean,
    goOn: boolean,
  ): number {
    const pattern = this.#bytes
    const { length } = pattern
    const align = this.#align
    const low0 = Math.max(0, earliest)
    const border = this.#border[length - 1]!
    let previousEnd = low0
    let matched = 0
    // A record that starts before `to` has its delimiter's last byte before `to - 1`.
    const last = to - 1
    for (let low = low0, probe = firstProbeBytes; low < last; probe *= 2) {
      const high = Math.min(last, Math.max(low, from) + probe)
      const bytes = reader.read(low, high)
      for (let i = 0; i < bytes.length; ) {
        if (matched === 0) {
          i = bytes.indexOf(pattern[0]!, i)
          if (i < 0) break
          if (align > 1 && (low + i) % align !== 0) {
            i++
            continue
          }
        } else if (bytes[i] !== pattern[matched]) {
          matched = this.#border[matched - 1]!
          continue
        }
        i++
        matched++
        if (matched < length) continue
        const end = low + i
        // It counts for sure when all bytes that could hold one that overlaps it were seen, and held none.
        if (end - length >= previousEnd && end - low0 >= 2 * length - 1) inStep = true
        if (end >= from) {
          if (inStep) return end
          if (!goOn) {
            this.#questionable = end
            return outOfStep
          }
        }
        matched = inStep ? 0 : border
        previousEnd = end
      }
      low = high
    }
    return none
  }
}
