// The chunks whose results are in: a set of chunk numbers.

/** A set of chunk indices below `count`: one bit each. */
export class ChunkSet {
  size = 0
  readonly #count: number
  readonly #bits: Uint32Array

  constructor(count: number) {
    this.#count = count
    this.#bits = new Uint32Array(Math.ceil(count / 32))
  }

  has(index: number): boolean {
    return (this.#bits[index >>> 5]! & (1 << (index & 31))) !== 0
  }

  /** Add all chunks of `ranges` (pairs `from, to`), or none if one of them is in the set already. */
  addRanges(ranges: readonly number[]): boolean {
    // Plain loops and not an iterator: there can be a million chunks, and this is the caller's thread.
    for (let i = 0; i < ranges.length; i += 2) {
      for (let index = ranges[i]!; index < ranges[i + 1]!; index++) if (this.has(index)) return false
    }
    for (let i = 0; i < ranges.length; i += 2) {
      for (let index = ranges[i]!; index < ranges[i + 1]!; index++) this.#bits[index >>> 5]! |= 1 << (index & 31)
      this.size += ranges[i + 1]! - ranges[i]!
    }
    return true
  }

  /** The indices below `limit` that are not in the set, ascending. */
  missing(limit: number): Int32Array {
    const missing: number[] = []
    if (this.size < this.#count) {
      for (let index = 0; index < limit; index++) if (!this.has(index)) missing.push(index)
    }
    return Int32Array.from(missing)
  }
}
