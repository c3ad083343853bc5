// The contract of chunk functions and plugins: the types of what users write.

import type { Chunker } from '../chunks/chunkers.js'
import type { ElementsOf, TypedArray } from '../data/typed-array.js'
import type { AnyReducer, FoldReducer, MergeFn, Reducer } from '../reduce/contract.js'
import type { StandardSchema } from './standard-schema.js'

/**
 * One chunk, as a chunk function sees it: the half-open range `[start, end)` of the data.
 *
 * All offsets count elements of the data (for bytes: bytes), from the start of the whole data. The object is only valid until
 * the function has returned (or its promise has settled), because a worker uses the same object for its next chunk.
 *
 * @typeParam P - the run's `params`
 * @typeParam T - the kind of typed array that the data is made of
 * @typeParam S - what a plugin's `setup` returned
 * @typeParam O - the kind of typed array that the run is written into
 * @typeParam X - what the run's first pass is reduced to
 */
export interface Chunk<P = undefined, T extends TypedArray = Uint8Array, S = undefined, O = undefined, X = undefined> {
  /** This chunk's number, from 0. */
  readonly index: number
  /** How many chunks the data was cut into, including chunks that own nothing. */
  readonly chunks: number
  /** The first element that this chunk owns. */
  readonly start: number
  /** One past the last element that this chunk owns. */
  readonly end: number
  /** The number of elements in the whole data. */
  readonly length: number
  /** The run's `params`. They are cloned once per worker; shared data in them stays shared. */
  readonly params: P
  /** What the plugin's `setup` returned in this worker; `undefined` without a `setup`. */
  readonly state: S
  /**
   * This chunk's own window of what the run is written into; `undefined` in a run without `into`.
   *
   * It has as many elements for each element of the chunk as the whole output has for each element of the data, in the same order. All
   * of its elements are zero when the function is called, also if the chunk is run again. It is the only part of the output that the
   * function may write, and it is valid until the function has returned (or its promise has settled).
   */
  readonly out: O
  /**
   * What the run's first pass is reduced to over all chunks before this one, in their order; `undefined` in a run without `prefix`.
   *
   * For the first chunk it is what the reducer gives for nothing, `finish(init())`. Do not write to it.
   */
  readonly prefix: X
  /**
   * Whether the run no longer needs this chunk, because it was cancelled, has failed or was closed. Reading it is one atomic
   * load, so long loops can poll it.
   */
  readonly cancelled: boolean
  /**
   * The next random number of this chunk: at least 0 and less than 1, uniform, with 53 bits; `Math.random` with a seed.
   *
   * The numbers follow from the run's `seed` and from `index` alone. So they are the same on any number of workers, and when the
   * chunk runs again. Other chunks have other numbers. The generator is Threefry-4x32-20, which docs/random.md describes.
   *
   * It may be taken off the chunk: `const { random } = chunk`. As the chunk itself, it is only valid until the function has returned.
   *
   * @example const { random } = chunk; const [x, y] = [random(), random()]
   */
  random(): number
  /**
   * Note that a record of this chunk was skipped, because it is broken for instance. The run's `stats.skipped` has how many were
   * skipped, and the first of them in the order of the data. Each is there exactly once, also if the chunk runs again.
   *
   * Say what the record is in the whole data, and not in the chunk: then it does not matter how the data is cut. It may be taken off
   * the chunk.
   *
   * @param start - its first element, from `chunk.start` to `chunk.end`
   * @param end - one past its last element, at most `chunk.length`
   * @param why - the reason: text, or an error; at most 200 characters are kept
   * @throws {RangeError} `start` or `end` is no such integer
   * @throws {TypeError} `why` is neither text nor an error
   * @example
   * eachLine(bytes, (start, end) => {
   *   if (end - start !== 80) chunk.skip(chunk.start + start, chunk.start + end, 'no card has this length')
   * })
   */
  skip(start: number, end: number, why: string | Error): void
  /**
   * Add to a counter of the run: `stats.counters` has the sums by name. Each chunk counts exactly once, also if it runs again. It may
   * be taken off the chunk.
   *
   * For a few figures about the run. Counts per key of the data are results: see `countByKey`. More than 1000 names in one run fail it.
   *
   * @param name - text of 1 to 100 characters
   * @param n - what to add; integer >= 0, default 1
   * @throws {TypeError | RangeError} `name` or `n` is no such value
   * @example if (line === '') chunk.count('empty lines')
   */
  count(name: string, n?: number): void
  /**
   * Any range `[start, end)` of the whole data, not only of this chunk.
   *
   * For data in memory this is a view. For a file the range is read into a new buffer. Offsets past the end of the data are
   * clamped.
   *
   * @throws {RangeError} `start` or `end` is not an integer >= 0, or `end < start`
   * @throws {TypeError} the data is a `range`, which has no bytes
   */
  view(start: number, end: number): Readonly<T>
}

