// The contract of runs and engines: the types of what users get.

import type { ChunkRange, OnecopyError } from '../base/errors.js'
import type { Chunker } from '../chunks/chunkers.js'
import type { Output, OutputElements, SharedData } from '../data/contract.js'
import type { SharedMemory } from '../data/shared-memory.js'
import type { TypedArray } from '../data/typed-array.js'
import type { ChunkFn, FoldFn, Plugin } from '../functions/contract.js'
import type { ModuleFunction } from '../functions/module-function.js'
import type { Skipped } from '../protocol/notes.js'
import type { Part, Span } from '../protocol/part.js'
import type { FoldReducer, MergeFn, Reducer } from '../reduce/contract.js'
import type { IntoOption, ParamsOption, PluginIntoOption } from './output-options.js'
import type { PrefixOption } from './prefix-option.js'

/** The part of `AbortSignal` that a run uses. */
export interface AbortSignalLike {
  /** Whether the signal has been aborted. */
  readonly aborted: boolean
  /** The reason of the abort. The run rejects with it. */
  readonly reason: unknown
  /** Called once for all runs with this signal. */
  addEventListener(type: 'abort', listener: () => void): void
  /** Called when the last of these runs has settled. */
  removeEventListener(type: 'abort', listener: () => void): void
}

/** What a run may skip. */
export interface SkipOptions {
  /**
   * The most records and chunks that may be skipped; integer >= 0, or `Infinity`. With it, a chunk whose function throws is skipped: the
   * answer is that of the other chunks. If more are skipped, the run fails with `ERR_TOO_MANY_SKIPPED`, and names the chunk in which the
   * limit was passed.
   *
   * @default no limit for records; a chunk whose function throws fails the run
   */
  readonly most?: number | undefined
  /**
   * How many of the skipped ranges `stats.skipped` lists, the first ones in the order of the data; integer from 0 to 1,000,000.
   *
   * @default 100
   */
  readonly list?: number | undefined
}

/** The options of a run. All are optional. */
export interface RunOptions {
  /**
   * How the data is cut.
   *
   * @default fixed()
   */
  readonly chunks?: Chunker | undefined
  /** Cancels the run, which then rejects with `signal.reason` itself. */
  readonly signal?: AbortSignalLike | undefined
  /**
   * Runs with a higher priority get free workers first. Any finite number.
   *
   * @default 0
   */
  readonly priority?: number | undefined
  /**
   * The most workers for this run; integer >= 1.
   *
   * @default the engine's `workers`
   */
  readonly workers?: number | undefined
  /**
   * The longest time that one chunk may take, in milliseconds from its own start; > 0.
   *
   * @default no limit
   */
  readonly chunkTimeoutMs?: number | undefined
  /**
   * How often a chunk is run again if its worker died while it ran; integer >= 0.
   *
   * With 0, the run fails for the chunk that was in flight. Other chunks of that worker may still run again, because their
   * results had not been sent. So no value makes it safe to write in place.
   *
   * @default 2
   */
  readonly retries?: number | undefined
  /**
   * Prove by checksums that the data was not written to. If a chunk function writes into its own bytes, the error names its
   * chunk (`ERR_DATA_CHANGED`). It costs four passes over the data, two of them on the caller's thread.
   *
   * @default false
   */
  readonly verify?: boolean | undefined
  /**
   * The seed of the random numbers that chunks get from `chunk.random()`; an integer from 0 to 2^53 - 1. Another seed gives other
   * numbers.
   *
   * @default 0
   */
  readonly seed?: number | undefined
  /**
   * Run these chunks and no others: integers from 0, in any order. The answer is that of these chunks, which see the same as in a run of
   * all: the same bytes, random numbers and `chunk.chunks`. So a chunk that an error names can be run again alone. `stats` and progress
   * count the chosen chunks.
   *
   * @default all chunks
   */
  readonly only?: readonly number[] | undefined
  /**
   * Run a share of the chunks, more than 0 and at most 1: one random chunk out of each of equally long pieces of the data, and at least
   * one. The same `seed` chooses the same chunks. The answer is that of these chunks. Not together with `only`.
   *
   * @default 1
   */
  readonly sample?: number | undefined
  /**
   * Go on without what is broken, up to a limit; see {@link SkipOptions}. `stats.skipped` has what was skipped.
   *
   * @default a chunk whose function throws fails the run; functions may skip any number of records with `chunk.skip`
   */
  readonly skip?: SkipOptions | undefined
  /**
   * A name for events, errors and diagnostics.
   *
   * @default the function's name
   */
  readonly name?: string | undefined
}

