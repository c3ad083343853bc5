// A source of a stream, as far as it has arrived: how it is cut, and where it lies in the stream.

import { type ChunkPlan, planChunks, type StreamPlace } from '../chunks/chunk-plan.js'
import { markOf } from '../chunks/chunk-ranges.js'
import type { Chunker } from '../chunks/chunkers.js'
import { atRecord } from '../chunks/csv-automaton.js'
import type { DataReader } from '../data/contract.js'
import type { StreamBlock } from './stream-blocks.js'

/** A source of a stream. */
export class SourceSoFar {
  /** Undefined if it is the only one. */
  readonly name: string | undefined
  /** How many sources are before it. */
  readonly number: number
  /** Where it begins in the stream. */
  readonly start: number
  /** The number of its first chunk. */
  readonly chunk: number
  /** Its chunks below this one have been run. */
  from = 0
  /** No record starts in the chunks behind `from` up to this one. */
  searched = 0
  /** For CSV: the states at the starts of the chunks from `from` on, as far as they are known. */
  readonly states: number[] = [atRecord]
  /** The length of its byte order mark. */
  #mark = 0

  constructor(name: string | undefined, number: number, start: number, chunk: number) {
    this.name = name
    this.number = number
    this.start = start
    this.chunk = chunk
  }

  /** How it is cut, if it ended at byte `end` of the stream. */
  planTo(end: number, chunker: Chunker): ChunkPlan {
    const length = end - this.start
    return planChunks({ elementType: 'Uint8Array', length, byteLength: length }, chunker)
  }

  /** The chunks below `to` have been run. */
  moveTo(to: number): void {
    this.states.splice(0, to - this.from)
    this.from = to
    this.searched = to
  }

  /** Reads it, as far as it is in a block. Offsets count from its start. */
  readerIn(block: StreamBlock): DataReader<Uint8Array> {
    const read = (from: number, to: number): Uint8Array => block.read(this.start + from, this.start + to)
    return { read, view: read, close: () => {} }
  }

  /** The length of its mark. */
  markIn(block: StreamBlock, plan: ChunkPlan): number {
    // Later blocks do not hold it any more.
    if (block.base <= this.start) this.#mark = markOf(plan, this.readerIn(block))
    return this.#mark
  }

  /** Where it and the bytes of a block lie in the stream. */
  placeIn(block: StreamBlock, plan: ChunkPlan): StreamPlace {
    const { name, number, start, chunk, from } = this
    const mark = this.markIn(block, plan)
    return { base: block.base, start, chunk, mark, states: from, source: name, number }
  }
}
