// The option of runs with a first pass: the types of what users give.

import type { TypedArray } from '../data/typed-array.js'
import type { ChunkFn, PrefixPass } from '../functions/contract.js'
import type { ModuleFunction } from '../functions/module-function.js'

/**
 * The option of a run with a first pass.
 *
 * @typeParam V - what the chunk function of the first pass returns
 * @typeParam B - the accumulator of its reducer
 * @typeParam X - `chunk.prefix`
 */
export interface PrefixOption<V, B, X, P, T extends TypedArray> {
  /**
   * A first pass over the same chunks, which says for each chunk what the chunks before it amount to: `chunk.prefix`. This is a scan:
   * for cumulative sums, line numbers, and the places of what is kept.
   *
   * The data is read twice, and each result of the first pass goes through the caller's thread. Progress and stats count the second
   * pass; time, retries and lost workers count both.
   *
   * @example { prefix: { map: (part) => part.reduce((a, b) => a + b, 0), reduce: sum() } }
   */
  readonly prefix?: PrefixPass<V, B, X, ChunkFn<V, P, T> | ModuleFunction<V, P, T>> | undefined
}