/** The options of a part of a job. Options that matter to the answer must be the same for all parts, and for `assemble`. */
export interface PartOptions extends RunOptions {
  /**
   * What identifies the plugin's code besides its name: `digestPlugin` of `@onecopy/node` computes it from the module's files.
   *
   * @default a digest of the text of the plugin's functions, which knows nothing of what these call
   */
  readonly digest?: string | undefined
  /**
   * What identifies the data.
   *
   * @default what the data says: size and modification time of a file; the number of bytes of memory
   */
  readonly identity?: string | undefined
}

/** The options of a plugin's run, as an argument. They are required if the plugin's parameters are required. */
export type PluginRunOptions<I, O extends RunOptions = RunOptions> = undefined extends I
  ? [
      options?: O & {
        /** The parameters, or some of them. */
        readonly params?: I
      },
    ]
  : [
      options: O & {
        /** The parameters. */
        readonly params: I
      },
    ]

/** What one worker of a run is doing. */
export interface WorkerProgress {
  /** The chunk that it is running; undefined between chunks, and when it has left the run. */
  readonly chunk: ChunkRange | undefined
  /** How many chunks it has run since the run began, or since the last worker was lost. */
  readonly doneChunks: number
}

/** How far a run is. */
export interface Progress {
  /** Chunks that the data was cut into. */
  readonly chunks: number
  /** Chunks that have run, or own nothing. */
  readonly doneChunks: number
  /** Bytes of the data, including bytes that no chunk owns. */
  readonly bytes: number
  /** Bytes of the chunks that have run. */
  readonly doneBytes: number
  /** Milliseconds since the run began. */
  readonly elapsedMs: number
  /** `doneBytes` per elapsed second; 0 at the very start. */
  readonly bytesPerSecond: number
  /**
   * What each worker of the run is doing at this moment, read from the memory through which workers claim chunks. A worker keeps
   * its place in the list; if it leaves, another one may take its place and count on. Empty in the last event, in runs on other
   * machines, and in runs with a checkpoint folder.
   */
  readonly atWork: readonly WorkerProgress[]
}

/** What a settled run has done. */
export interface RunStats {
  /** Chunks that the data was cut into. */
  readonly chunks: number
  /**
   * Chunks whose results have arrived. Fewer than `chunks` in a failed run, and in a run that ended early because its reducer had
   * enough. Then the number may differ from run to run.
   */
  readonly doneChunks: number
  /** Bytes of the data. */
  readonly bytes: number
  /** Milliseconds from the start of the run to its end. */
  readonly elapsedMs: number
  /** The largest number of workers that worked on the run at the same time. */
  readonly workers: number
  /** How many chunks were run again because their worker was lost. */
  readonly retries: number
  /** How many workers were lost. */
  readonly workersLost: number
  /** What the chunks of `doneChunks` have skipped: how many records and chunks, and the first of them in the order of the data. */
  readonly skipped: Skipped
  /** What the chunks of `doneChunks` have counted with `chunk.count`: the sums, by name. */
  readonly counters: Readonly<Record<string, number>>
}

/** Something that took time in a run. */
export interface TraceEvent {
  /** A `chunk`; a `lane`, which is what one worker did from its start to its end; or a `merge` of results on the caller's thread. */
  readonly kind: 'chunk' | 'lane' | 'merge'
  /** The number of the lane, from 0; -1 for the caller's thread. */
  readonly lane: number
  /** The number of the worker: the thread's or process's; 0 for the caller's thread. */
  readonly worker: number
  /** The number of the chunk; undefined if it is no chunk. */
  readonly chunk: number | undefined
  /** When it began, in milliseconds since 1970, with fractions. */
  readonly startMs: number
  /** How long it took, in milliseconds. */
  readonly ms: number
}

/** The events of a run. There is no `'error'` event, because a run that fails rejects. */
export type RunEvents = {
  /**
   * Emitted at most every 50 ms, and once at the end of a run that succeeds. Then everything is done, unless the run ended early: the
   * last event tells how far it was.
   */
  progress: (progress: Progress) => void
  /** A chunk will run again because its worker died. `attempt` counts from 1. */
  retry: (event: { chunk: ChunkRange; attempt: number; cause: unknown }) => void
  /** A worker died. `chunk` was in flight; undefined if none was. */
  workerLost: (event: { chunk: ChunkRange | undefined; cause: unknown }) => void
  /**
   * What took how long: chunks, workers and merges, in the order in which they were reported. Workers note the time of each chunk only if
   * somebody listens when the run starts. What is lost with a worker is not reported.
   */
  trace: (events: readonly TraceEvent[]) => void
  /** The run has settled, with a value or an error. */
  done: (stats: RunStats) => void
}

/** A run, as an engine's events describe it. */
export interface RunInfo {
  /** The number of the run in its engine, from 1. */
  readonly id: number
  /** The option `name`, or the function's name. */
  readonly name: string
}

