// The contract of reducers: what users write, as types.

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
