// What all windows of a stream have done, for progress and statistics.

import type { Emitter } from '../base/emitter.js'
import { runtime } from '../base/runtime.js'
import type { InContext } from '../protocol/host.js'
import type { RunEvents, RunStats } from './run-events.js'

/** Shortest time between two progress events, in ms. */
const progressMs = 50

/** The statistics of a stream without what its chunks noted. */
type Totals = Omit<RunStats, 'skipped' | 'counters'>

/** Adds up what the windows of one stream do. */
export class StreamTotals {
  /** The next progress event is emitted, however short ago the last one was. */
  isLast = false
  readonly #events: Emitter<RunEvents>
  readonly #inContext: InContext
  readonly #begun = runtime.performance.now()
  #sums = { chunks: 0, doneChunks: 0, bytes: 0, workers: 0, retries: 0, workersLost: 0 }
  #lastProgress = Number.NEGATIVE_INFINITY

  /** @param events - those of the whole run */
  constructor(events: Emitter<RunEvents>, inContext: InContext) {
    this.#events = events
    this.#inContext = inContext
  }

  /** Tell the listeners of the whole run what one window tells. `arrived` says how many bytes have arrived. */
  follow(window: Emitter<RunEvents>, arrived: () => number): void {
    if (!this.#events.has('progress')) return
    window.on('progress', ({ chunks, doneChunks, doneBytes, atWork }) => {
      const elapsedMs = this.#elapsedMs()
      if (!this.isLast && elapsedMs - this.#lastProgress < progressMs) return
      this.#lastProgress = elapsedMs
      const all = doneBytes + this.#sums.bytes
      const progress = {
        chunks: chunks + this.#sums.chunks,
        doneChunks: doneChunks + this.#sums.doneChunks,
        bytes: arrived(),
        doneBytes: all,
        elapsedMs,
        bytesPerSecond: elapsedMs === 0 ? 0 : (all / elapsedMs) * 1000,
        atWork,
      }
      this.#inContext(() => this.#events.emit('progress', progress))
    })
  }

  /** Add what has been done. */
  add(stats: RunStats, isWindow: boolean): void {
    this.#sums = this.#with(stats, isWindow)
  }

  /**
   * What has been done so far.
   *
   * @param current - what the current window has done
   * @param arrived - how many bytes have arrived
   */
  stats(current: RunStats | undefined, arrived: number): Totals {
    const sums = current === undefined ? this.#sums : this.#with(current, true)
    return { ...sums, bytes: arrived, elapsedMs: this.#elapsedMs() }
  }

  #with({ chunks, doneChunks, bytes, workers, retries, workersLost }: RunStats, isWindow: boolean) {
    const sums = this.#sums
    // What runs before a window runs no chunks of the job.
    const own = isWindow ? 1 : 0
    return {
      chunks: sums.chunks + own * chunks,
      doneChunks: sums.doneChunks + own * doneChunks,
      bytes: sums.bytes + own * bytes,
      workers: Math.max(sums.workers, workers),
      retries: sums.retries + retries,
      workersLost: sums.workersLost + workersLost,
    }
  }

  #elapsedMs(): number {
    return runtime.performance.now() - this.#begun
  }
}
