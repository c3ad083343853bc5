// A run as its caller holds it. It does nothing until it is awaited, iterated or started, and starts once.

import { checkCount } from '../base/check.js'
import { createEmitter, type Emitter } from '../base/emitter.js'
import { runtime } from '../base/runtime.js'
import type { MergeFn, Reducer } from '../reduce/contract.js'
import { type BoundReducer, bindReducer } from '../reduce/reduction.js'
import type { MapRun, Run } from './contract.js'
import { ResultStream } from './result-stream.js'
import type { RunEvents, RunStats } from './run-events.js'

/** The work that a run stands for, begun. */
export interface RunWork {
  /** The value. Rejects as the run does. */
  readonly ended: Promise<unknown>
  /** Ask it to end early: `ended` then rejects with `reason`. After the end, this does nothing. */
  stop(reason: unknown): void
  /** What it has done so far. */
  stats(): RunStats
}

/** Where the work of a run emits its events. */
export interface RunEmitter {
  /** Call the listeners of an event. Returns whether there was one. */
  emit<E extends keyof RunEvents>(event: E, ...args: Parameters<RunEvents[E]>): boolean
  /** Whether anybody listens to an event. */
  has(event: keyof RunEvents): boolean
}

/** Starts a run: with a reducer, or into a stream, or for the list of results. */
export type StartRun = (
  events: Emitter<RunEvents>,
  reducer: BoundReducer | undefined,
  stream: ResultStream | undefined,
) => RunWork

/** The names of all events of a run. */
export const runEvents: readonly (keyof RunEvents)[] = ['progress', 'retry', 'workerLost', 'trace', 'done']

class RunHandle<Out> implements Run<Out> {
  readonly [Symbol.toStringTag]: string = 'Run'
  protected readonly startRun: StartRun
  protected readonly events: Emitter<RunEvents>
  readonly #reducer: BoundReducer | undefined
  #execution: RunWork | undefined
  #settled: Promise<Out> | undefined
  /** The run was cancelled before it was started. */
  #cancelled: { readonly reason: unknown } | undefined
  #stats: RunStats | undefined

  constructor(startRun: StartRun, events: Emitter<RunEvents>, reducer?: BoundReducer) {
    this.startRun = startRun
    this.events = events
    this.#reducer = reducer
  }

  get stats(): RunStats | undefined {
    return this.#stats
  }

  on<E extends keyof RunEvents>(event: E, listener: RunEvents[E]): this {
    this.events.on(event, listener)
    return this
  }

  off<E extends keyof RunEvents>(event: E, listener: RunEvents[E]): this {
    this.events.off(event, listener)
    return this
  }

  start(): this {
    this.begin()
    return this
  }

  cancel(reason?: unknown): void {
    const given = reason === undefined ? new runtime.DOMException('the run was cancelled', 'AbortError') : reason
    if (this.#execution !== undefined) this.#execution.stop(given)
    else this.#cancelled ??= { reason: given }
  }

  // biome-ignore lint/suspicious/noThenProperty: a run is awaited like a promise, and only then begins
  then<A = Out, B = never>(
    onFulfilled?: ((value: Out) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.begin().then(onFulfilled, onRejected)
  }

  catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<Out | B> {
    return this.begin().catch(onRejected)
  }

  finally(onFinally?: (() => void) | null): Promise<Out> {
    return this.begin().finally(onFinally)
  }

  protected get hasBegun(): boolean {
    return this.#settled !== undefined
  }

  /** Start the run, unless it has been started. */
  protected begin(stream?: ResultStream): Promise<Out> {
    this.#settled ??= silent(this.#settle(stream))
    return this.#settled
  }

  async #settle(stream: ResultStream | undefined): Promise<Out> {
    const execution = this.startRun(this.events, this.#reducer, stream)
    this.#execution = execution
    if (this.#cancelled !== undefined) execution.stop(this.#cancelled.reason)
    try {
      // `as`: the answer is what the job's chunk function and reducer were typed to give.
      return (await execution.ended) as Out
    } finally {
      this.#stats = execution.stats()
      this.events.emit('done', this.#stats)
    }
  }
}

/** Keep a rejection that nobody awaits from ending the process. Whoever awaits the run still gets it. */
function silent<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

class MapHandle<R> extends RunHandle<R[]> implements MapRun<R> {
  #isIterated = false

  reduce<A, Out = A>(reducer: Reducer<R, A, Out> | MergeFn<R>): Run<Out> {
    checkCount('reduce', 1, arguments.length)
    return new RunHandle<Out>(this.startRun, this.events.fork(), bindReducer(reducer, false))
  }

  protected override begin(stream?: ResultStream): Promise<R[]> {
    if (this.#isIterated && stream === undefined) {
      return Promise.reject(
        new TypeError('this run is being iterated, its results are not kept: iterate or await, not both'),
      )
    }
    return super.begin(stream)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<R, void, undefined> {
    if (this.hasBegun) {
      yield* await this.begin()
      return
    }
    this.#isIterated = true
    const stream = new ResultStream()
    const settled = this.begin(stream)
    let isRead = false
    try {
      // `as`: the stream carries this run's results.
      yield* stream.read(settled) as AsyncGenerator<R, void, undefined>
      isRead = true
    } finally {
      // The loop was left early. The data is free again when the run has settled.
      if (!isRead) {
        this.cancel()
        await settled.catch(() => {})
      }
    }
  }
}

/** Create a map run, which `start` will start. */
export function createMapRun<R>(start: StartRun, events: Emitter<RunEvents>): MapRun<R> {
  return new MapHandle<R>(start, events)
}

/** Create a run with a reducer, or without one for the list of results. */
export function createRun<Out>(
  start: StartRun,
  events: Emitter<RunEvents>,
  reducer: BoundReducer | undefined,
): Run<Out> {
  return new RunHandle<Out>(start, events, reducer)
}

/**
 * Create a run of work that a host does in its own way, for instance in several runs of an engine. Like all runs, it starts once,
 * when it is awaited or started.
 *
 * @param start - begins the work, and returns at once. The work emits `progress`, `retry` and `workerLost`; the run itself emits
 *   `done`
 */
export function createWorkRun<Out>(start: (events: RunEmitter) => RunWork): Run<Out> {
  checkCount('createWorkRun', 1, arguments.length)
  return new RunHandle<Out>(start, createEmitter<RunEvents>(runEvents))
}
