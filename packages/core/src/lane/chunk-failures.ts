// How a lane gives up: which chunk is to blame, and what is said about it.

import type { ChunkRange } from '../base/errors.js'
import { type ChunkRanges, nominalRange } from '../chunks/chunk-ranges.js'
import { withSource } from '../chunks/pieces.js'
import type { LaneFailure } from '../protocol/report.js'
import type { LaneTask } from '../protocol/task.js'
import { captureMessage, freeName } from '../serialize/function-source.js'
import { describeThrown, type Thrown } from '../serialize/thrown.js'
import type { LaneView } from './chunk.js'
import { failureOf } from './failure.js'
import { type Refused, refusal } from './refused-result.js'

/** Which user code is running. Decides how an exception is reported. */
export type Phase = 'reading' | 'mapping' | 'taking' | 'reducing'

/** The failure of one lane. */
export class ChunkFailures {
  /** Why the lane gave up; undefined if it did not. */
  failure: LaneFailure | undefined
  readonly #task: LaneTask
  readonly #lane: LaneView
  readonly #ranges: ChunkRanges

  constructor(task: LaneTask, lane: LaneView, ranges: ChunkRanges) {
    this.#task = task
    this.#lane = lane
    this.#ranges = ranges
  }

  /** The user's code or the reader threw while chunk `index` was run. */
  fail(thrown: unknown, index: number, phase: Phase): void {
    const chunk = this.#rangeOf(index)
    // It is described once and first, because reading what was thrown may throw again, or give another answer.
    const described = describeThrown(thrown)
    const name = this.capturedName(described, phase)
    if (name === undefined) this.giveUp(failureOf(thrown, described, 'ERR_CHUNK_FAILED', chunk))
    else this.giveUp({ code: 'ERR_INLINE_CAPTURE', message: captureMessage(name), chunk, thrown: described })
  }

  /** Fail because a result cannot be cloned. */
  refuse(thrown: unknown, { index, path }: Refused): void {
    this.giveUp(refusal(thrown, index === undefined ? undefined : this.#rangeOf(index), path))
  }

  giveUp(failure: LaneFailure): void {
    // The run reports the failure with the lowest index, so chunks below this one still run.
    if (failure.chunk !== undefined) this.#lane.control.lowerLimit(failure.chunk.index)
    this.failure = failure
  }

  /**
   * The name from outside that the running code has used, if that is why it threw. Only code that came as source text can do that,
   * because it could not bring along what it captured.
   */
  capturedName(described: Thrown, phase: Phase): string | undefined {
    const { fn, reducer } = this.#task.job
    const isInline =
      phase === 'mapping'
        ? fn.kind === 'source'
        : phase === 'reducing' && reducer !== undefined && reducer.kind !== 'plugin'
    return isInline ? freeName(described) : undefined
  }

  /** The range of a chunk, for a message. */
  #rangeOf(index: number): ChunkRange {
    const inFlight = this.#lane.control.inFlight(this.#task.lane)
    if (inFlight?.index === index) return this.withSource(inFlight)
    let range: { readonly start: number; readonly end: number } = this.#ranges
    try {
      this.#ranges.find(index)
    } catch {
      // The data cannot be read. That is the failure which is being reported.
      range = nominalRange(this.#lane.plan, index, this.#lane.stream)
    }
    return this.withSource({ index, start: range.start, end: range.end })
  }

  /** The range of a chunk, with its file if the data consists of several. */
  withSource(range: ChunkRange): ChunkRange {
    return withSource(this.#lane.plan, this.#lane.data.pieceNames, range, this.#lane.stream)
  }
}
