// The contract of reducers: the types of what users write.

/**
 * How results become one value.
 *
 * Laws: `merge` is associative, and `init()` is its identity: `merge(init(), a)` and `merge(a, init())` equal `a`.
 *
 * With `order: 'index'` (the default), values are merged from left to right in a tree that depends only on the number of
 * chunks. So `merge` need not be commutative, and the result has the same bits for any number of workers. With `order: 'any'`
 * you promise that `merge` is commutative too. Each worker then folds all its results into one accumulator.
 *
 * `init`, `add`, `merge` and `enough` run in the workers and on the caller's thread. If you write them inline, they travel as source
 * text, like an inline chunk function. They may use `this` to reach the reducer's other members, and nothing else from outside.
 * In a bare merge function there is no `this`.
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
  /**
   * `'index'`: values are merged in chunk order. `'any'`: `merge` is commutative, so the order does not matter.
   *
   * @default 'index'
   */
  readonly order?: 'index' | 'any'
  /** Return the identity: a new one at each call. */
  init(): A
  /** Add one more result to the accumulator. It may change and return `acc`. */
  add(acc: A, value: R): A
  /** Merge two neighbours. It may change and return either. */
  merge(left: A, right: A): A
  /**
   * Whether what is merged to the right of `acc` changes nothing any more. If there is such a prefix of the data, the run stops
   * reading and ends. It must not change `acc`.
   *
   * Law: if `enough(a)`, then `merge(a, b)` equals `a`, for every `b`.
   *
   * With `enough`, workers go through the data in order and little at a time. The cost is a message per worker every 5 ms, and
   * a merge per chunk on the caller's thread.
   */
  enough?(acc: A): boolean
  /** Turn the accumulator into the final value. Called once, on the caller's thread. */
  finish?(acc: A): Out
}

/** A reducer without an identity: it merges two neighbouring results. It must be associative. */
export type MergeFn<R> = (left: R, right: R) => R

/**
 * How accumulators that were folded become one value: a {@link Reducer} without `add`, which the fold function takes the place of.
 * The same laws hold. Every ready-made reducer is one as well.
 */
export interface FoldReducer<A, Out = A> {
  /** `'index'` (default): merged by position. `'any'`: `merge` is commutative, any order will do. */
  readonly order?: 'index' | 'any'
  /** A fresh identity at each call. */
  init(): A
  /** Two neighbours put together; may change and return either. */
  merge(left: A, right: A): A
  /** Whether what is merged to the right of `acc` changes nothing any more; see {@link Reducer}. Then each chunk is a block. */
  enough?(acc: A): boolean
  /** The final value: called once, on the caller's thread. */
  finish?(acc: A): Out
}

/** A reducer of any form, once it was checked. */
export type AnyReducer = Reducer<unknown, unknown, unknown> | FoldReducer<unknown, unknown> | MergeFn<unknown>
