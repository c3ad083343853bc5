// Folds the chunks of a unit, which is a node of the merge tree, into one accumulator.

import type { LaneView } from './chunk.js'
import type { ChunkFailures } from './chunk-failures.js'
import type { ChunkSkips } from './chunk-skips.js'
import type { Collector } from './collector.js'
import type { HeldChunks } from './held.js'
import type { Pause } from './pause.js'

/** What a fold works with. */
export interface FoldSetup {
  readonly lane: LaneView
  readonly collector: Collector
  readonly held: HeldChunks
  readonly failures: ChunkFailures
  readonly skips: ChunkSkips
  readonly pause: Pause
  /** Chunks per unit. */
  readonly unit: number
  /** Fold one chunk into `acc`. Returns a promise only if the user's function did. */
  readonly runChunk: (index: number) => Promise<void> | undefined
}

/** The fold of one lane. */
export class UnitFold {
  /** The accumulator of the current unit; undefined before its first chunk. */
  acc: { readonly value: unknown } | undefined
  readonly #setup: FoldSetup

  constructor(setup: FoldSetup) {
    this.#setup = setup
  }

  /** The function for a chunk returned `value`. */
  set(value: unknown): void {
    if (value === undefined) {
      throw new TypeError(
        'fold: expected the accumulator, got undefined; a fold function returns the accumulator that it was given, or a new one',
      )
    }
    this.acc = { value }
  }

  /** Fold the unit that begins with chunk `first`. If one of its chunks fails, the node is not held. */
  *run(level: number, first: number): Generator<Promise<void>, void, void> {
    const { lane, unit, collector, held, failures, skips, pause: pauseNow, runChunk } = this.#setup
    const { plan, stream, notes, control } = lane
    const end = Math.min((stream?.chunk ?? 0) + plan.count, first + unit)
    this.acc = undefined
    skips.clear()
    notes.beginUnit()
    for (let index = first; index < end; index++) {
      if (!skips.isEmpty && skips.note(index)) continue
      const isWanted = control.limit > index
      const pending = isWanted ? runChunk(index) : undefined
      if (pending !== undefined) yield pending
      if (!isWanted || failures.failure !== undefined) {
        // The run has failed, and needs no node. These chunks are done with: none of them is a lower failure.
        if (first < index) held.add(first, index)
        return
      }
      if (!skips.isEmpty && skips.has(index)) {
        // It is noted when its turn comes again. If the function had an accumulator of earlier chunks, it may have changed it before
        // it threw. Then they are folded again.
        if (this.acc === undefined) index--
        else {
          this.acc = undefined
          notes.beginUnit()
          index = first - 1
        }
      }
      const pause = pauseNow()
      if (pause !== undefined) yield pause
    }
    // `as`: the chunks that were run have set it.
    const acc = this.acc as { readonly value: unknown } | undefined
    try {
      if (acc === undefined) collector.skipNode(level, first / unit)
      else collector.addNode(level, first / unit, acc.value)
      held.add(first, end)
    } catch (thrown) {
      failures.fail(thrown, first, 'reducing')
    }
  }
}
