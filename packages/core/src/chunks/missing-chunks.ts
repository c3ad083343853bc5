// The chunks of a later pass, which are the chunks that were lost, as ranges of chunk numbers. Lanes claim positions in this
// list.

/** Finds the chunk at a position in the list. */
export class MissingChunks {
  /** The number of chunks. */
  readonly length: number
  /** Pairs `from, to`: half-open ranges of chunk numbers, ascending. Plain data that is sent to the lanes. */
  readonly ranges: Int32Array
  /** For each range, the position of its first chunk. */
  readonly #positions: Int32Array
  /** The range of the last question. Positions are asked for in order. */
  #range = 0

  constructor(ranges: Int32Array) {
    this.ranges = ranges
    this.#positions = new Int32Array(ranges.length / 2)
    let length = 0
    for (let r = 0; r < this.#positions.length; r++) {
      this.#positions[r] = length
      length += ranges[2 * r + 1]! - ranges[2 * r]!
    }
    this.length = length
  }

  /** The chunk at `position`, an integer >= 0; undefined past the last one. */
  at(position: number): number | undefined {
    if (position >= this.length) return undefined
    const positions = this.#positions
    let range = positions[this.#range]! <= position ? this.#range : 0
    while (range + 1 < positions.length && positions[range + 1]! <= position) range++
    this.#range = range
    return this.ranges[2 * range]! + position - positions[range]!
  }
}