/**
 * The user's function. It gets one chunk and returns a result, which must be cloneable.
 *
 * `bytes` holds the chunk's elements. With an overlapping chunker, `bytes` extends past `chunk.end`. `bytes` is only valid
 * until the function has returned (or its promise has settled), because a worker that reads a file uses its buffer again. If
 * the result holds a view of `bytes`, that part is copied before then.
 *
 * The function is called without a `this`: `this` is `undefined` in it.
 */
export type ChunkFn<
  R,
  P = undefined,
  T extends TypedArray = Uint8Array,
  S = undefined,
  O = undefined,
  X = undefined,
> = (bytes: Readonly<T>, chunk: Chunk<P, T, S, O, X>) => R | Promise<R>

/**
 * A fold function: adds one chunk to an accumulator, and returns the accumulator. It may change and return `acc`.
 *
 * There is no result per chunk. A worker keeps one accumulator for a block of neighbouring chunks; it begins as the reducer's
 * `init()`, and the function is called for the chunks of the block in ascending order. The reducer's `merge` puts the accumulators
 * of blocks together, left to right in a fixed tree. What a block is depends on the number of chunks alone, so the answer is the
 * same, bit for bit, for any number of workers.
 *
 * Law: folding two neighbouring chunks into one accumulator equals merging what each of them gives by itself:
 * `fold(fold(init(), a), b)` equals `merge(fold(init(), a), fold(init(), b))`.
 *
 * `bytes` is only valid during the call, and nothing of it is copied: an accumulator that keeps bytes keeps a copy of its own,
 * `bytes.slice(start, end)`.
 *
 * @example (counts, bytes) => { eachLine(bytes, (start, end) => { … counts.set(key, …) }); return counts }
 */
export type FoldFn<A, P = undefined, T extends TypedArray = Uint8Array, S = undefined, O = undefined, X = undefined> = (
  acc: A,
  bytes: Readonly<T>,
  chunk: Chunk<P, T, S, O, X>,
) => A | Promise<A>

/**
 * The first pass of a run: what each chunk needs to know of all chunks before it.
 *
 * @typeParam V - what `map` returns
 * @typeParam B - the accumulator of `reduce`
 * @typeParam X - `chunk.prefix` in the second pass
 * @typeParam F - the form of `map`
 */
export interface PrefixPass<V, B, X, F> {
  /** The chunk function of the first pass. It should be cheap, because it reads the data once more. */
  readonly map: F
  /**
   * How its results are reduced: `add` is called from left to right, in the order of the chunks. What comes before each chunk is kept,
   * so it should be small.
   */
  readonly reduce: Reducer<NoInfer<V>, B, X>
}

/**
 * What a plugin's runs are written into.
 *
 * @typeParam O - the kind of typed array
 */
export interface OutputShape<O> {
  /** The constructor of the output's kind of typed array, for example `Float64Array`. */
  readonly elements: OutputConstructor<O>
  /**
   * Elements of the output per element of the data; integer >= 1.
   *
   * @default 1
   */
  readonly times?: number | undefined
  /**
   * Elements of the data per element of the output; integer >= 1. Not together with `times`.
   *
   * @default 1
   */
  readonly per?: number | undefined
}

/** The constructor of one kind of typed array. */
export interface OutputConstructor<O> {
  /** For example `'Float64Array'`. */
  readonly name: string
  /** Bytes of one element. */
  readonly BYTES_PER_ELEMENT: number
  /** A view of `length` elements. */
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): O
}

