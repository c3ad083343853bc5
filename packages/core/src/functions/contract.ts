// The contract of chunk functions: the types of what users write. plugin-contract.ts has those of plugins.

import type { ChunkSource } from '../base/errors.js'
import type { TypedArray } from '../data/typed-array.js'
import type { Reducer } from '../reduce/contract.js'

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
  /**
   * If the data consists of several files (`files` of @onecopy/node): in which one this chunk is, and where. Each time it is read, it
   * is a new object. Else `undefined`.
   *
   * A chunk never crosses from one file to the next. `start`, `end` and `view` count in the data as a whole.
   *
   * @example const { path, number, index, offset } = chunk.source // '/logs/b.log', the file 1, its chunk 0, at its element 0
   * @example const hasHeader = (chunk.source ?? chunk).index === 0 // for one file and for several
   */
  readonly source: ChunkSource | undefined
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
   * clamped. A stream shows only the bytes that the function is given, and 64 KiB before them.
   *
   * @throws {RangeError} `start` or `end` is not an integer >= 0, or `end < start`; or a stream does not show these bytes
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
