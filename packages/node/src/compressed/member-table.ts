// Where the members of a compressed file are, and where their data is in the whole.

/** Members with less data are read together. */
const leastGroupBytes = 256 * 1024
/** A group with more compressed bytes is closed, even if they hold no data. */
const mostGroupBytes = 16 * 1024 * 1024
/** A table has at most so many groups. If there are more, it joins neighbours. */
const mostGroups = 65_536

/**
 * Groups of neighbouring members, in pairs: where the group begins in the compressed file, and where its data begins. The last pair is
 * the end of both.
 */
export type MemberTable = Float64Array<ArrayBuffer>

/** Makes a {@link MemberTable}. */
export class MemberTableBuilder {
  /** Where the next member begins. */
  compressed: number
  /** Where the data of the next member begins. */
  length = 0
  /** Bytes of data in the largest member. */
  largest = 0
  members = 0
  #pairs: number[]
  #groupBytes = leastGroupBytes

  /** @param start - where the first member begins */
  constructor(start: number) {
    this.compressed = start
    this.#pairs = [start, 0]
  }

  /** The next member ends at `end`, and has `length` bytes of data. */
  add(end: number, length: number): void {
    const [compressed, data] = this.#pairs.slice(-2) as [number, number]
    if (this.length - data >= this.#groupBytes || this.compressed - compressed >= mostGroupBytes) {
      // A group without data is never read. It joins the one before.
      if (this.length > data) this.#pairs.push(this.compressed, this.length)
    }
    this.compressed = end
    this.length += length
    this.members++
    if (length > this.largest) this.largest = length
    if (this.#pairs.length > 2 * mostGroups) this.#join()
  }

  #join(): void {
    this.#pairs = this.#pairs.filter((_, at) => at % 4 < 2)
    this.#groupBytes *= 2
  }

  /** The table. */
  build(): MemberTable {
    const last = this.#pairs.at(-1)!
    // Members without data at the end belong to the group before them, so that they are read.
    if (last === this.length && this.#pairs.length > 2) this.#pairs.length -= 2
    this.#pairs.push(this.compressed, this.length)
    return Float64Array.from(this.#pairs)
  }
}

/** The group with the byte `at` of the data, which is less than the length of all data. */
export function groupWith(table: MemberTable, at: number): number {
  let [low, high] = [0, table.length / 2 - 1]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (table[2 * middle + 1]! <= at) low = middle
    else high = middle
  }
  return low
}
