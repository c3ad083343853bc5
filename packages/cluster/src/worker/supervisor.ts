// A worker that is running: one queue per plugin, and what all of them share.

import { realpathSync } from 'node:fs'
import { hostname } from 'node:os'
import { createEmitter, type Emitter } from '@onecopy/core/host'
import { QueueEvents } from 'bullmq'
import type { Redis } from 'ioredis'
import { forBullMq } from '../redis/connection.js'
import { inTime } from '../redis/in-time.js'
import { defaultPrefix, queueName } from '../redis/keys.js'
import { RunRecord } from '../redis/run-record.js'
import { watchConnection } from '../redis/watch-connection.js'
import { chooseStore } from '../store/choose-store.js'
import type { ClusterWorker, WorkerEvents, WorkerOptions } from './contract.js'
import { SpanWorker } from './span-worker.js'
import type { PluginReference } from './worker-plugin.js'

const defaultLeaseMs = 15_000
/** How long the end waits for a server that does not answer, in ms. */
const closeMs = 5000

/** A running worker. */
export class Supervisor implements ClusterWorker {
  readonly name: string
  readonly queues: readonly string[]
  readonly #redis: Redis
  readonly #events: Emitter<WorkerEvents>
  readonly #workers: readonly SpanWorker[]
  readonly #hints: readonly QueueEvents[]
  readonly #asking: NodeJS.Timeout
  #closed: Promise<void> | undefined

  constructor(redis: Redis, plugins: readonly PluginReference[], options: WorkerOptions) {
    const { prefix = defaultPrefix, leaseMs = defaultLeaseMs, spansAtOnce = 1, workers, graceMs } = options
    this.name = options.name ?? `${hostname()}-${process.pid}`
    this.#redis = redis
    this.#events = createEmitter<WorkerEvents>(['spanStart', 'spanEnd', 'note'])
    watchConnection(redis, (text) => this.#events.emit('note', text))
    const root = realpathSync(options.root)
    const connection = forBullMq(redis)
    this.queues = plugins.map(({ name, digest }) => queueName(name, digest))
    this.#workers = plugins.map(
      (plugin, i) =>
        new SpanWorker({
          queue: this.queues[i]!,
          connection,
          prefix,
          name: this.name,
          store: chooseStore(options.store, redis, prefix),
          child: { ...plugin, root, workers, graceMs },
          spansAtOnce,
          leaseMs,
          telemetry: options.telemetry,
          recordOf: (run) => new RunRecord(redis, prefix, run),
          events: this.#events,
        }),
    )
    this.#hints = this.#workers.map((worker, i) =>
      this.#listen(worker, new QueueEvents(this.queues[i]!, { connection, prefix })),
    )
    // Coordinators tell when they cancel. This is for those that cannot tell any more.
    this.#asking = setInterval(() => {
      for (const worker of this.#workers) worker.cancelUnwanted().catch(() => {})
    }, leaseMs / 3)
  }

  /** Resolves when the worker takes spans, and hears of those that are cancelled. */
  async ready(): Promise<void> {
    await Promise.all([...this.#workers, ...this.#hints].map((each) => each.waitUntilReady()))
  }

  on<E extends keyof WorkerEvents>(event: E, listener: WorkerEvents[E]): this {
    this.#events.on(event, listener)
    return this
  }

  off<E extends keyof WorkerEvents>(event: E, listener: WorkerEvents[E]): this {
    this.#events.off(event, listener)
    return this
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    clearInterval(this.#asking)
    await Promise.all(this.#workers.map((worker) => worker.leave()))
    await inTime(closeMs, Promise.all(this.#hints.map((each) => each.close())))
    this.#redis.disconnect()
  }

  #listen(worker: SpanWorker, hints: QueueEvents): QueueEvents {
    const note = (error: Error): void => void this.#events.emit('note', error.message)
    worker.on('error', note)
    hints.on('error', () => {})
    // `as`: the types of BullMQ know its own events only.
    const custom = hints as unknown as { on(event: 'cancel-spans', listener: (event: CancelEvent) => void): void }
    custom.on('cancel-spans', ({ run, behind, id }) => {
      worker.cancelSpans(run, { behind: behind === undefined ? undefined : Number(behind), id })
    })
    return hints
  }
}

/** What a coordinator publishes. Redis makes texts of all values. */
interface CancelEvent {
  readonly run: string
  readonly behind?: string
  readonly id?: string
}
