// The contract of chunk functions and reducers: what users write, as types.

import type { TypedArray } from './shared-data.js'

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

/**
 * How results become one value.
 *
 * Laws: `merge` is associative, and `init()` is its identity: `merge(init(), a)` and `merge(a, init())` equal `a`.
 * With `order: 'index'` (the default) values are merged left to right by position in a tree that depends on the number
 * of chunks alone; `merge` need not be commutative and the result is the same, bit for bit, for any number of workers.
 * With `order: 'any'` you promise that `merge` is commutative too; a lane then folds all that it runs into one accumulator.
 *
 * `init`, `add` and `merge` run in the lanes and on the caller's thread. Written inline they travel as source text, like
 * an inline chunk function: they may use `this` to reach the reducer's other members, and nothing else from outside. A bare
 * merge function has no `this`.
 *
 * @example
 * const mean = {
 *   init: () => ({ sum: 0, n: 0 }),
 *   add: (acc, value) => ({ sum: acc.sum + value, n: acc.n + 1 }),
 *   merge: (left, right) => ({ sum: left.sum + right.sum, n: left.n + right.n }),
 *   finish: (acc) => acc.sum / acc.n,
 * }
 */
export interface Reducer<R, A, Out = A> {
  /** `'index'` (default): merged by position. `'any'`: `merge` is commutative, any order will do. */
  readonly order?: 'index' | 'any'
  /** A fresh identity at each call. */
  init(): A
  /** The accumulator with one more result in it; may change and return `acc`. */
  add(acc: A, value: R): A
  /** Two neighbours put together; may change and return either. */
  merge(left: A, right: A): A
  /** The final value: called once, on the caller's thread. */
  finish?(acc: A): Out
}

/** A reducer without identity: puts two neighbouring results together. Associative. */
export type MergeFn<R> = (left: R, right: R) => R

/** The range of one chunk, as errors and events report it: elements of the data, `[start, end)`. */
export interface ChunkRange {
  /** The chunk's number, from 0. */
  readonly index: number
  /** First element that it owns. */
  readonly start: number
  /** One past the last element that it owns. */
  readonly end: number
}
