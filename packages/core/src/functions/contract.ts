// The contract of chunk functions and plugins: what users write, as types.

import type { Chunker } from '../chunks/chunkers.js'
import type { TypedArray } from '../data/typed-array.js'
import type { MergeFn, Reducer } from '../reduce/contract.js'
import type { StandardSchema } from './standard-schema.js'
/**
 * What one call of a chunk function owns: the half-open range `[start, end)` of the data.
 *
 * All offsets count elements of the data (bytes, for bytes), from the start of the whole data. Like `bytes`, it is only valid
 * until the function has returned (or its promise has settled): a lane uses the same object for its next chunk.
 *
 * @typeParam P - the run's `params`
 * @typeParam T - the kind of typed array that the data is made of
 * @typeParam S - what a plugin's `setup` returned
 */
export interface Chunk<P = undefined, T extends TypedArray = Uint8Array, S = undefined> {
  /** This chunk's number, from 0. */
  readonly index: number
  /** How many chunks the data was cut into; chunks that own nothing are counted too. */
  readonly count: number
  /** First element that this chunk owns. */
  readonly start: number
  /** One past the last element that this chunk owns. */
  readonly end: number
  /** Elements of the whole data. */
  readonly length: number
  /** The run's `params`: cloned once for each lane, shared data in it stays shared. */
  readonly params: P
  /** What the plugin's `setup` returned in this lane; `undefined` without a `setup`. */
  readonly state: S
  /** Whether the run no longer needs this chunk: cancelled, failed or closed. One atomic load: poll it in long loops. */
  readonly cancelled: boolean
  /**
   * Any window `[start, end)` of the whole data, not only of this chunk.
   *
   * In shared memory this is a view, of a file it is read into a fresh buffer. Offsets past the data are clamped to it.
   *
   * @throws {RangeError} `start` or `end` is no integer >= 0, or `end < start`
   */
  view(start: number, end: number): Readonly<T>
}

/**
 * The user's function: it looks at one chunk and returns a result that can be cloned.
 *
 * `bytes` holds the chunk's elements. An overlapping chunker lets `bytes` run past `chunk.end`. `bytes` is only valid
 * until the function has returned (or its promise has settled): a lane that reads a file uses its buffer again.
 * A view of `bytes` in the result is copied out in time.
 *
 * It is called by itself: `this` is `undefined` in it.
 */
export type ChunkFn<R, P = undefined, T extends TypedArray = Uint8Array, S = undefined> = (
  bytes: Readonly<T>,
  chunk: Chunk<P, T, S>,
) => R | Promise<R>

export const brand: unique symbol = Symbol.for('onecopy.plugin') as never

/**
 * What {@link definePlugin} is given.
 *
 * @typeParam P - the parameters as its functions see them
 * @typeParam I - the parameters as a run gives them, where a schema makes others of them
 */
export interface PluginDefinition<P, R, A, Out, T extends TypedArray, S, I = unknown> {
  /** Names the plugin among its module's exports, and no other one there; need not equal the export's name. */
  readonly name: string
  /** One sentence. */
  readonly description?: string
  /**
   * The parameters with their default values, of which a run may give others; or a schema for them, of any library that
   * implements Standard Schema (zod, valibot, arktype).
   *
   * A schema validates once, when the run is made, on the caller's thread, and has to answer at once. What it makes of the
   * given parameters is what `chunks`, `setup` and the chunk function see. Parameters that are not given are what it makes of
   * `undefined`, or if it refuses that, of `{}`.
   */
  readonly params?: P | StandardSchema<I, P>
  /** The chunker, or how it follows from the parameters. */
  readonly chunks?: Chunker | ((params: P) => Chunker)
  /** Runs once in each lane of a run, before its first chunk: what it returns is `chunk.state`. */
  readonly setup?: (params: P) => S | Promise<S>
  /**
   * Where this lane's chunks shall land: at least `byteLength` bytes, a window of WebAssembly memory for instance. File data
   * is read straight into it, shared data is copied into it chunk by chunk; `bytes` is then a view of its first bytes.
   *
   * Called before the lane's first chunk, and again when a chunk needs more or the memory was detached because it grew. The
   * `byteOffset` must be a multiple of the data's element size. The buffer stays the plugin's: a view of it in a result is
   * copied out. Without it, shared data is passed as a view, and a file's chunks in a buffer of the lane's own.
   */
  readonly buffer?: (state: S, byteLength: number) => Uint8Array
  /**
   * Gives back what `setup` took: runs once in each lane whose setup succeeded, behind its last chunk, also when the lane or
   * the run failed or was cancelled; not when the worker itself died. The run settles after it.
   *
   * What it throws fails the run (`ERR_CHUNK_FAILED`, without a chunk), unless that has failed anyway: any other failure goes
   * before it. Its time is not limited while the run goes well; in a run that fails or is cancelled it has the engine's
   * `graceMs`, then its worker is ended.
   */
  readonly teardown?: (state: S) => void | Promise<void>
  /** The chunk function. */
  readonly map: ChunkFn<R, P, T, S>
  /** Used by `engine.run`; without it the run's value is the list of results. */
  readonly reduce?: Reducer<NoInfer<R>, A, Out> | MergeFn<NoInfer<R>>
}

/**
 * A plugin. Made by {@link definePlugin}.
 *
 * @typeParam P - the parameters as its functions see them
 * @typeParam R - what its chunk function returns
 * @typeParam Out - what `engine.run` gives
 * @typeParam T - the kind of data that it takes
 * @typeParam I - the parameters as a run gives them; with `undefined` among them a run may leave them out
 */
export interface Plugin<
  P = undefined,
  R = unknown,
  Out = R[],
  T extends TypedArray = Uint8Array,
  I = Partial<P> | undefined,
> {
  /** The module that exports it, absolute. */
  readonly url: string
  /** Names it among its module's exports, and its runs in events. */
  readonly name: string
  /** One sentence; empty if there is none. */
  readonly description: string
  /** The default parameters, also those of a schema; undefined where parameters have to be given. */
  readonly params: P | undefined
  /** The schema of its parameters, if it was defined with one. */
  readonly schema: StandardSchema<unknown, P> | undefined
  /** @internal */
  readonly [brand]: true
  /** Types only: never there at run time. */
  readonly '~types'?: {
    /** What the chunk function returns. */
    readonly result: R
    /** What a run gives. */
    readonly out: Out
    /** The kind of typed array that the data is made of. */
    readonly data: T
    /** The parameters as a run gives them. */
    readonly params: I
  }
}

/** The parameters as a run gives them: it may leave them out where a schema accepts an empty object. */
// biome-ignore lint/complexity/noBannedTypes: `{}` is what an empty object is, and that is the question
export type PluginInput<I> = {} extends I ? I | undefined : I

/** A plugin with everything that it was defined with. */
export type DefinedPlugin = Plugin<unknown, unknown, unknown, TypedArray> &
  Omit<PluginDefinition<unknown, unknown, unknown, unknown, TypedArray, unknown>, 'params'>
