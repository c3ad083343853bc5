// How far a run is, over all machines.

import type { ChunkRange, Progress, RunStats, Span } from '@onecopy/core'
import type { Emitter } from '@onecopy/core/host'
import type { ClusterRunEvents } from './contract.js'
import type { OpenSpan } from './open-spans.js'
import type { RunJob } from './run-job.js'

/** Shortest time between two progress events, in ms. */
const progressMs = 50

/** Counts what a run does, and tells its listeners. */
export class RunProgress {
  readonly #job: RunJob
  readonly #events: Emitter<ClusterRunEvents>
  readonly #begun = performance.now()
  readonly #workers = new Set<string>()
  #told = 0
  #ended: number | undefined
  #retries = 0
  #losses = 0

  constructor(job: RunJob, events: Emitter<ClusterRunEvents>) {
    this.#job = job
    this.#events = events
  }

  /** Tell how far the run is, unless that was told just now. */
  tell(open: readonly OpenSpan[], isEnd = false): void {
    const now = performance.now()
    if (!isEnd && now - this.#told < progressMs) return
    this.#told = now
    const { count } = this.#job.assembly.plan
    const running = open.reduce((sum, { from, to, doneChunks }) => sum + Math.min(doneChunks, to - from), 0)
    const doneChunks = Math.min(count, this.#job.assembly.done + running)
    const { byteLength } = this.#job.data
    const doneBytes = count === 0 ? byteLength : Math.round((byteLength * doneChunks) / count)
    const elapsedMs = now - this.#begun
    this.#events.emit('progress', {
      chunks: count,
      doneChunks,
      bytes: byteLength,
      doneBytes,
      elapsedMs,
      bytesPerSecond: elapsedMs > 0 ? (doneBytes / elapsedMs) * 1000 : 0,
      atWork: [],
    } satisfies Progress)
  }

  /** A worker has delivered a part. */
  delivered(worker: string): void {
    this.#workers.add(worker)
  }

  /** A span was lost with its process or machine, and will run again if `isRunAgain`. */
  lost(span: Span, attempt: number, cause: unknown, isRunAgain: boolean): void {
    this.#losses++
    this.#events.emit('workerLost', { chunk: rangeOf(this.#job, span), cause })
    if (!isRunAgain) return
    this.#retries += span.to - span.from
    this.#events.emit('retry', { chunk: rangeOf(this.#job, span), attempt, cause })
  }

  /** The run has ended. */
  end(): void {
    this.#ended ??= performance.now()
  }

  stats(): RunStats {
    const { plan, done, skipped, counters } = this.#job.assembly
    return {
      chunks: plan.count,
      doneChunks: done,
      bytes: this.#job.data.byteLength,
      elapsedMs: (this.#ended ?? performance.now()) - this.#begun,
      workers: this.#workers.size,
      retries: this.#retries,
      workersLost: this.#losses,
      skipped,
      counters,
    }
  }
}

/** The elements of a span, under the number of its first chunk. For records, these are the nominal borders of its chunks. */
export function rangeOf({ assembly: { plan } }: Pick<RunJob, 'assembly'>, { from, to }: Span): ChunkRange {
  const start = Math.min(plan.last, plan.first + from * plan.size)
  return { index: from, start, end: Math.min(plan.last, plan.first + to * plan.size) }
}