/** `chunk.out` for an output of this kind; `undefined` if there is no output. */
export type OutOf<O> = O extends TypedArray ? ElementsOf<O> : undefined

export const brand: unique symbol = Symbol.for('onecopy.plugin') as never

/**
 * What {@link definePlugin} takes.
 *
 * @typeParam P - the parameters as the plugin's functions see them
 * @typeParam I - the parameters as a run gives them, which a schema may convert
 */
export interface PluginDefinition<
  P,
  R,
  A,
  Out,
  T extends TypedArray,
  S,
  I = unknown,
  O = undefined,
  V = unknown,
  B = undefined,
  X = B,
> {
  /** The plugin's name. It must be unique in its module. It need not be the name of the export. */
  readonly name: string
  /** One sentence. */
  readonly description?: string
  /**
   * The default parameters. A run may give others. Or a schema for the parameters, of any library that implements Standard
   * Schema (zod, valibot, arktype).
   *
   * A schema validates once, on the caller's thread, when the run is made, and must answer synchronously. `chunks`, `setup` and
   * the chunk function see the schema's output. If a run gives no parameters, the schema validates `undefined`, and if it
   * refuses that, `{}`.
   */
  readonly params?: P | StandardSchema<I, P>
  /** The chunker, or a function that makes it from the parameters. */
  readonly chunks?: Chunker | ((params: P) => Chunker)
  /** Runs once in each worker of a run, before its first chunk. What it returns is `chunk.state`. */
  readonly setup?: (params: P) => S | Promise<S>
  /**
   * Where this worker's chunks are to be placed: at least `byteLength` bytes, for example a part of WebAssembly memory. File
   * data is read straight into it, and shared data is copied into it chunk by chunk. `bytes` is then a view of its first bytes.
   *
   * Called before the worker's first chunk, and again when a chunk needs more room or the memory was detached because it grew.
   * The `byteOffset` must be a multiple of the data's element size. The buffer belongs to the plugin: if a result holds a view
   * of it, that part is copied. Without `buffer`, `bytes` is a view of shared data, or, for a file, of a buffer that the worker
   * owns.
   */
  readonly buffer?: (state: S, byteLength: number) => Uint8Array
  /**
   * Releases what `setup` acquired. Runs once in each worker whose `setup` succeeded, after the worker's last chunk. It also
   * runs if the run failed or was cancelled, but not if the worker itself died. The run settles after it.
   *
   * If it throws, the run fails (`ERR_CHUNK_FAILED`, without a chunk), unless the run fails for another reason, which then
   * takes precedence. Its time is not limited in a run that succeeds. In a run that fails or is cancelled, it has the engine's
   * `graceMs`, and then its worker is ended.
   */
  readonly teardown?: (state: S) => void | Promise<void>
  /** The chunk function. A plugin has a chunk function or a fold function. */
  readonly map: ChunkFn<R, P, T, S, OutOf<O>, X>
  /**
   * A first pass over the data, which says for each chunk what the chunks before it amount to: `chunk.prefix`. Its `map` is a chunk
   * function like `map`, with the same parameters and state, over the same chunks.
   */
  readonly prefix?: PrefixPass<V, B, X, ChunkFn<V, P, T, S>>
  /**
   * What runs are written into, or a function that says it from the parameters: each chunk writes its own window, `chunk.out`. A run may
   * give the output (`into`), else it allocates one. Without a reducer, the value of a run is the output, and what the chunk function
   * returns is not used.
   *
   * Where several elements of the data make one of the output (`per`), the default chunker is `records({ length: per })`.
   */
  readonly into?: OutputShape<O> | ((params: P) => OutputShape<O>)
  /** A plugin with a chunk function has no fold function. */
  readonly fold?: undefined
  /**
   * Whether a run with these parameters may end early. Only if the reducer has `enough`: such a run goes through the data in order,
   * which costs a little. Called on the caller's thread.
   *
   * @default a run may always end early
   */
  readonly stopsEarly?: (params: P) => boolean
  /** Used by `engine.run`. Without it, the run's value is the list of results. */
  readonly reduce?: Reducer<NoInfer<R>, A, Out> | MergeFn<NoInfer<R>>
}

