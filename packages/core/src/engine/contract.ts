// The contract of runs and engines: what users get, as types.

import type { ChunkRange, OnecopyError } from '../base/errors.js'
import type { Chunker } from '../chunks/chunkers.js'
import type { SharedData } from '../data/contract.js'
import type { TypedArray } from '../data/typed-array.js'
import type { ChunkFn, FoldFn, Plugin } from '../functions/contract.js'
import type { ModuleFunction } from '../functions/module-function.js'
import type { FoldReducer, MergeFn, Reducer } from '../reduce/contract.js'

/** The part of `AbortSignal` that a run uses. */
export interface AbortSignalLike {
  /** Whether it has been aborted. */
  readonly aborted: boolean
  /** What it was aborted with: the run rejects with this. */
  readonly reason: unknown
  /** Called once for all runs on this signal. */
  addEventListener(type: 'abort', listener: () => void): void
  /** Called when the last of them has settled. */
  removeEventListener(type: 'abort', listener: () => void): void
}

/** The options of a run. Every one is optional. */
export interface RunOptions {
  /** How the data is cut; default: `fixed()` with a size that depends on the data's length alone. */
  readonly chunks?: Chunker | undefined
  /** Cancels the run: it then rejects with `signal.reason` itself. */
  readonly signal?: AbortSignalLike | undefined
  /** Runs with a higher priority get free workers first; any finite number, default 0. */
  readonly priority?: number | undefined
  /** The largest number of workers for this run; integer >= 1, default: the engine's `workers`. */
  readonly workers?: number | undefined
  /** Longest time one chunk may take, in milliseconds from its own start; > 0, default: no limit. */
  readonly chunkTimeoutMs?: number | undefined
  /**
   * How often a chunk that was in flight as its worker died is run again; integer >= 0, default 2.
   *
   * With 0, the chunk that was in flight fails the run. Other chunks of that worker may still run again, because their results
   * were not handed over yet: no value makes it safe to write in place.
   */
  readonly retries?: number | undefined
  /**
   * Prove by checksums that the data was not written to; default false. A chunk function that writes into its own bytes is
   * named by its chunk (`ERR_DATA_CHANGED`). Costs four passes over the data, two of them on the caller's thread.
   */
  readonly verify?: boolean | undefined
  /** A name for events, errors and diagnostics; default: the function's name. */
  readonly name?: string | undefined
}

/** The options of a plugin's run, where they are an argument: they have to be given if its parameters have to. */
export type PluginRunOptions<I> = undefined extends I
  ? [
      options?: RunOptions & {
        /** The parameters, or some of them. */
        readonly params?: I
      },
    ]
  : [
      options: RunOptions & {
        /** The parameters. */
        readonly params: I
      },
    ]

/** How far a run is. */
export interface Progress {
  /** Chunks that the data was cut into. */
  readonly chunks: number
  /** Chunks that were run, or own nothing. */
  readonly doneChunks: number
  /** Bytes of the data; they include what no chunk owns. */
  readonly bytes: number
  /** Bytes of the chunks that were run. */
  readonly doneBytes: number
  /** Since the run began. */
  readonly elapsedMs: number
  /** `doneBytes` by the time that has passed; 0 at the very start. */
  readonly bytesPerSecond: number
}

/** What a settled run has done. */
export interface RunStats {
  /** Chunks that the data was cut into. */
  readonly chunks: number
  /** Chunks whose results are in the answer; less than `chunks` in a failed run. */
  readonly doneChunks: number
  /** Bytes of the data. */
  readonly bytes: number
  /** From the start of the run to its end. */
  readonly elapsedMs: number
  /** The largest number of workers that worked on the run at the same time. */
  readonly workers: number
  /** Chunks that were run again because their worker was lost. */
  readonly retries: number
  /** Workers that were lost. */
  readonly workersLost: number
}

/** The events of a run. There is no `'error'` event: a failure is the run's rejection. */
export type RunEvents = {
  /** At most every 50 ms, and once at the end of a run that succeeds. */
  progress: (progress: Progress) => void
  /** A chunk that was lost with its worker will run again; `attempt` counts from 1. */
  retry: (event: { chunk: ChunkRange; attempt: number; cause: unknown }) => void
  /** A worker died; `chunk` was in flight, or none was. */
  workerLost: (event: { chunk: ChunkRange | undefined; cause: unknown }) => void
  /** The run has settled, well or not. */
  done: (stats: RunStats) => void
}

/** What an engine's events say about a run. */
export interface RunInfo {
  /** Counts the engine's runs from 1. */
  readonly id: number
  /** The option `name`, or the function's name. */
  readonly name: string
}

/** The events of an engine. */
export type EngineEvents = {
  /** A run has begun. */
  runStart: (run: RunInfo) => void
  /** A run has settled; `error` is there when it was rejected. */
  runEnd: (run: RunInfo & { readonly stats: RunStats; readonly error?: unknown }) => void
  /** A worker died while it worked for `run`. */
  workerLost: (event: { run: RunInfo; chunk: ChunkRange | undefined; cause: unknown }) => void
  /** The last run of all has settled. */
  idle: () => void
}

/**
 * One job on its way to a value.
 *
 * Inert until it is awaited, iterated or `start()`ed; then it starts once. It rejects with an {@link OnecopyError}, or with
 * the signal's own reason when it was cancelled.
 */
