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
    for (const index of each(ranges)) if (this.has(index)) return false
    for (const index of each(ranges)) this.#bits[index >>> 5]! |= 1 << (index & 31)
    for (let i = 0; i < ranges.length; i += 2) this.size += ranges[i + 1]! - ranges[i]!
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

function* each(ranges: readonly number[]): Iterable<number> {
  for (let i = 0; i < ranges.length; i += 2) {
    for (let index = ranges[i]!; index < ranges[i + 1]!; index++) yield index
  }
}