/**
 * What {@link definePlugin} takes for a plugin that folds: a fold function in place of a chunk function, and how accumulators are
 * merged.
 */
export interface FoldingPluginDefinition<
  P,
  A,
  Out,
  T extends TypedArray,
  S,
  I = unknown,
  O = undefined,
  V = unknown,
  B = undefined,
  X = B,
> extends Omit<PluginDefinition<P, never, never, never, T, S, I, O, V, B, X>, 'map' | 'fold' | 'reduce'> {
  /** The fold function. */
  readonly fold: FoldFn<NoInfer<A>, P, T, S, OutOf<O>, X>
  /** A plugin that folds has no chunk function. */
  readonly map?: undefined
  /** Where accumulators begin, and how they are merged. Its `add`, if there is one, is not used. */
  readonly reduce: FoldReducer<A, Out>
}

/**
 * A plugin. Made by {@link definePlugin}.
 *
 * @typeParam P - the parameters as its functions see them
 * @typeParam R - what its chunk function returns
 * @typeParam Out - what `engine.run` resolves with
 * @typeParam T - the kind of data that it takes
 * @typeParam I - the parameters as a run gives them; if `undefined` is among them, a run may leave them out
 */
export interface Plugin<
  P = undefined,
  R = unknown,
  Out = R[],
  T extends TypedArray = Uint8Array,
  I = Partial<P> | undefined,
> {
  /** The absolute URL of the module that exports it. */
  readonly url: string
  /** Its name: unique in its module, and shown in events. */
  readonly name: string
  /** One sentence; empty if none was given. */
  readonly description: string
  /** The default parameters, of a schema too; undefined if a run has to give parameters. */
  readonly params: P | undefined
  /** The schema of its parameters, if it was defined with one. */
  readonly schema: StandardSchema<unknown, P> | undefined
  /** @internal */
  readonly [brand]: true
  /** For types only: it does not exist at run time. */
  readonly '~types'?: {
    /** What the chunk function returns. */
    readonly result: R
    /** What a run resolves with. */
    readonly out: Out
    /** The kind of typed array that the data is made of. */
    readonly data: T
    /** The parameters as a run gives them. */
    readonly params: I
  }
}

/** The parameters as a run gives them. A run may leave them out if an empty object is accepted. */
// biome-ignore lint/complexity/noBannedTypes: `{}` is what an empty object is, and that is the question
export type PluginInput<I> = {} extends I ? I | undefined : I

/** A first pass whose types are not known. */
export interface AnyPrefix {
  /** Its chunk function. */
  readonly map: ChunkFn<unknown, unknown, TypedArray, unknown, unknown, unknown>
  /** How its results are reduced. */
  readonly reduce: AnyReducer
}

/** A plugin together with everything in its definition. */
export interface DefinedPlugin extends Plugin<unknown, unknown, unknown, TypedArray> {
  /** How the data is cut. */
  readonly chunks: Chunker | ((params: unknown) => Chunker) | undefined
  /** Runs before a worker's first chunk. */
  readonly setup: ((params: unknown) => unknown) | undefined
  /** Where chunks are placed. */
  readonly buffer: ((state: unknown, byteLength: number) => Uint8Array) | undefined
  /** Releases what `setup` acquired. */
  readonly teardown: ((state: unknown) => unknown) | undefined
  /** It has `map` or `fold`. */
  readonly map: ChunkFn<unknown, unknown, TypedArray, unknown, unknown, unknown> | undefined
  /** The fold function, if it folds. */
  readonly fold: FoldFn<unknown, unknown, TypedArray, unknown, unknown, unknown> | undefined
  /** The first pass. */
  readonly prefix: AnyPrefix | undefined
  /** What runs are written into. */
  readonly into: OutputShape<TypedArray> | ((params: unknown) => OutputShape<TypedArray>) | undefined
  /** Whether a run may end early. */
  readonly stopsEarly: ((params: unknown) => boolean) | undefined
  /** Its reducer. */
  readonly reduce: AnyReducer | undefined
}
