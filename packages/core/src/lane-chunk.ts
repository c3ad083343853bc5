// What a chunk function is told of its chunk.

import { checkInteger } from './check.js'
import type { ChunkPlan } from './chunk-plan.js'
import type { Chunk } from './contract.js'
import type { ControlBlock } from './control-block.js'
import type { DataReader, TypedArray } from './shared-data.js'

/** What a chunk shows of its lane. */
export interface LaneView {
  readonly plan: ChunkPlan
  readonly params: unknown
  readonly state: unknown
  readonly control: ControlBlock
  readonly data: DataReader<TypedArray>
}

/** What a chunk function sees of its chunk. A fresh one each time: it may be kept. */
export class LaneChunk implements Chunk<unknown, TypedArray, unknown> {
  readonly index: number
  readonly start: number
  readonly end: number
  readonly #lane: LaneView

  constructor(lane: LaneView, index: number, start: number, end: number) {
    this.#lane = lane
    this.index = index
    this.start = start
    this.end = end
  }

  get count(): number {
    return this.#lane.plan.count
  }

  get length(): number {
    return this.#lane.plan.length
  }

  get params(): unknown {
    return this.#lane.params
  }

  get state(): unknown {
    return this.#lane.state
  }

  get cancelled(): boolean {
    return this.#lane.control.limit <= this.index
  }

  view(start: number, end: number): TypedArray {
    const { length } = this.#lane.plan
    checkInteger('start', start, 0)
    checkInteger('end', end, start)
    return this.#lane.data.view(Math.min(start, length), Math.min(end, length))
  }
}
