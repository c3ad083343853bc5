// A run's side of the queue: adds its spans, looks at them, cancels them, and hears what happens to them.
//
// What the queue says in events are hints, which may be lost. What it says when a span is looked at is the truth.

import type { Span } from '@onecopy/core'
import { isError } from '@onecopy/core/lane'
import { type Job, Queue, QueueEvents, QueueEventsProducer, type Telemetry } from 'bullmq'
import type { Redis } from 'ioredis'
import { forBullMq } from '../redis/connection.js'
import { inTime } from '../redis/in-time.js'
import { queueStem } from '../redis/keys.js'

/** How long completed and failed spans stay if their coordinator does not remove them, in seconds. */
const keepS = 24 * 3600
/** The queue keeps about so many events. */
const mostEvents = 1000
/** How long the end waits for a server that does not answer, in ms. */
const closeMs = 2000
/** Spans that are looked at or removed at once. */
const atOnce = 200

/** A span to add. */
export interface NewSpan extends Span {
  readonly id: string
  readonly data: object
  /** Spans with a smaller number go first; >= 1. */
  readonly order: number
  /** How often it may be tried. */
  readonly attempts: number
}

/** Who serves a plugin. */
export interface Machines {
  /** The names of the workers that serve this version. */
  readonly here: readonly string[]
  /** How many workers serve other versions. */
  readonly others: number
}

/** The queue of a run's plugin. */
export class SpanQueue {
  readonly #redis: Redis
  readonly #name: string
  readonly #plugin: string
  readonly #prefix: string
  readonly #queue: Queue
  readonly #hints: QueueEvents
  readonly #producer: QueueEventsProducer

  constructor(redis: Redis, prefix: string, name: string, plugin: string, telemetry?: Telemetry) {
    const options = { connection: forBullMq(redis), prefix }
    this.#redis = redis
    this.#name = name
    this.#plugin = plugin
    this.#prefix = prefix
    this.#queue = new Queue(name, {
      ...options,
      streams: { events: { maxLen: mostEvents } },
      ...(telemetry === undefined ? {} : { telemetry }),
    })
    this.#hints = new QueueEvents(name, options)
    this.#producer = new QueueEventsProducer(name, options)
    // The connection itself says when it is lost.
    this.#queue.on('error', () => {})
    this.#hints.on('error', () => {})
    this.#producer.on('error', () => {})
  }

  /**
   * Call `onSpan` with the id of each span that something may have happened to, and `onCancel` with each run that was cancelled.
   * Resolves once it listens.
   */
  async listen(onSpan: (id: string) => void, onCancel: (run: string) => void): Promise<void> {
    for (const event of ['active', 'completed', 'failed', 'stalled', 'progress'] as const) {
      this.#hints.on(event, ({ jobId }: { readonly jobId: string }) => onSpan(jobId))
    }
    // `as`: the types of BullMQ know its own events only.
    const custom = this.#hints as unknown as {
      on(event: 'cancel-run', listener: (event: { run: string }) => void): void
    }
    custom.on('cancel-run', ({ run }) => onCancel(run))
    await this.#hints.waitUntilReady()
  }

  /** Add spans. One that is there already stays as it is. */
  async add(spans: readonly NewSpan[]): Promise<void> {
    await this.#queue.addBulk(
      spans.map(({ id, data, order, attempts }) => ({
        name: this.#plugin,
        data,
        opts: {
          jobId: id,
          priority: order,
          attempts,
          removeOnComplete: { age: keepS },
          removeOnFail: { age: keepS },
          keepLogs: 0,
        },
      })),
    )
  }

  /**
   * What the queue knows of these spans; undefined for one that is not there.
   *
   * @param isWhole - whether to find spans, too, that the queue knows and that no worker will ever take
   */
  async look(ids: readonly string[], isWhole: boolean): Promise<(Job | undefined)[]> {
    const found: (Job | undefined)[] = []
    for (let i = 0; i < ids.length; i += atOnce) {
      found.push(...(await Promise.all(ids.slice(i, i + atOnce).map((id) => this.#lookAt(id, isWhole)))))
    }
    return found
  }

  async #lookAt(id: string, isWhole: boolean): Promise<Job | undefined> {
    const job = await this.#queue.getJob(id)
    if (!isWhole || job === undefined || job.finishedOn !== undefined) return job
    // Besides the span itself, the server has lists of those that wait and of those that are at work. It may have lost a list.
    if ((await job.getState()) !== 'unknown') return job
    const isRemoved = (await this.#queue.remove(id)) === 1
    return isRemoved ? undefined : job
  }

  /** Remove spans. Those that are at work stay. */
  async remove(ids: readonly string[]): Promise<void> {
    for (let i = 0; i < ids.length; i += atOnce) {
      await Promise.all(ids.slice(i, i + atOnce).map((id) => this.#queue.remove(id)))
    }
  }

  /** Tell workers to stop what they do for a run: all of it, what is behind a chunk, or one span. */
  async cancel(run: string, { behind, id }: { readonly behind?: number; readonly id?: string } = {}): Promise<void> {
    await this.#producer.publishEvent({
      eventName: 'cancel-spans',
      run,
      ...(behind === undefined ? {} : { behind: String(behind) }),
      ...(id === undefined ? {} : { id }),
    })
  }

  /** Tell the coordinators of a run to look whether it was cancelled. */
  async cancelRun(run: string): Promise<void> {
    await this.#producer.publishEvent({ eventName: 'cancel-run', run })
  }

  /** Who serves the plugin now; undefined if the server does not tell. */
  async machines(): Promise<Machines | undefined> {
    let clients: string
    try {
      clients = String(await this.#redis.client('LIST'))
    } catch (error) {
      // Some services forbid it. Nothing but notes and the sizes of spans depends on it.
      if (isError(error) && error.name === 'ReplyError') return undefined
      throw error
    }
    const here: string[] = []
    let others = 0
    for (const [, name = ''] of clients.matchAll(/\bname=(\S*)/g)) {
      // BullMQ names the connection of a worker so.
      const [prefix, queue = '', kind, worker] = name.split(':')
      if (prefix !== this.#prefix || kind !== 'w' || worker === undefined) continue
      const served = Buffer.from(queue, 'base64').toString()
      if (served === this.#name) here.push(name.split(':').slice(3).join(':'))
      else if (
        served.startsWith(queueStem(this.#plugin)) &&
        !served.slice(queueStem(this.#plugin).length).includes('-')
      )
        others++
    }
    return { here, others }
  }

  async close(): Promise<void> {
    await inTime(closeMs, Promise.all([this.#hints.close(), this.#producer.close(), this.#queue.close()]))
  }
}