/** The events of an engine. */
export type EngineEvents = {
  /** A run has begun. */
  runStart: (run: RunInfo) => void
  /** A run has settled. `error` is set if it was rejected. */
  runEnd: (run: RunInfo & { readonly stats: RunStats; readonly error?: unknown }) => void
  /** A worker died while it worked for `run`. */
  workerLost: (event: { run: RunInfo; chunk: ChunkRange | undefined; cause: unknown }) => void
  /** The last of the engine's runs has settled. */
  idle: () => void
}

/**
 * One job, and the promise of its value.
 *
 * It does nothing until it is awaited, iterated or `start()`ed. Then it starts once. It rejects with an {@link OnecopyError},
 * or with the signal's own reason if it was cancelled.
 */
export interface Run<Out> extends Promise<Out> {
  /** Listen to an event. A listener that throws cannot break the run: its error is thrown in a microtask of its own. */
  on<E extends keyof RunEvents>(event: E, listener: RunEvents[E]): this
  /** Stop listening. */
  off<E extends keyof RunEvents>(event: E, listener: RunEvents[E]): this
  /** Start the run without awaiting it. A rejection stays silent until somebody awaits the run. */
  start(): this
  /**
   * Cancel the run: it rejects with `reason`, or with an `AbortError` if there is none. After the run's end, this does nothing.
   */
  cancel(reason?: unknown): void
  /** What the run has done; `undefined` until the run has settled. */
  readonly stats: RunStats | undefined
}

/** A run whose value is the list of results, in chunk order. `for await` gives the results one by one. */
export interface MapRun<R> extends Run<R[]>, AsyncIterable<R> {
  /**
   * The same job, reduced to one value. Call it before the map run is started, and await the run that it returns. That run
   * keeps the listeners that were added so far.
   *
   * @throws {TypeError} `reducer` is neither a function nor an object with `init`, `add` and `merge`
   */
  reduce<A, Out = A>(reducer: Reducer<R, A, Out>): Run<Out>
  /**
   * The same with a bare merge function. For empty data the run rejects with `ERR_EMPTY_INPUT`.
   *
   * @throws {TypeError} `merge` is not a function
   */
  reduce(merge: MergeFn<R>): Run<R>
}

