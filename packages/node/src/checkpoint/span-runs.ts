// Runs the spans of a job on an engine, each on one worker and as many at a time as there are workers.

import { isOnecopyError, type Part, type Progress, type Run, type Span } from '@onecopy/core'
import type { RunEmitter } from '@onecopy/core/host'
import { nowMs } from '../clock.js'
import type { Spans } from './spans.js'

/** So many parts may wait to be kept before no more spans are begun. */
const mostWaiting = 16

/** What a job's spans are run with. */
export interface SpanWork {
  /** Begin to run a span, on one worker. */
  readonly run: (span: Span) => Run<Part>
  /** A part is there. The next spans do not wait for it. */
  readonly keep: (span: Span, part: Part) => Promise<void>
  readonly workers: number
  /** Chunks from this number on are not needed, because what is kept is enough. It decreases while parts are kept. */
  readonly needed: () => number
  /** Whether that may happen. Then a failure counts only if the chunks before it are not enough. */
  readonly mayEnd: boolean
  /** Called when the progress of a span has changed, and when a span has ended. */
  readonly onProgress: () => void
}

/** Runs spans until all are done or one has failed. */
export class SpanRuns {
  readonly #work: SpanWork
  readonly #events: RunEmitter
  /** The runs at work, in ascending order of their spans. */
  readonly #runs = new Map<Run<Part>, Span>()
  readonly #progress = new Map<Run<Part>, Progress>()
  #failure: { readonly error: unknown; readonly at: number } | undefined
  #stopped: { readonly reason: unknown } | undefined
  #wake: () => void = () => {}
  #waiting = 0
  retries = 0
  workersLost = 0
  mostWorkers = 0

  constructor(work: SpanWork, events: RunEmitter) {
    this.#work = work
    this.#events = events
  }

  /** Chunks and bytes that have run in spans that are not done. */
  get running(): { readonly chunks: number; readonly bytes: number } {
    const all = [...this.#progress.values()]
    return {
      chunks: all.reduce((sum, { doneChunks }) => sum + doneChunks, 0),
      bytes: all.reduce((sum, { doneBytes }) => sum + doneBytes, 0),
    }
  }

  /** Run all spans. Rejects with the failure of the lowest chunk, when nothing is at work any more. */
  async runAll(spans: Spans): Promise<void> {
    for (;;) {
      while (this.#stopped === undefined && this.#runs.size < this.#work.workers && this.#waiting < mostWaiting) {
        const span = spans.next(Math.min(this.#limit, this.#work.needed()))
        if (span === undefined) break
        this.#begin(span, spans)
      }
      if (this.#runs.size === 0 && this.#waiting === 0) break
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    this.throwIfStopped()
    if (this.#failure !== undefined && this.#failure.at < this.#work.needed()) throw this.#failure.error
  }

  /** No span is begun from this chunk on, because of a failure. */
  get #limit(): number {
    if (this.#failure === undefined) return Number.POSITIVE_INFINITY
    return this.#work.mayEnd ? this.#failure.at : -1
  }

  /** End all runs. */
  stop(reason: unknown): void {
    this.#stopped ??= { reason }
    for (const run of this.#runs.keys()) run.cancel(reason)
  }

  throwIfStopped(): void {
    if (this.#stopped !== undefined) throw this.#stopped.reason
  }

  #begin(span: Span, spans: Spans): void {
    const begun = nowMs()
    const run = this.#work.run(span)
    this.#runs.set(run, span)
    this.mostWorkers = Math.max(this.mostWorkers, this.#runs.size)
    run.on('progress', (progress) => {
      this.#progress.set(run, progress)
      this.#work.onProgress()
    })
    run.on('retry', (event) => void this.#events.emit('retry', event))
    run.on('workerLost', (event) => void this.#events.emit('workerLost', event))
    run.then(
      (part) => {
        spans.tell(span, nowMs() - begun)
        this.#end(run)
        void this.#keep(span, part)
      },
      (error: unknown) => {
        this.#fail(error, span, spans)
        this.#end(run)
      },
    )
  }

  #end(run: Run<Part>): void {
    this.#runs.delete(run)
    this.#progress.delete(run)
    this.retries += run.stats?.retries ?? 0
    this.workersLost += run.stats?.workersLost ?? 0
    this.#wake()
  }

  async #keep(span: Span, part: Part): Promise<void> {
    this.#waiting++
    try {
      await this.#work.keep(span, part)
      this.#cancelFrom(this.#work.needed())
    } catch (error) {
      this.#failFrom(-1, error)
    } finally {
      this.#waiting--
      this.#work.onProgress()
      this.#wake()
    }
  }

  /**
   * A span has failed. Spans above it are not wanted any more; those below may fail too, and the failure of the lowest chunk counts.
   * A failure that names no chunk is one of the whole run.
   */
  #fail(error: unknown, span: Span, spans: Spans): void {
    // What is cancelled here has not failed.
    if (error === cancelled) return
    const chunk = isOnecopyError(error) ? error.chunk : undefined
    if (chunk === undefined) this.#failFrom(-1, error)
    else if (!this.#work.mayEnd) this.#failFrom(span.from, error)
    else {
      // A part has all of its chunks. Those before the one that failed may be enough.
      this.#failFrom(chunk.index, error)
      spans.giveAgain(span, chunk.index)
    }
  }

  #failFrom(at: number, error: unknown): void {
    if (this.#failure !== undefined && this.#failure.at <= at) return
    this.#failure = { error, at }
    this.#cancelFrom(at + 1)
  }

  #cancelFrom(chunk: number): void {
    for (const [run, { from }] of this.#runs) if (from >= chunk) run.cancel(cancelled)
  }
}

const cancelled = new Error('a chunk before it has failed, or those before it are enough')