export interface Run<Out> extends Promise<Out> {
  /** Listen to an event. A listener that throws does so in a microtask of its own: it cannot break the run. */
  on<E extends keyof RunEvents>(event: E, listener: RunEvents[E]): this
  /** Stop listening. */
  off<E extends keyof RunEvents>(event: E, listener: RunEvents[E]): this
  /** Start without awaiting. Its rejection stays silent until somebody awaits it. */
  start(): this
  /** Give up: the run rejects with `reason`, or with an `AbortError` when there is none. After the end it does nothing. */
  cancel(reason?: unknown): void
  /** What the run has done; `undefined` until it has settled. */
  readonly stats: RunStats | undefined
}

/** A run whose value is the list of results, in chunk order. `for await` gives them one by one. */
export interface MapRun<R> extends Run<R[]>, AsyncIterable<R> {
  /**
   * The same job, put together to one value. Call it before the map run is started: the result is the run to await.
   * Listeners that were added so far come along.
   *
   * @throws {TypeError} `reducer` is neither a function nor has `init`, `add` and `merge`
   */
  reduce<A, Out = A>(reducer: Reducer<R, A, Out>): Run<Out>
  /**
   * The same with a bare function: over empty data the run rejects with `ERR_EMPTY_INPUT`.
   *
   * @throws {TypeError} `merge` is no function
   */
  reduce(merge: MergeFn<R>): Run<R>
}

/** What takes runs and executes them. */
export interface Engine {
  /** The largest number of workers that work at the same time. */
  readonly workers: number
  /**
   * Run a plugin's chunk function over all chunks of `data`, cut as the plugin or `options.chunks` says.
   *
   * @param data - shared data: from `share`, `alloc`, or what the host's package offers (`load`, `file`)
   * @param plugin - from `definePlugin`; its reducer is not used
   * @throws {TypeError | RangeError} at once, for an argument or option that is wrong or unknown
   * @example const counts = await engine.map(data, histogram)
   */
  map<R, P, Out, T extends TypedArray, I>(
    data: SharedData<T>,
    plugin: Plugin<P, R, Out, T, I>,
    ...options: PluginRunOptions<I>
  ): MapRun<R>
  /**
   * Run a chunk function with parameters over all chunks of `data`.
   *
   * @param data - shared data
   * @param fn - an inline function that captures nothing, or a `moduleFunction(...)`
   * @throws {TypeError | RangeError} at once, for an argument or option that is wrong or unknown
   * @example const found = await engine.map(data, (bytes, { params }) => bytes.includes(params.byte), { params: { byte: 0 } })
   */
  map<R, P, T extends TypedArray>(
    data: SharedData<T>,
    fn: ChunkFn<R, P, T> | ModuleFunction<R, P, T>,
    options: RunOptions & { readonly params: P },
  ): MapRun<R>
  /**
   * Run a chunk function over all chunks of `data`.
   *
   * @param data - shared data
   * @param fn - an inline function that captures nothing, or a `moduleFunction(...)`
   * @throws {TypeError | RangeError} at once, for an argument or option that is wrong or unknown
   * @example const sizes = await engine.map(data, (bytes) => bytes.length)
   */
  map<R, T extends TypedArray>(
    data: SharedData<T>,
    fn: ChunkFn<R, undefined, T> | ModuleFunction<R, undefined, T>,
    options?: RunOptions & { readonly params?: undefined },
  ): MapRun<R>
  /**
   * Run a plugin with its own chunker and reducer; without a reducer the value is the list of results.
   *
   * @throws {TypeError | RangeError} as `map`; also when the plugin's schema refuses the parameters, naming each by its path
   * @example const { crc } = await engine.run(data, hash)
   */
  run<P, R, Out, T extends TypedArray, I>(
    data: SharedData<T>,
    plugin: Plugin<P, R, Out, T, I>,
    ...options: PluginRunOptions<I>
  ): Run<Out>
  /**
   * Fold a function over all chunks of `data`: it adds each chunk to an accumulator, and there is no result per chunk. This is the
   * way for answers that grow with the data's keys, such as a sum per user, because no map of keys is made, copied and merged per
   * chunk.
   *
   * @param data - shared data
   * @param fn - an inline function that captures nothing, or a `moduleFunction(...)`
   * @param reducer - where accumulators begin (`init`), how those of neighbouring blocks are merged (`merge`), and the final value
   *   (`finish`); ready-made reducers do as well
   * @throws {TypeError | RangeError} at once, for an argument or option that is wrong or unknown
   * @example
   * const zeros = await engine.fold(data, (n, bytes) => n + bytes.filter((byte) => byte === 0).length, sum())
   */
  fold<A, P, T extends TypedArray, Out = A>(
    data: SharedData<T>,
    fn: FoldFn<NoInfer<A>, P, T> | ModuleFunction<NoInfer<A>, P, T>,
    reducer: FoldReducer<A, Out>,
    options: RunOptions & { readonly params: P },
  ): Run<Out>
  fold<A, T extends TypedArray, Out = A>(
    data: SharedData<T>,
    fn: FoldFn<NoInfer<A>, undefined, T> | ModuleFunction<NoInfer<A>, undefined, T>,
    reducer: FoldReducer<A, Out>,
    options?: RunOptions & { readonly params?: undefined },
  ): Run<Out>
  /** Listen to an event of all runs. A listener that throws cannot break a run. */
  on<E extends keyof EngineEvents>(event: E, listener: EngineEvents[E]): this
  /** Stop listening. */
  off<E extends keyof EngineEvents>(event: E, listener: EngineEvents[E]): this
  /**
   * Cancel what runs (those runs reject with `ERR_ENGINE_CLOSED`) and end the workers. May be called twice.
   * Runs made afterwards reject with `ERR_ENGINE_CLOSED`.
   */
  close(): Promise<void>
  /** `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}
