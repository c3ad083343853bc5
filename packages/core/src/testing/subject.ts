// The plugin under test. It can run over any data, in chunks of any size, with lanes in any order, and its functions can be
// watched.

import { isThenable, show } from '../base/check.js'
import { hasOwn } from '../base/own-members.js'
import { runtime, type Timer } from '../base/runtime.js'
import { type Chunker, fixed, records } from '../chunks/chunkers.js'
import { share } from '../data/share.js'
import { isSharedMemory } from '../data/shared-memory.js'
import type { TypedArray } from '../data/typed-array.js'
import type { Engine } from '../engine/contract.js'
import { createHostEngine } from '../engine/engine.js'
import type { Chunk } from '../functions/contract.js'
import { shapeOf } from '../functions/output-shape.js'
import type { DefinedPlugin } from '../functions/plugin-contract.js'
import { LaneChunk } from '../lane/chunk.js'
import type { Skipped } from '../protocol/notes.js'
import type { Reducer } from '../reduce/contract.js'
import { bindPluginReducer, type Reduction } from '../reduce/reduction.js'
import { closenessFor, findDifference } from './equality.js'
import { printCut, printValue, type SizedChunker } from './print.js'
import { ScheduledHost } from './scheduled-host.js'

/** The outcome of something that may throw. */
export type Outcome<V = unknown> = { readonly value: V } | { readonly thrown: unknown }

/** So many skipped ranges are compared. Samples have no more elements. */
const mostCompared = 10_000

/** How lanes divide the work. Default: one lane. */
export interface Schedule {
  readonly workers: number
  readonly random: () => number
}

/** Gets each call of the plugin's `map`, or of its `fold` with a new accumulator. `call` makes the call. */
export type Watch = (
  call: () => unknown,
  bytes: TypedArray,
  chunk: Chunk<unknown, TypedArray, unknown, unknown, unknown>,
  data: TypedArray,
) => unknown

/** Gets each chunk that the plugin's `fold` is to be called for. `call` makes the call, with the given accumulator and bytes. */
export type FoldWatch = (
  call: (acc: unknown, bytes: TypedArray) => unknown,
  bytes: TypedArray,
  chunk: Chunk<unknown, TypedArray, unknown, unknown, unknown>,
) => unknown

/** The value of a call, or what it threw. */
export function attempt<V>(call: () => V): Outcome<V> {
  try {
    return { value: call() }
  } catch (thrown) {
    // What a plugin throws is compared and reported like any other outcome.
    return { thrown }
  }
}

/** The plugin with its parameters. */
export class Subject {
  readonly plugin: DefinedPlugin
  /** How results are merged. A result of a fold is an accumulator of one chunk, so it is added by merging it. */
  readonly reduction: Reduction | undefined
  readonly isFold: boolean
  /** The plugin's own chunker for these parameters; known after the first run. */
  chunker: Chunker = fixed()
  /** The parameters as the plugin's functions see them; known after the first run. */
  params: unknown
  readonly #options: { readonly params?: unknown }
  readonly #equal: ((left: unknown, right: unknown) => boolean) | undefined
  readonly #timeoutMs: number

  constructor(
    plugin: DefinedPlugin,
    params: unknown,
    equal: ((left: unknown, right: unknown) => boolean) | undefined,
    timeoutMs: number,
  ) {
    this.plugin = plugin
    this.isFold = plugin.fold !== undefined
    const reduction = plugin.reduce === undefined ? undefined : bindPluginReducer(plugin.reduce).reduction
    this.reduction =
      reduction !== undefined && this.isFold
        ? { ...reduction, leaf: (value) => value, add: reduction.merge }
        : reduction
    this.#options = params === undefined ? {} : { params }
    this.#equal = equal
    this.#timeoutMs = timeoutMs
  }

