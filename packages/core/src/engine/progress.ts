// Progress events: at most one per 50 ms, and only while somebody listens and lanes are at work.

import { runtime, type Timer } from '../base/runtime.js'
import type { Progress } from './run-events.js'

/** Shortest time between two progress events, in ms. */
const progressMs = 50

/** What has been done, as it was counted last. */
export interface Counted {
  readonly chunks: number
  readonly bytes: number
}

/** Calls `emit` now and again. */
export class ProgressTimer {
  readonly #hasListeners: () => boolean
  readonly #emit: () => void
  #lanes = 0
  #timer: Timer | undefined

  constructor(hasListeners: () => boolean, emit: () => void) {
    this.#hasListeners = hasListeners
    this.#emit = emit
  }

  /** So many lanes are at work now. Without any, there is no timer: it would keep the process alive for nothing. */
  setLanes(lanes: number): void {
    this.#lanes = lanes
    if (lanes > 0) {
      this.start()
    } else {
      runtime.clearTimeout(this.#timer)
      this.#timer = undefined
    }
  }

  /** Somebody may listen from now on. */
  start(): void {
    if (this.#timer !== undefined || this.#lanes === 0 || !this.#hasListeners()) return
    this.#timer = runtime.setTimeout(() => {
      this.#timer = undefined
      this.#emit()
      this.start()
    }, progressMs)
  }
}

/**
 * How far a run is.
 *
 * @param whole - all of the run
 * @param committed - how many chunks are committed
 * @param ran - what the lanes of the current pass have run. A pass counts from 0, and counts chunks of lost lanes as well
 * @param elapsedMs - since the run began
 */
export function progressOf(
  whole: Counted,
  committed: number,
  ran: Counted,
  elapsedMs: number,
): Omit<Progress, 'atWork'> {
  const { chunks, bytes } = whole
  const isComplete = committed === chunks
  const doneChunks = isComplete ? chunks : Math.min(chunks, Math.max(ran.chunks, committed))
  const committedBytes = Math.floor((bytes * committed) / chunks)
  const doneBytes = isComplete ? bytes : Math.min(bytes, Math.max(ran.bytes, committedBytes))
  const bytesPerSecond = elapsedMs === 0 ? 0 : (doneBytes / elapsedMs) * 1000
  return { chunks, doneChunks, bytes, doneBytes, elapsedMs, bytesPerSecond }
}
