// Finds the chunk in which the parts of a run that may end early have skipped too much. Skips behind what is enough do not count, so it
// must be known in which chunks they are.

import type { ChunkRange } from '../base/errors.js'
import type { ChunkSkips, Notes } from '../protocol/notes.js'

/** The chunk in which the skips become too many. */
export interface OverLimit {
  readonly index: number
  /** Undefined if the part does not tell in which of its chunks the skips are. Then `index` is that of its first chunk. */
  readonly chunk: ChunkRange | undefined
}

/** Counts the skips of parts that come in any order. */
export class SkipLimit {
  readonly #most: number
  #places: (OverLimit & Pick<ChunkSkips, 'count'>)[] = []
  #count = 0

  /** @param most - how many skips there may be */
  constructor(most: number) {
    this.#most = most
  }

  /**
   * Add what a part noted.
   *
   * @param first - its first chunk. Skips of which the part does not tell the chunk count there: it was made without a budget
   */
  add({ count, chunks }: Notes, first: number): void {
    let unplaced = count
    for (const { chunk, count: skips } of chunks) {
      this.#places.push({ index: chunk.index, chunk, count: skips })
      unplaced -= skips
    }
    if (unplaced > 0) this.#places.push({ index: first, chunk: undefined, count: unplaced })
    this.#count += count
  }

  /** Where there are too many skips, according to the parts so far; undefined if there are not. More parts may make it an earlier chunk. */
  get over(): OverLimit | undefined {
    if (this.#count <= this.#most) return undefined
    this.#places.sort((a, b) => a.index - b.index)
    this.#count = 0
    let at = 0
    for (; this.#count <= this.#most; at++) this.#count += this.#places[at]!.count
    // What is skipped behind it does not matter any more.
    this.#places.length = at
    return this.#places[at - 1]
  }
}
