// What users meet of a cluster: runs, their options and events.

import type { Plugin, PluginRunOptions, Run, RunEvents, RunOptions, TypedArray } from '@onecopy/core'
import type { FileData } from '@onecopy/node'
import type { Telemetry } from 'bullmq'
import type { IdentityKind } from '../jobs/contract.js'
import type { ClusterConnection } from '../redis/connection.js'
import type { PartStore } from '../store/contract.js'

/** The options of `createCluster`. */
export interface ClusterOptions {
  /** Where Redis or Valkey is. */
  readonly connection: ClusterConnection
  /**
   * The folder below which the data lies here. With it, workers look for a file at the same path below their own root. Without
   * it, they look for it at the same absolute path, which must be below their root.
   */
  readonly root?: string | undefined
  /**
   * Where parts lie that are larger than 64 KiB: a folder that all machines share, or a store of your own. Workers must have
   * the same.
   *
   * @default Redis
   */
  readonly store?: string | PartStore | undefined
  /**
   * What the names of all keys in Redis begin with. Workers must have the same.
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

/** The options of a cluster's run. All are optional. */
export interface ClusterRunOptions extends RunOptions {
  /** Runs with a priority above 0 go before others, and those below 0 behind them. Within these three, runs take turns. */
  readonly priority?: number | undefined
  /** Not in a cluster: each worker decides how many threads it has. */
  readonly workers?: undefined
  /** Not in a cluster: files are checked by size and time, or by digests; see `identity`. */
  readonly verify?: undefined
  /**
   * The run's id: 1 to 100 letters, digits, `.`, `_` and `-`. The same call with the same id resumes the run: what is done is not
   * done again, also by another process, or on another machine.
   *
   * @default a random id
   */
  readonly runId?: string | undefined
  /**
   * How each machine's file is compared with the file here: by `size` and modification time, by `size` alone, or by size and
   * a CRC-32 of each span, for which this process reads the whole file once.
   *
   * @default 'mtime'
   */
  readonly identity?: IdentityKind | undefined
  /**
   * Refuse results of workers with another version of Node or another kind of processor than this process has. Without it,
   * a `note` says that they are mixed.
   *
   * @default false
   */
  readonly sameNode?: boolean | undefined
  /**
   * Chunks per span; rounded up to a power of two.
   *
   * @default decided by time; see `spanMs`
   */
  readonly spanChunks?: number | undefined
  /**
   * How long one span should take, in ms; > 0. Near the end, spans become shorter.
   *
   * @default 4000
   */
  readonly spanMs?: number | undefined
  /**
   * How often the queue is looked at besides its events, in ms; integer >= 10.
   *
   * @default 1000
   */
  readonly pollMs?: number | undefined
  /**
   * How long workers go on with the run if this process dies, in ms; integer >= 100.
   *
   * @default 30000
   */
  readonly patienceMs?: number | undefined
  /**
   * How long the run waits for a worker that serves its plugin, in ms; > 0. Then it fails with `ERR_CLUSTER_UNAVAILABLE`.
   *
   * @default for ever; a `note` says that there is no worker
   */
  readonly workerTimeoutMs?: number | undefined
}

/** A span that is done. */
export interface SpanDone {
  /** The first chunk. */
  readonly from: number
  /** One past the last chunk. */
  readonly to: number
  /** The name of the worker that ran it. */
  readonly worker: string
  /** How long it took there, in ms. */
  readonly ms: number
  /** The worker's version of Node. */
  readonly node: string
  /** Whether it was done before this process began, by an earlier one with the same run id. */
  readonly isResumed: boolean
}

/** The events of a cluster's run. */
export type ClusterRunEvents = RunEvents & {
  /** A span is done, and its part is in the answer. */
  span: (span: SpanDone) => void
  /** Something that a person should know, although the run goes on: there is no worker, for instance. */
  note: (text: string) => void
}

/**
 * A run on a cluster. It is a `Run`, with two more events. `retry` and `workerLost` are emitted per span: `chunk` has the number of the
 * span's first chunk, and the elements of the whole span. In `stats`, `workers` counts machines.
 */
export interface ClusterRun<Out> extends Run<Out> {
  /** Its id. */
  readonly runId: string
  /** Listen to an event. */
  on<E extends keyof ClusterRunEvents>(event: E, listener: ClusterRunEvents[E]): this
  /** Stop listening. */
  off<E extends keyof ClusterRunEvents>(event: E, listener: ClusterRunEvents[E]): this
}

/** A run that was put into the queue. */
export interface Submitted {
  /** Its id. */
  readonly runId: string
  /** How many spans it has; 0 for data without chunks. */
  readonly spans: number
}

/** Runs jobs on the workers that share a Redis or Valkey with it. Made by `createCluster`. */
export interface Cluster {
  /**
   * Run a plugin over a file, on all workers that serve the plugin. The answer is that of `engine.run`, bit for bit.
   *
   * Nothing starts before the run is awaited or `start()`ed. If it is cancelled, parts that are done stay for a day, and a run
   * with the same `runId` takes them.
   *
   * @param data - from `file`
   * @param plugin - a plugin of a module in a file
   * @throws {TypeError | RangeError} at once, as `engine.run`; also for other data than files, and for shared data in `params`
   * @example const words = await cluster.run(file('/data/huge.log'), countWords, { runId: 'nightly' })
   */
  run<P, R, Out, T extends TypedArray, I>(
    data: FileData<T>,
    plugin: Plugin<P, R, Out, T, I>,
    ...options: PluginRunOptions<I, ClusterRunOptions>
  ): ClusterRun<Out>
  /**
   * Put a run into the queue, and do not wait for it. Workers do it without a coordinator, for at most a week. `run` with the same call and
   * its `runId` takes the answer later; parts that are done stay for a day. Spans are not sized by time, because nobody sees how long they
   * take: at most 32 MiB each, unless `spanChunks` says it.
   *
   * @throws {TypeError | RangeError} as `run`
   * @throws {OnecopyError} `ERR_PART_MISMATCH`: the run id belongs to another job; `ERR_CLUSTER_UNAVAILABLE`: there is no server
   * @example const { runId } = await cluster.submit(file('/data/huge.log'), countWords, { runId: 'nightly' })
   */
  submit<P, R, Out, T extends TypedArray, I>(
    data: FileData<T>,
    plugin: Plugin<P, R, Out, T, I>,
    ...options: PluginRunOptions<I, ClusterRunOptions>
  ): Promise<Submitted>
  /**
   * Join a run that was begun before, here or elsewhere: wait for its answer together with others, or go on with it after its
   * coordinator died. Data and parameters are those of the run. The plugin must be given, because a queue cannot name code.
   *
   * The run rejects with `ERR_CLUSTER_UNAVAILABLE` if there is no such run.
   *
   * @example const words = await cluster.attach('nightly', countWords)
   */
  attach<P, R, Out, T extends TypedArray, I>(
    runId: string,
    plugin: Plugin<P, R, Out, T, I>,
    options?: AttachOptions,
  ): ClusterRun<Out>
  /**
   * Cancel a run, wherever it was begun: its coordinators reject with an `AbortError`, and workers stop.
   *
   * @returns false if there is no such run
   */
  cancel(runId: string): Promise<boolean>
}

/** The options of `attach`: those of a run that do not decide over its answer. */
export type AttachOptions = Pick<
  ClusterRunOptions,
  'signal' | 'priority' | 'name' | 'sameNode' | 'spanChunks' | 'spanMs' | 'pollMs' | 'patienceMs' | 'workerTimeoutMs'
>