/** An engine takes runs and executes them. */
export interface Engine {
  /** The most workers that work at the same time. */
  readonly workers: number
  /**
   * Run a chunk function with parameters over all chunks of `data`, and have it write in place. The value is the output.
   *
   * @param data - shared data
   * @param fn - an inline function that captures nothing, or a `moduleFunction(...)`; it writes `chunk.out`, and what it returns is not
   *   used
   * @throws {TypeError | RangeError} at once, for an argument or option that is wrong or unknown
   * @example
   * const scaled = await engine.map(
   *   data,
   *   (part, { out, params }) => { for (let i = 0; i < part.length; i++) out[i] = part[i] * params },
   *   { into: alloc(Float64Array, data.length), params: 0.5 },
   * )
   */
  map<O extends Output, P, T extends TypedArray, V = unknown, B = undefined, X = B>(
    data: SharedData<T>,
    fn: ChunkFn<unknown, P, T, undefined, OutputElements<NoInfer<O>>, NoInfer<X>> | ModuleFunction<unknown, P, T>,
    options: RunOptions & IntoOption<O> & PrefixOption<V, B, X, P, T> & { readonly params: P },
  ): Run<O>
  /**
   * Run a chunk function over all chunks of `data`, and have it write in place. The value is the output.
   *
   * @param data - shared data
   * @param fn - an inline function that captures nothing, or a `moduleFunction(...)`; it writes `chunk.out`, and what it returns is not
   *   used
   * @throws {TypeError | RangeError} at once, for an argument or option that is wrong or unknown
   * @example
   * const roots = await engine.map(
   *   data,
   *   (part, { out }) => { for (let i = 0; i < part.length; i++) out[i] = Math.sqrt(part[i]) },
   *   { into: alloc(Float64Array, data.length) },
   * )
   */
  map<O extends Output, T extends TypedArray, V = unknown, B = undefined, X = B>(
    data: SharedData<T>,
    fn:
      | ChunkFn<unknown, undefined, T, undefined, OutputElements<NoInfer<O>>, NoInfer<X>>
      | ModuleFunction<unknown, undefined, T>,
    options: RunOptions & IntoOption<O> & PrefixOption<V, B, X, undefined, T> & { readonly params?: undefined },
  ): Run<O>
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
  map<R, P, T extends TypedArray, V = unknown, B = undefined, X = B>(
    data: SharedData<T>,
    fn: ChunkFn<R, P, T, undefined, undefined, NoInfer<X>> | ModuleFunction<R, P, T>,
    options: RunOptions & PrefixOption<V, B, X, P, T> & { readonly params: P },
  ): MapRun<R>
  /**
   * Run a chunk function over all chunks of `data`.
   *
   * @param data - shared data
   * @param fn - an inline function that captures nothing, or a `moduleFunction(...)`
   * @throws {TypeError | RangeError} at once, for an argument or option that is wrong or unknown
   * @example const sizes = await engine.map(data, (bytes) => bytes.length)
   */
  map<R, T extends TypedArray, V = unknown, B = undefined, X = B>(
    data: SharedData<T>,
    fn: ChunkFn<R, undefined, T, undefined, undefined, NoInfer<X>> | ModuleFunction<R, undefined, T>,
    options?: RunOptions & PrefixOption<V, B, X, undefined, T> & { readonly params?: undefined },
  ): MapRun<R>
  /**
   * Run a plugin that writes in place, with an output of the caller's own, which is also the value.
   *
   * @throws {TypeError | RangeError} as `map`; also when the output is not what the plugin writes
   * @example const grey = await engine.run(pixels, greyscale, { into: createFile('grey.raw', Uint8Array, pixels.length / 4) })
   */
  run<P, R, E extends TypedArray, T extends TypedArray, I, O extends Output<E>>(
    data: SharedData<T>,
    plugin: Plugin<P, R, SharedMemory<E>, T, I>,
    options: RunOptions & IntoOption<O> & ParamsOption<I>,
  ): Run<O>
  /**
   * Run a plugin with its own chunker and reducer; without a reducer the value is the list of results, or the output that it has
   * written in place.
   *
   * @throws {TypeError | RangeError} as `map`; also when the plugin's schema refuses the parameters, naming each by its path
   * @example const { crc } = await engine.run(data, hash)
   */
  run<P, R, Out, T extends TypedArray, I>(
    data: SharedData<T>,
    plugin: Plugin<P, R, Out, T, I>,
    ...options: PluginRunOptions<I, RunOptions & PluginIntoOption<Out>>
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
  fold<A, P, T extends TypedArray, Out = A, V = unknown, B = undefined, X = B>(
    data: SharedData<T>,
    fn: FoldFn<NoInfer<A>, P, T, undefined, undefined, NoInfer<X>> | ModuleFunction<NoInfer<A>, P, T>,
    reducer: FoldReducer<A, Out>,
    options: RunOptions & PrefixOption<V, B, X, P, T> & { readonly params: P },
  ): Run<Out>
  /** The same without parameters. */
  fold<A, T extends TypedArray, Out = A, V = unknown, B = undefined, X = B>(
    data: SharedData<T>,
    fn: FoldFn<NoInfer<A>, undefined, T, undefined, undefined, NoInfer<X>> | ModuleFunction<NoInfer<A>, undefined, T>,
    reducer: FoldReducer<A, Out>,
    options?: RunOptions & PrefixOption<V, B, X, undefined, T> & { readonly params?: undefined },
  ): Run<Out>
  /**
   * Run a plugin over some of its chunks. The value is a part: what came of these chunks, merged as far as it goes and not
   * finished. `assemble` puts parts together, which may come from any engine, process and machine, in any order. The answer is that
   * of `run`, bit for bit.
   *
   * Failures and events are those of `run`. `stats` and progress count the chunks and bytes of the span.
   *
   * @param data - shared data
   * @param plugin - from `definePlugin`
   * @param span - the chunks `[from, to)`, by their numbers. `assemble(data, plugin).plan.count` says how many there are. For a
   *   plugin that folds, both ends are multiples of `assemble(data, plugin).unit`, or the number of chunks
   * @throws {TypeError | RangeError} at once, as `run`; also when the span is not inside the plan, or ends within a block of a fold
   * @example
   * const assembly = assemble(data, hash)
   * for (const span of assembly.missing()) assembly.add(await engine.part(data, hash, span))
   * const { crc } = assembly.result()
   */
  part<P, R, Out, T extends TypedArray, I>(
    data: SharedData<T>,
    plugin: Plugin<P, R, Out, T, I>,
    span: Span,
    ...options: PluginRunOptions<I, PartOptions>
  ): Run<Part>
  /** Listen to an event of all runs. A listener that throws cannot break a run. */
  on<E extends keyof EngineEvents>(event: E, listener: EngineEvents[E]): this
  /** Stop listening. */
  off<E extends keyof EngineEvents>(event: E, listener: EngineEvents[E]): this
  /**
   * Cancel all runs, which reject with `ERR_ENGINE_CLOSED`, and end the workers. May be called more than once. Runs made
   * afterwards reject with `ERR_ENGINE_CLOSED`.
   */
  close(): Promise<void>
  /** `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}
