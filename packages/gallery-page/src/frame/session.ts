// The page's engine and data, and how cards run jobs: one after the other, with progress, an end that can be forced, and
// errors in words.

import type { Engine, Progress, Run } from '@onecopy/web'
import type { Source } from './source.js'

/** What the work of a job uses. */
export interface Job {
  readonly engine: Engine
  /** Aborted when the user stops the job. */
  readonly signal: AbortSignal
  /** Throw if the user has stopped the job: for work that is no run of the engine. */
  throwIfStopped(): void
  /** The most workers that the user allows. */
  readonly workers: number
  /** Whether the user allows SIMD. */
  readonly simd: boolean
  /** Show the progress of a run. */
  watch<R extends Run<unknown>>(run: R): R
}

/** What a job has brought. */
export interface Finished<T> {
  readonly value: T
  readonly ms: number
}

/** What the session tells its listeners. */
export interface SessionListener {
  /** There is new data. */
  data?(source: Source): void
  /** A job begins. */
  start?(label: string): void
  /** A run of the job is so far. */
  progress?(progress: Progress): void
  /** The job has ended. `error` is set if it failed. It is `'stopped'` if the user stopped it. */
  end?(label: string, ms: number, error: unknown): void
}

/** The reason with which stopped jobs end. */
const stopped = Symbol('stopped')

/** The state of the page. */
export class Session {
  readonly engine: Engine
  workers: number
  simd = true
  readonly #listeners: SessionListener[] = []
  #source: Source | undefined
  #aborter: AbortController | undefined
  /** Settles when all jobs so far have ended. */
  #last: Promise<unknown> = Promise.resolve()
  /** Counts stops. A job that was asked for before a stop does not begin after it. */
  #stops = 0

  constructor(engine: Engine) {
    this.engine = engine
    this.workers = engine.workers
  }

  /** The data; undefined before the user has chosen any. */
  get source(): Source | undefined {
    return this.#source
  }

  listen(listener: SessionListener): void {
    this.#listeners.push(listener)
  }

  /** Take new data. Jobs over the old data are stopped. */
  open(source: Source): void {
    this.stop()
    this.#source = source
    for (const each of this.#listeners) each.data?.(source)
  }

  /** Stop the job at work, and those that wait. */
  stop(): void {
    this.#stops++
    this.#aborter?.abort(stopped)
  }

  /**
   * Run a job when those before it have ended.
   *
   * @param label - what it is, for the user
   * @returns the job's value and time; undefined if it failed or was stopped, which the page has shown then
   */
  run<T>(label: string, work: (job: Job) => PromiseLike<T>): Promise<Finished<T> | undefined> {
    const stops = this.#stops
    const running = this.#last.then(() => (stops === this.#stops ? this.#runNow(label, work) : undefined))
    // Whatever happens to a job, the next one begins.
    this.#last = running.catch(() => undefined)
    return running
  }

  async #runNow<T>(label: string, work: (job: Job) => PromiseLike<T>): Promise<Finished<T> | undefined> {
    const { engine, workers, simd } = this
    const aborter = new AbortController()
    const { signal } = aborter
    this.#aborter = aborter
    const watch = <R extends Run<unknown>>(run: R): R =>
      run.on('progress', (progress) => {
        for (const each of this.#listeners) each.progress?.(progress)
      })
    for (const each of this.#listeners) each.start?.(label)
    const begun = performance.now()
    let error: unknown
    try {
      const throwIfStopped = (): void => {
        if (signal.aborted) throw stopped
      }
      const value = await work({ engine, signal, throwIfStopped, workers, simd, watch })
      return { value, ms: performance.now() - begun }
    } catch (cause) {
      error = cause === stopped ? 'stopped' : cause
      return undefined
    } finally {
      this.#aborter = undefined
      const ms = performance.now() - begun
      for (const each of this.#listeners) each.end?.(label, ms, error)
    }
  }
}
