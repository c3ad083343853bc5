// A reducer for the search plugin: the number of matches and the first offsets, in little memory.

import type { Reducer } from '@onecopy/core'

/** The number of matches and the first of them. */
export interface Hits {
  count: number
  /** Offsets in bytes, ascending. */
  readonly first: number[]
}

/**
 * The reducer together with what its functions use. It travels to the workers as data and source text, so its functions use
 * `this`.
 */
interface FirstHits extends Reducer<Float64Array, Hits> {
  readonly keep: number
  take(hits: Hits, offsets: ArrayLike<number>): Hits
}

/**
 * Count all matches and keep the first `keep` offsets. The answer stays small for any number of matches.
 *
 * @param keep - how many offsets to keep; integer >= 0
 * @throws {RangeError} `keep` is not an integer >= 0
 * @example const { count, first } = await engine.map(data, search, { params }).reduce(firstHits(5))
 */
export function firstHits(keep: number): Reducer<Float64Array, Hits> {
  if (!Number.isSafeInteger(keep) || keep < 0) throw new RangeError(`keep: expected an integer >= 0, got ${keep}`)
  const reducer: FirstHits = {
    keep,
    init() {
      return { count: 0, first: [] }
    },
    add(hits, offsets) {
      hits.count += offsets.length
      return this.take(hits, offsets)
    },
    merge(left, right) {
      left.count += right.count
      return this.take(left, right.first)
    },
    take(hits, offsets) {
      for (let i = 0; i < offsets.length && hits.first.length < this.keep; i++) hits.first.push(offsets[i]!)
      return hits
    },
  }
  return reducer
}
