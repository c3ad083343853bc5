// The life of a run, from its start to its end: it connects, runs the loop, and tidies up. It always ends, also if the server does
// not answer.

import { OnecopyError, type RunStats } from '@onecopy/core'
import type { Emitter } from '@onecopy/core/host'
import type { Telemetry } from 'bullmq'
import type { Redis } from 'ioredis'
import { type ClusterConnection, connect } from '../redis/connection.js'
import { inTime } from '../redis/in-time.js'
import { explainRefusal } from '../redis/refused.js'
import { watchConnection } from '../redis/watch-connection.js'
import { chooseStore } from '../store/choose-store.js'
import type { PartStore } from '../store/contract.js'
import type { ClusterRunEvents, ClusterRunOptions } from './contract.js'
import type { Work } from './run-handle.js'
import type { RunJob } from './run-job.js'
import { type Ending, RunLoop } from './run-loop.js'
import { RunProgress } from './run-progress.js'

/** How long tidying up may take, in ms. The server may be gone. */
const tidyMs = 3000

/** What a coordinator is told. */
export interface CoordinatorSetup {
  readonly run: string
  /** Whether the caller knows the run's id, and may resume it. */
  readonly isNamed: boolean
  readonly connection: ClusterConnection
  readonly prefix: string
  readonly store: string | PartStore | undefined
  readonly telemetry: Telemetry | undefined
  readonly options: ClusterRunOptions
  readonly events: Emitter<ClusterRunEvents>
  /** The job, and the queue of its plugin. */
  prepare(redis: Redis): Promise<{ readonly job: RunJob; readonly queue: string }>
}

/** A run that has begun. */
export class Coordinator implements Work {
  readonly ended: Promise<unknown>
  readonly #setup: CoordinatorSetup
  readonly #begun = performance.now()
  readonly #stopped: Promise<never>
  #stop!: (reason: unknown) => void
  #isStopped = false
  #redis: Redis | undefined
  #loop: RunLoop | undefined
  #progress: RunProgress | undefined

  constructor(setup: CoordinatorSetup) {
    this.#setup = setup
    this.#stopped = new Promise((_, reject) => {
      this.#stop = reject
    })
    this.#stopped.catch(() => {})
    this.ended = this.#execute()
  }

  /** Interrupt the run: it rejects with `reason`. */
  stop(reason: unknown): void {
    this.#isStopped = true
    this.#loop?.stop()
    this.#stop(reason)
  }

  stats(): RunStats {
    if (this.#progress !== undefined) return this.#progress.stats()
    const elapsedMs = performance.now() - this.#begun
    return {
      chunks: 0,
      doneChunks: 0,
      bytes: 0,
      elapsedMs,
      workers: 0,
      retries: 0,
      skipped: { count: 0, ranges: [] },
      counters: {},
      workersLost: 0,
    }
  }

  async #execute(): Promise<unknown> {
    const { signal } = this.#setup.options
    const onAbort = (): void => this.stop(signal?.reason)
    if (signal?.aborted === true) onAbort()
    signal?.addEventListener('abort', onAbort)
    let ending: Ending = 'interrupted'
    const work = this.#work()
    try {
      const answer = await Promise.race([work, this.#stopped])
      ending = 'done'
      return answer
    } catch (thrown) {
      const error = this.#isStopped ? thrown : explainRefusal(thrown, this.#redis)
      const isOver = !this.#isStopped && error instanceof OnecopyError && error.code !== 'ERR_CLUSTER_UNAVAILABLE'
      ending = isOver || !this.#setup.isNamed ? 'failed' : 'interrupted'
      throw error
    } finally {
      signal?.removeEventListener('abort', onAbort)
      this.#progress?.end()
      await this.#leave(work, ending)
    }
  }

  async #work(): Promise<unknown> {
    const { connection, prefix, run, options, events, telemetry } = this.#setup
    const redis = await connect(connection)
    this.#redis = redis
    watchConnection(redis, (text) => events.emit('note', text))
    const { job, queue } = await this.#setup.prepare(redis)
    const store = chooseStore(this.#setup.store, redis, prefix)
    this.#progress = new RunProgress(job, events)
    this.#loop = new RunLoop(redis, {
      run,
      queue,
      prefix,
      job,
      options,
      store,
      events,
      progress: this.#progress,
      telemetry,
    })
    if (this.#isStopped) return undefined
    return await this.#loop.execute()
  }

  async #leave(work: Promise<unknown>, ending: Ending): Promise<void> {
    this.#loop?.stop()
    const tidy = async (): Promise<void> => {
      // What the loop has begun must not come after this.
      await work.catch(() => {})
      await this.#loop?.leave(ending)
    }
    await inTime(tidyMs, tidy())
    await this.#loop?.close()
    this.#redis?.disconnect()
  }
}
