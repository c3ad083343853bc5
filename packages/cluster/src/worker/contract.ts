// What users meet of a worker.

import type { Telemetry } from 'bullmq'
import type { ClusterConnection } from '../redis/connection.js'
import type { PartStore } from '../store/contract.js'

/** The options of `startWorker`. */
export interface WorkerOptions {
  /** Where Redis or Valkey is. */
  readonly connection: ClusterConnection
  /** The plugins that this worker serves, as paths, `file:` URLs or packages; see `loadPlugin`. It runs no other code. */
  readonly plugins: readonly (string | URL)[]
  /** The folder with the data. Files outside of it are refused, also if a link leads there. */
  readonly root: string
  /**
   * Threads for a span.
   *
   * @default one per core
   */
  readonly workers?: number | undefined
  /**
   * Spans at the same time, each in a process of its own; integer >= 1. With 2, the next span runs while the last chunks of
   * the one before are still at work.
   *
   * @default 1
   */
  readonly spansAtOnce?: number | undefined
  /**
   * Where parts lie that are larger than 64 KiB: a folder that all machines share, or a store of your own. Coordinators must
   * have the same.
   *
   * @default Redis
   */
  readonly store?: string | PartStore | undefined
  /**
   * The worker's name in progress, summaries and dashboards.
   *
   * @default the name of the machine and the number of the process
   */
  readonly name?: string | undefined
  /**
   * How long a span stays with a worker that gives no sign of life, in ms; integer >= 300. Then another worker takes it.
   *
   * @default 15000
   */
  readonly leaseMs?: number | undefined
  /**
   * How long a thread that is asked to stop may take to finish its chunk, in ms; see `createEngine`.
   *
   * @default 500
   */
  readonly graceMs?: number | undefined
  /**
   * What the names of all keys in Redis begin with.
   *
   * @default 'bull'
   */
  readonly prefix?: string | undefined
  /**
   * Traces and metrics, as BullMQ takes them: `new BullMQOtel('onecopy')` of `bullmq-otel`.
   *
   * @default none
   */
  readonly telemetry?: Telemetry | undefined
}

/** A span, as the events of a worker name it. */
export interface WorkerSpan {
  /** The plugin's name. */
  readonly plugin: string
  /** The id of the run. */
  readonly run: string
  /** The first chunk. */
  readonly from: number
  /** One past the last chunk. */
  readonly to: number
}

/** The events of a worker. */
export type WorkerEvents = {
  /** A span begins. */
  spanStart: (span: WorkerSpan) => void
  /** A span has ended; `error` is set if there is no part. */
  spanEnd: (span: WorkerSpan & { readonly ms: number; readonly error?: unknown }) => void
  /** Something that a person should know, although the worker goes on: the connection is lost, for instance. */
  note: (text: string) => void
}

/** A worker that is running. */
export interface ClusterWorker {
  /** Its name. */
  readonly name: string
  /** The queues that it takes spans from, one per plugin. */
  readonly queues: readonly string[]
  /** Listen to an event. */
  on<E extends keyof WorkerEvents>(event: E, listener: WorkerEvents[E]): this
  /** Stop listening. */
  off<E extends keyof WorkerEvents>(event: E, listener: WorkerEvents[E]): this
  /** Give the spans back to the queue, where other workers take them at once, and end. It may be called twice. */
  close(): Promise<void>
}
