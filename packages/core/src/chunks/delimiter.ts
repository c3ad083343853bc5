// Finds where records start: the search that the delimited chunker needs, in linear time for any input.

import type { DataReader } from '../data/contract.js'

/** How many bytes to search for a delimiter at first. The number doubles until one is found. */
const firstProbeBytes = 16 * 1024

/** How far back to look, at least, to tell overlapping delimiters apart. In bytes. */
const leastLookBackBytes = 1024

const none = -1
const outOfStep = -2

/**
 * A delimiter, prepared for searching. The search is linear for any input.
 *
 * With an alignment, only occurrences whose offset is a multiple of it count. So the search also advances by multiples of it: a
 * border is used only if it is shorter than its prefix by such a multiple.
 *
 * @see Knuth, Morris, Pratt: Fast pattern matching in strings, SIAM Journal on Computing 6(2), 1977
 */
export class Delimiter {
  readonly #bytes: readonly number[]
  /** A divisor of the delimiter's length. */
  readonly #align: number
  /**
   * `#border[i]`: length of the longest proper prefix of the first `i + 1` bytes that is also their suffix, and that fits
   * `#align`.
   */
  readonly #border: readonly number[]
  /** Where the occurrence ends that `#scan` could not decide on. */
  #questionable = 0

  /** @param bytes - as elements of the data: from -128 to 127 if those are signed */
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

  /** Whether an occurrence can overlap the next one. Then what comes before decides which of them count. */
  get overlapsItself(): boolean {
    return this.#border[this.#bytes.length - 1] !== 0
  }

  /** So many bytes before a chunk of `size` bytes are read at most, to find its first record. */
  lookBackBytes(size: number): number {
    const { length } = this.#bytes
    return this.overlapsItself ? 2 * Math.max(size, leastLookBackBytes) + 2 * length : length
  }

  /** The offset in `bytes` of the first occurrence that lies wholly in `[from, bytes.length)`; -1 if there is none. */
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
   * The start of the first record in `[from, to)`; -1 if none starts there. A record starts at 0 and after every delimiter.
   * Delimiters are counted as `String#split` does: from left to right, without overlap.
   *
   * A delimiter that can overlap itself, such as `\n\n` in three line feeds, can be read in more than one way. What comes
   * before it decides. So this method looks back, as far as a chunk is long and at least 1 KiB. If that does not decide (in a
   * longer run of overlapping delimiters), no record is said to start there, and the chunk before takes these bytes.
   */
  firstStart(reader: Pick<DataReader<Uint8Array>, 'read'>, from: number, to: number): number {
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
        // The question is decided, or cannot be decided. Search the rest of the chunk, from a place where counting is in step.
        return this.#scan(reader, earliest, from, to, isAll, true)
      }
      // Only the first occurrence is in question. While looking further back, there is no need to read past it again.
      end = Math.min(end, this.#questionable + 1)
    }
  }

  /**
   * `firstStart`, with delimiters counted from `earliest` on. Counting is in step from the start of the data, and from any
   * delimiter that no earlier one overlaps. If counting is out of step, an occurrence in the chunk is skipped (`goOn`) or ends
   * the search.
   */
  #scan(
    reader: Pick<DataReader<Uint8Array>, 'read'>,
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
    // If a record starts before `to`, the last byte of the delimiter before it is before `to - 1`.
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
        // It surely counts if all bytes that could hold an overlapping occurrence were searched and held none.
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
