// The contract of plugins: the types of what users define, and of what a defined plugin is.

import type { Chunker } from '../chunks/chunkers.js'
import type { ElementsOf, TypedArray } from '../data/typed-array.js'
import type { AnyReducer, FoldReducer, MergeFn, Reducer } from '../reduce/contract.js'
import type { ChunkFn, FoldFn, PrefixPass } from './contract.js'
import type { StandardSchema } from './standard-schema.js'

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

/** A definition of a plugin whose types are not known. */
export type AnyPluginDefinition =
  // `O` is a typed array, because `chunk.out` would be undefined else.
  | PluginDefinition<unknown, unknown, unknown, unknown, TypedArray, unknown, unknown, TypedArray, unknown, unknown>
  | FoldingPluginDefinition<unknown, unknown, unknown, TypedArray, unknown, unknown, TypedArray, unknown, unknown>

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
