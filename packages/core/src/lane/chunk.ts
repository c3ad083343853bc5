// What a chunk function sees of its chunk.

import { checkCount, checkInteger, show } from '../base/check.js'
import { ChunkRandom } from '../base/chunk-random.js'
import type { ChunkSource } from '../base/errors.js'
import type { ChunkPlan, StreamPlace } from '../chunks/chunk-plan.js'
import { sourceOf } from '../chunks/pieces.js'
import { shownBefore } from '../chunks/ready-chunks.js'
import type { DataReader } from '../data/contract.js'
import type { TypedArray } from '../data/typed-array.js'
import type { Chunk } from '../functions/contract.js'
import type { ControlBlock } from '../protocol/control-block.js'
import type { Prefixes } from '../protocol/task.js'
import { type ChunkNotes, reasonOf } from './chunk-notes.js'

/** What a chunk shows of its lane. */
export interface LaneView {
  readonly plan: ChunkPlan
  readonly params: unknown
  readonly state: unknown
  readonly control: ControlBlock
  readonly data: DataReader<TypedArray>
  /** The seed of the run. */
  readonly seed: number
  readonly notes: ChunkNotes
  readonly prefixes: Prefixes | undefined
  /** Where the data lies in a stream; undefined if it is none. */
  readonly stream: StreamPlace | undefined
}

/** The longest name of a counter. */
const mostNameLength = 100

/** What a chunk function sees of its chunk. A lane has one, which it moves from chunk to chunk. */
export class LaneChunk implements Chunk<unknown, TypedArray, unknown, unknown, unknown> {
  index = 0
  start = 0
  end = 0
  out: TypedArray | undefined
  readonly #lane: LaneView
  /** Made when a chunk asks for its first random number. */
  #random: ChunkRandom | undefined
  #draw: (() => number) | undefined
  #skip: Chunk['skip'] | undefined
  #count: Chunk['count'] | undefined

  constructor(lane: LaneView) {
    this.#lane = lane
  }

  /** Lane: this is the chunk from now on. */
  moveTo(index: number, start: number, end: number, out: TypedArray | undefined): this {
    this.index = index
    this.start = start
    this.end = end
    this.#random?.moveTo(index)
    this.out = out
    return this
  }

  /** Core's own functions: the elements `[start, end)` of the data, valid until the next call. */
  read(start: number, end: number): TypedArray {
    return this.#lane.data.read(start, end)
  }

  get chunks(): number {
    return this.#lane.stream === undefined ? this.#lane.plan.count : Number.POSITIVE_INFINITY
  }

  get length(): number {
    return this.#lane.stream === undefined ? this.#lane.plan.length : Number.POSITIVE_INFINITY
  }

  get source(): ChunkSource | undefined {
    const { plan, data, stream } = this.#lane
    return sourceOf(plan, data.pieceNames, this.index, this.start, stream)
  }

  get params(): unknown {
    return this.#lane.params
  }

  get state(): unknown {
    return this.#lane.state
  }

  get prefix(): unknown {
    return this.#lane.prefixes?.[this.index]
  }

  get cancelled(): boolean {
    return this.#lane.control.limit <= this.index
  }

  /** A getter, so that a function may take it off the chunk: `const { random } = chunk`. */
  get random(): () => number {
    this.#draw ??= this.#makeRandom()
    return this.#draw
  }

  #makeRandom(): () => number {
    const random = new ChunkRandom(this.#lane.seed)
    random.moveTo(this.index)
    this.#random = random
    return () => random.next()
  }

  /** A getter, as `random`. */
  get skip(): Chunk['skip'] {
    this.#skip ??= (start, end, why) => {
      const { notes, plan, stream } = this.#lane
      if (!(Number.isInteger(start) && start >= this.start && start <= this.end)) {
        throw new RangeError(
          `chunk.skip: start: expected an integer from chunk.start (${this.start}) to chunk.end (${this.end}), got ${show(start)}; ` +
            'offsets count from the start of the whole data: chunk.start + i',
        )
      }
      checkInteger('chunk.skip: end', end, start, (stream?.start ?? 0) + plan.length)
      notes.skip({ start, end, why: reasonOf(why) })
    }
    return this.#skip
  }

  /** A getter, as `random`. */
  get count(): Chunk['count'] {
    this.#count ??= (name, n = 1) => {
      if (typeof name !== 'string' || name === '' || name.length > mostNameLength) {
        throw new TypeError(`chunk.count: name: expected text of 1 to ${mostNameLength} characters, got ${show(name)}`)
      }
      this.#lane.notes.countUp(name, checkInteger('chunk.count: n', n, 0))
    }
    return this.#count
  }

  view(start: number, end: number): TypedArray {
    checkCount('chunk.view', 2, arguments.length)
    const { stream } = this.#lane
    checkInteger('start', start, 0)
    checkInteger('end', end, start)
    if (stream !== undefined) return this.#viewOfStream(start, end, stream)
    const { length } = this.#lane.plan
    return this.#lane.data.view(Math.min(start, length), Math.min(end, length))
  }

  /**
   * A stream holds some chunks at a time, and which ones depends on when they came. So only what is always there can be seen: the bytes
   * of the chunk itself, and some before it.
   */
  #viewOfStream(start: number, end: number, place: StreamPlace): TypedArray {
    const { plan, data } = this.#lane
    const seenFrom = Math.max(place.start, this.start - shownBefore)
    const dataEnd = place.start + plan.length
    const wanted = this.end + plan.overlap
    // A chunk runs before all of its overlap has arrived only if nothing follows.
    const isAtEnd = dataEnd < wanted
    const seenTo = isAtEnd ? dataEnd : wanted
    if (start >= seenFrom && (end <= seenTo || isAtEnd)) {
      // A copy, because later bytes are laid into the same memory. `as`: a stream is of bytes.
      return Uint8Array.from(data.view(Math.min(start, seenTo), Math.min(end, seenTo)) as Uint8Array)
    }
    throw new RangeError(
      `chunk.view: a stream shows a chunk only its own bytes and ${shownBefore} before them, [${seenFrom}, ${seenTo}), got ` +
        `[${start}, ${end}); for bytes past its end, use overlapping()`,
    )
  }
}
