// The chunks of a unit that are skipped because their function threw.

import { elementConstructor } from '../data/typed-array.js'
import type { SkippedRange } from '../protocol/notes.js'
import type { LaneView } from './chunk.js'

/** The skipped chunks of the unit that a lane is at. */
export class ChunkSkips {
  readonly #lane: LaneView
  /** The lane's number. */
  readonly #number: number
  readonly #ranges = new Map<number, SkippedRange>()

  constructor(lane: LaneView, number: number) {
    this.#lane = lane
    this.#number = number
  }

  get isEmpty(): boolean {
    return this.#ranges.size === 0
  }

  /** Another unit begins. */
  clear(): void {
    this.#ranges.clear()
  }

  has(index: number): boolean {
    return this.#ranges.has(index)
  }

  /** Chunk `index` is skipped. */
  add(index: number, range: SkippedRange): void {
    this.#ranges.set(index, range)
  }

  /** If chunk `index` is skipped, note that in place of what its function noted. */
  note(index: number): boolean {
    const range = this.#ranges.get(index)
    if (range === undefined) return false
    const { notes, control, plan } = this.#lane
    const { start, end } = range
    notes.begin()
    notes.skip(range)
    notes.end({ index, start, end })
    control.finish(this.#number, (end - start) * elementConstructor(plan.elementType).BYTES_PER_ELEMENT)
    return true
  }
}
