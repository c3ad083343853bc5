// The contract of runs and engines: what users call. Their options are in run-options.ts, and what they tell in run-events.ts.

import type { OnecopyError } from '../base/errors.js'
import type { Output, OutputElements, SharedData } from '../data/contract.js'
import type { SharedMemory } from '../data/shared-memory.js'
import type { TypedArray } from '../data/typed-array.js'
import type { ChunkFn, FoldFn } from '../functions/contract.js'
import type { ModuleFunction } from '../functions/module-function.js'
import type { Plugin } from '../functions/plugin-contract.js'
import type { Part, Span } from '../protocol/part.js'
import type { FoldReducer, MergeFn, Reducer } from '../reduce/contract.js'
import type { FoldIntoOption, IntoOption, ParamsOption, PluginIntoOption } from './output-options.js'
import type { PrefixOption } from './prefix-option.js'
import type { EngineEvents, RunEvents, RunStats } from './run-events.js'
import type { PartOptions, PluginRunOptions, RunOptions } from './run-options.js'

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
   * @param options - with `into`, each chunk also writes its window of it, `chunk.out`; the value is the reduced one
   * @throws {TypeError | RangeError} at once, for an argument or option that is wrong or unknown
   * @example
   * const zeros = await engine.fold(data, (n, bytes) => n + bytes.filter((byte) => byte === 0).length, sum())
   */
  fold<
    A,
    P,
    T extends TypedArray,
    Out = A,
    V = unknown,
    B = undefined,
    X = B,
    O extends Output | undefined = undefined,
  >(
    data: SharedData<T>,
    fn: FoldFn<NoInfer<A>, P, T, undefined, OutputElements<NoInfer<O>>, NoInfer<X>> | ModuleFunction<NoInfer<A>, P, T>,
    reducer: FoldReducer<A, Out>,
    options: RunOptions & FoldIntoOption<O> & PrefixOption<V, B, X, P, T> & { readonly params: P },
  ): Run<Out>
  /** The same without parameters. */
  fold<A, T extends TypedArray, Out = A, V = unknown, B = undefined, X = B, O extends Output | undefined = undefined>(
    data: SharedData<T>,
    fn:
      | FoldFn<NoInfer<A>, undefined, T, undefined, OutputElements<NoInfer<O>>, NoInfer<X>>
      | ModuleFunction<NoInfer<A>, undefined, T>,
    reducer: FoldReducer<A, Out>,
    options?: RunOptions & FoldIntoOption<O> & PrefixOption<V, B, X, undefined, T> & { readonly params?: undefined },
  ): Run<Out>
  /**
   * Run a plugin over some of its chunks. The value is a part: what came of these chunks, merged as far as it goes and not
   * finished. `assemble` puts parts together, which may come from any engine, process and machine, in any order. The answer is that
   * of `run`, bit for bit.
   *
   * Failures and events are those of `run`. `stats` and progress count the chunks and bytes of the span. Only `skip: { most }` does not
   * limit a part of a run that may end early: what is before the part may be enough, so `assemble` decides.
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
