// A set of chunk numbers. It holds the chunks whose results have arrived.

/** A set has room for at most so many words at first, and gets more when it needs it. */
const firstWords = 2 ** 15

/**
 * A set of chunk numbers below `count`, one bit each. Whole words are handled at once where possible, because there may be a
 * billion chunks.
 */
export class ChunkSet {
  size = 0
  readonly #count: number
  /** The word of the first chunk that may be added. */
  readonly #first: number
  #bits: Uint32Array

  /** @param from - no chunk below this one is added */
  constructor(count: number, from: number = 0) {
    this.#count = count
    this.#first = from >>> 5
    this.#bits = new Uint32Array(Math.min(firstWords, Math.ceil(count / 32) - this.#first))
  }

  has(index: number): boolean {
    // There may be no such word, which is like 0.
    return (this.#bits[(index >>> 5) - this.#first]! & (1 << (index & 31))) !== 0
  }

  /** Add chunk `index`, which must not be in the set yet. */
  add(index: number): void {
    const word = (index >>> 5) - this.#first
    if (word >= this.#bits.length) this.#grow(word)
    this.#bits[word]! |= 1 << (index & 31)
    this.size++
  }

  /** Make room for a word. */
  #grow(word: number): void {
    const most = Math.ceil(this.#count / 32) - this.#first
    const grown = new Uint32Array(Math.min(most, Math.max(2 * this.#bits.length, word + 1)))
    grown.set(this.#bits)
    this.#bits = grown
  }

  /** Add all chunks of `ranges` (pairs `from, to`). If one of them is in the set already, add none and return false. */
  addRanges(ranges: readonly number[]): boolean {
    if (!this.canAdd(ranges)) return false
    for (let i = 0; i < ranges.length; i += 2) this.#addRange(ranges[i]!, ranges[i + 1]!)
    return true
  }

  /** Whether none of the chunks of `ranges` is in the set. */
  canAdd(ranges: readonly number[]): boolean {
    for (let i = 0; i < ranges.length; i += 2) {
      if (this.#next(ranges[i]!, ranges[i + 1]!, true) < ranges[i + 1]!) return false
    }
    return true
  }

  #addRange(from: number, to: number): void {
    if (from >= to) return
    const last = ((to - 1) >>> 5) - this.#first
    if (last >= this.#bits.length) this.#grow(last)
    this.size += to - from
    for (let index = from; index < to; ) {
      const isWord = (index & 31) === 0 && index + 32 <= to
      this.#bits[(index >>> 5) - this.#first]! |= isWord ? -1 : 1 << (index & 31)
      index += isWord ? 32 : 1
    }
  }

  /** The chunk numbers in `[from, limit)` that are not in the set, as pairs `from, to`: half-open ranges, ascending. */
  missing(limit: number, from: number = 0): Int32Array {
    const ranges: number[] = []
    if (this.size < this.#count) {
      for (let index = this.#next(from, limit, false); index < limit; ) {
        const end = this.#next(index, limit, true)
        ranges.push(index, end)
        index = this.#next(end, limit, false)
      }
    }
    return Int32Array.from(ranges)
  }

  /** The chunk numbers that are in the set, as pairs `from, to`: half-open ranges, ascending. */
  ranges(): number[] {
    const ranges: number[] = []
    for (let index = this.#next(32 * this.#first, this.#count, true); index < this.#count; ) {
      const end = this.#next(index, this.#count, false)
      ranges.push(index, end)
      index = this.#next(end, this.#count, true)
    }
    return ranges
  }

  /** The first number >= `index` that is in the set (or is not, if `isIn` is false); `limit` if there is none below it. */
  #next(index: number, limit: number, isIn: boolean): number {
    const other = isIn ? 0 : 2 ** 32 - 1
    let next = index
    while (next < limit) {
      if ((next & 31) === 0 && (this.#bits[(next >>> 5) - this.#first] ?? 0) === other) next += 32
      else if (this.has(next) === isIn) return next
      else next++
    }
    return limit
  }
}