  /** The answer for `data`, cut into chunks of `size`. */
  answer(data: TypedArray, size: number, schedule?: Schedule): Promise<Outcome> {
    // `?.`, and no `?? {}`: an empty object has the members that other code has put on its prototype.
    const workers = schedule?.workers ?? 1
    const random = schedule?.random
    const plugin = this.#variant(size)
    const start = (): AnyRun =>
      asEngine(new ScheduledHost(plugin, workers, random)).run(share(data), plugin, this.#options)
    return this.#settle(data, size, start)
  }

  /** What is skipped in `data`, cut into chunks of `size`. */
  async skipped(data: TypedArray, size: number): Promise<Outcome<Skipped>> {
    let run: AnyRun | undefined
    const plugin = this.#variant(size)
    const start = (): AnyRun => {
      run = asEngine(new ScheduledHost(plugin, 1)).run(share(data), plugin, {
        ...this.#options,
        skip: { list: mostCompared },
      })
      return run
    }
    const outcome = await this.#settle(data, size, start)
    // `!`: the run has settled.
    return hasOwn(outcome, 'thrown') ? outcome : { value: run!.stats!.skipped }
  }

  /** What the first pass is reduced to over all of `data`, cut into chunks of `size`. */
  firstAnswer(data: TypedArray, size: number): Promise<Outcome> {
    // `!`: the plugin has a first pass.
    const { map, reduce } = this.plugin.prefix!
    const own = this.#variant(size)
    const plugin = Object.freeze({ ...own, map, fold: undefined, into: undefined, prefix: undefined, reduce })
    const start = (): AnyRun => asEngine(new ScheduledHost(plugin, 1)).run(share(data), plugin, this.#options)
    return this.#settle(data, size, start)
  }

  /** The answer on the user's engine, which loads the plugin from its module. */
  answerOn(engine: Engine, data: TypedArray, size: number): Promise<Outcome> {
    const options = { ...this.#options, chunks: resize(this.chunker, size) }
    // `as`: see `asEngine`.
    return this.#settle(data, size, () => (engine as unknown as AnyEngine).run(share(data), this.plugin, options))
  }

  /** The results of all chunks. Of a fold: each chunk folded by itself. */
  async results(data: TypedArray, size: number, watch?: Watch): Promise<Outcome<readonly unknown[]>> {
    const shared = share(data)
    const { fold: ownFold } = this.plugin
    // `!`: a plugin that does not fold has a chunk function, and one that folds has an `init`.
    const called: MapFunction =
      ownFold === undefined
        ? this.plugin.map!
        : (bytes, chunk) => ownFold(this.reduction!.init!(), bytes as TypedArray, chunk)
    const own = this.plugin.into === undefined ? called : this.#windowed(called)
    const all = shared.view()
    const map: MapFunction =
      watch === undefined ? own : (bytes, chunk) => watch(() => own(bytes, begun(chunk)), bytes, chunk, all)
    const plugin = this.#variant(size, map)
    const engine = asEngine(new ScheduledHost(plugin, 1))
    // A run that is written in place gives a list only if a reducer makes it.
    const start = (): AnyRun =>
      plugin.into === undefined ? engine.map(shared, plugin, this.#options) : engine.run(shared, plugin, this.#options)
    // `as`: the value of a map run is the list of results.
    return (await this.#settle(data, size, start)) as Outcome<readonly unknown[]>
  }

  /** The function of a plugin that writes in place. What it has written is its result, unless its results are reduced. */
  #windowed(fn: MapFunction): MapFunction {
    return (bytes, chunk) => {
      // `as`: the run is written in place.
      const out = chunk.out as TypedArray
      // A call may be made twice for the same chunk.
      new Uint8Array(out.buffer, out.byteOffset, out.byteLength).fill(0)
      const result = (value: unknown): unknown =>
        // `as`: every typed array has `slice`.
        this.reduction === undefined ? (out as TypedArray & { slice(): TypedArray }).slice() : value
      const returned: unknown = fn(bytes, chunk)
      return isThenable(returned) ? returned.then(result) : result(returned)
    }
  }

  /** Run the fold function over all chunks in their order, as a lane does within a block. `watch` holds the accumulators. */
  async foldAll(data: TypedArray, size: number, watch: FoldWatch): Promise<Outcome> {
    // `!`: the plugin folds.
    const fold = this.plugin.fold!
    const map: MapFunction = (bytes, chunk) =>
      watch((acc, given) => fold(acc, given, begun(chunk)), bytes as TypedArray, chunk)
    const plugin = this.#variant(size, map)
    return await this.#settle(data, size, () =>
      asEngine(new ScheduledHost(plugin, 1)).map(share(data), plugin, this.#options),
    )
  }

  /** Put `values` into one accumulator. */
  fold(values: readonly unknown[]): unknown {
    const { init, leaf, add, merge } = this.reduction!
    // Not merged with `init()`, which would hide an `init` that changes what it is merged with.
    if (this.isFold && values.length > 0) return values.reduce((acc, value) => merge(acc, value))
    let acc = init === undefined ? leaf(values[0]) : init()
    for (let i = init === undefined ? 1 : 0; i < values.length; i++) acc = add(acc, values[i])
    return acc
  }

  /** The answer that the reducer makes from results; without a reducer, their list. */
  answerOf(values: readonly unknown[]): unknown {
    return this.reduction === undefined ? values : this.reduction.finish(this.fold(values))
  }

  /**
   * Whether two answers for `data` are equal.
   *
   * @throws {TypeError} the user's `equal` returns no boolean; a promise would count as true
   */
  isSame(left: unknown, right: unknown, data: TypedArray): boolean {
    if (this.#equal !== undefined) {
      const isSame: unknown = this.#equal(left, right)
      if (typeof isSame === 'boolean') return isSame
      throw new TypeError(`options.equal: expected it to return true or false, got ${show(isSame)}`)
    }
    return findDifference(left, right, closenessFor(data)) === undefined
  }

  /**
   * The outcome of a run over `data`, cut into chunks of `size`.
   *
   * @throws {Error} the run does not settle in time; that breaks no law, but every other case would take as long
   */
  async #settle(data: TypedArray, size: number, start: () => AnyRun): Promise<Outcome> {
    let timer: Timer | undefined
    let isLate = false
    try {
      const run = start()
      const value = await new Promise<unknown>((resolve, reject) => {
        timer = runtime.setTimeout(() => {
          isLate = true
          // The run may be on threads, which would wait for the same promise.
          run.cancel?.()
          reject(this.#lateness(data, size))
        }, this.#timeoutMs)
        run.then(resolve, reject)
      })
      // The answer of a run that is written in place.
      return { value: typeof value === 'object' && value !== null && isSharedMemory(value) ? value.view() : value }
    } catch (thrown) {
      if (isLate) throw thrown
      // What was thrown is compared and reported like a value.
      return { thrown }
    } finally {
      runtime.clearTimeout(timer)
    }
  }

  #lateness(data: TypedArray, size: number): Error {
    return new Error(
      `plugin ${printValue(this.plugin.name)}: a run over ${printCut(data, resize(this.chunker, size))} did not settle in ` +
        `${this.#timeoutMs} ms. Usually: map, setup or teardown returns a promise that nobody resolves; if it is only ` +
        'slow, give it more time (timeoutMs) or less data.',
    )
  }

  /** The plugin with another chunk size. If `map` is given, it is the chunk function, and the list of its results is the answer. */
  #variant(size: number, map?: MapFunction): DefinedPlugin {
    const { plugin } = this
    const chunks = (params: unknown): Chunker => {
      const per = shapeOf(plugin, params)?.per ?? 1
      const { chunks: own = per > 1 ? records({ length: per }) : fixed() } = plugin
      this.params = params
      this.chunker = typeof own === 'function' ? own(params) : own
      return resize(this.chunker, size)
    }
    if (map === undefined) return Object.freeze({ ...plugin, chunks })
    const listed = plugin.into === undefined ? {} : { reduce: list }
    return Object.freeze({ ...plugin, ...listed, chunks, map, fold: undefined })
  }
}

/** A chunk as it is at the beginning of a call: with its first random number to come. */
function begun<C>(chunk: C): C {
  if (chunk instanceof LaneChunk) chunk.moveTo(chunk.index, chunk.start, chunk.end, chunk.out)
  return chunk
}

/** Makes the list of results. */
const list: Reducer<unknown, unknown[]> = {
  init: () => [],
  add: (acc, value) => [...acc, value],
  merge: (left, right) => [...left, ...right],
}

type MapFunction = NonNullable<DefinedPlugin['map']>

/** An engine without the types of plugins, which are not known here. */
interface AnyEngine {
  run(data: unknown, plugin: DefinedPlugin, options: object): AnyRun
  map(data: unknown, plugin: DefinedPlugin, options: object): AnyRun
}

/** A run of such an engine. A user's engine may return only a promise. */
interface AnyRun extends PromiseLike<unknown> {
  cancel?(): void
  readonly stats?: { readonly skipped: Skipped } | undefined
}

function asEngine(host: ScheduledHost): AnyEngine {
  // `as`: the types of the plugin's parameters and data are not known here.
  return createHostEngine(host) as unknown as AnyEngine
}

/** A chunker like `chunker` with another size. The size counts records for `records()`, else elements. */
export function resize(chunker: Chunker, size: number): SizedChunker {
  return chunker.kind === 'records' ? { ...chunker, size: size * chunker.length } : { ...chunker, size }
}
