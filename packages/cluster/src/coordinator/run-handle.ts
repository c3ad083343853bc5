// A cluster's run as its caller holds it. It does nothing until it is awaited or started, and starts once.

import type { RunStats } from '@onecopy/core'
import { createEmitter, type Emitter } from '@onecopy/core/host'
import type { ClusterRun, ClusterRunEvents } from './contract.js'

/** What a run does once it has begun. */
export interface Work {
  readonly ended: Promise<unknown>
  stop(reason: unknown): void
  stats(): RunStats
}

const events: readonly (keyof ClusterRunEvents)[] = ['progress', 'retry', 'workerLost', 'done', 'span', 'note']

/** A run that `start` begins. */
export class RunHandle<Out> implements ClusterRun<Out> {
  readonly [Symbol.toStringTag]: string = 'Run'
  readonly runId: string
  readonly #start: (events: Emitter<ClusterRunEvents>) => Work
  readonly #events = createEmitter<ClusterRunEvents>(events)
  #work: Work | undefined
  #settled: Promise<Out> | undefined
  #cancelled: { readonly reason: unknown } | undefined
  #stats: RunStats | undefined

  constructor(runId: string, start: (events: Emitter<ClusterRunEvents>) => Work) {
    this.runId = runId
    this.#start = start
  }

  get stats(): RunStats | undefined {
    return this.#stats
  }

  on<E extends keyof ClusterRunEvents>(event: E, listener: ClusterRunEvents[E]): this {
    this.#events.on(event, listener)
    return this
  }

  off<E extends keyof ClusterRunEvents>(event: E, listener: ClusterRunEvents[E]): this {
    this.#events.off(event, listener)
    return this
  }

  start(): this {
    this.#begin()
    return this
  }

  cancel(reason?: unknown): void {
    const given = reason === undefined ? new DOMException('the run was cancelled', 'AbortError') : reason
    if (this.#work !== undefined) this.#work.stop(given)
    else this.#cancelled ??= { reason: given }
  }

  // biome-ignore lint/suspicious/noThenProperty: a run is awaited like a promise, and only then begins
  then<A = Out, B = never>(
    onFulfilled?: ((value: Out) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#begin().then(onFulfilled, onRejected)
  }

  catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<Out | B> {
    return this.#begin().catch(onRejected)
  }

  finally(onFinally?: (() => void) | null): Promise<Out> {
    return this.#begin().finally(onFinally)
  }

  #begin(): Promise<Out> {
    if (this.#settled === undefined) {
      this.#settled = this.#settle()
      // Whoever awaits the run gets a rejection. If nobody does, it must not end the process.
      this.#settled.catch(() => {})
    }
    return this.#settled
  }

  async #settle(): Promise<Out> {
    const work = this.#start(this.#events)
    this.#work = work
    if (this.#cancelled !== undefined) work.stop(this.#cancelled.reason)
    try {
      // `as`: the answer is what the plugin's reducer was typed to give.
      return (await work.ended) as Out
    } finally {
      this.#stats = work.stats()
      this.#events.emit('done', this.#stats)
    }
  }
}
