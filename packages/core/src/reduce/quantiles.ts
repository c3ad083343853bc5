// Quantiles from a sketch that merges exactly.
//
// Why not a library: a t-digest depends on the order of its input. DDSketch, the usual mergeable sketch, keeps its state in
// objects with methods, which do not cross threads, and finds buckets by Math.log, whose last bits differ between JavaScript
// engines. This sketch gives the same promise, a relative error, with buckets that are read from the bits of a number.

import { checkCount, readOptions, show } from '../base/check.js'
import { double, highWord, words } from '../base/float-bits.js'
import type { Reducer } from './contract.js'
import { type Numbers, numbersOf } from './numbers-of.js'
import { withRecipe } from './with-recipe.js'

/**
 * The accumulator of {@link quantiles}.
 *
 * Between a power of two and the next, numbers are counted in buckets of equal width. A page has the counts of these buckets.
 */
export interface QuantileSketch {
  /** How many numbers there are. */
  n: number
  /** How many of them are NaN. */
  nan: number
  /** The least number. */
  min: number
  /** The greatest number. */
  max: number
  /** Pages by the sign and the exponent of their numbers: the upper 12 bits of a double. */
  readonly pages: Map<number, Float64Array>
}

/** The options of {@link quantiles}. */
export interface QuantileOptions {
  /**
   * The largest relative error of an answer; a number from 0.0001 to 0.5.
   *
   * @default 0.01
   */
  readonly error?: number
}

/**
 * Quantiles of all numbers, for example the median and the 99th percentile, in the order of `at`; undefined if there are no
 * numbers.
 *
 * The quantile `q` of `n` numbers is the `ceil(q · n)`-th in ascending order (the first for `q` = 0): 0.07 of 100 is the 7th. An
 * answer differs from it by at most `error` times that number: with 0.01, 100 ms stands for 99 to 101 ms. The quantiles 0 and 1 are
 * exact: the least and the greatest number. Numbers closer to 0 than 2.3e-308 count as 0. One NaN makes all quantiles NaN.
 *
 * Takes per chunk a number, or a list of numbers (an array or a typed array). The accumulator is made of counts, so it merges
 * exactly: the answer depends on the numbers alone, and not on their order or the chunks. It takes memory for each power of two
 * that occurs: 512 bytes with an error of 0.01, and twice as much for half the error.
 *
 * @param at - which quantiles; numbers from 0 to 1; default: 0.5, 0.9 and 0.99
 * @throws {TypeError | RangeError} `at` is not a list of numbers from 0 to 1, or an option is wrong or unknown
 * @throws in the worker (`ERR_CHUNK_FAILED`): a result is neither a number nor a list of numbers
 * @example const [median, p99] = (await engine.map(log, times, { chunks: lines() }).reduce(quantiles([0.5, 0.99]))) ?? []
 * @see C. Masson, J. E. Rim, H. K. Lee: DDSketch: A Fast and Fully-Mergeable Quantile Sketch with Relative-Error Guarantees (2019)
 */
export function quantiles<const Q extends readonly number[] = readonly [0.5, 0.9, 0.99]>(
  at?: Q,
  options?: QuantileOptions,
): Reducer<Numbers, QuantileSketch, QuantilesOf<Q> | undefined> {
  checkCount('quantiles', 2, arguments.length)
  const wanted = checkQuantiles(at)
  const { error = 0.01 } = readOptions('quantiles', options, ['error'])
  if (!(typeof error === 'number' && error >= 0.0001 && error <= 0.5)) {
    throw new RangeError(`error: expected a number from 0.0001 to 0.5, got ${show(error)}`)
  }
  const bits = bitsFor(error)
  // `as`: one number for each of `at`.
  const finish = (acc: QuantileSketch): QuantilesOf<Q> | undefined =>
    acc.n === 0 ? undefined : (quantilesOf(acc, wanted, bits) as QuantilesOf<Q>)
  return withRecipe('quantiles', [wanted, { error }], {
    init: () => ({ n: 0, nan: 0, min: Infinity, max: -Infinity, pages: new Map<number, Float64Array>() }),
    add: (acc, value) => addNumbers(acc, numbersOf('quantiles', value), bits),
    merge: mergeSketches,
    finish,
  })
}

/** A number for each quantile. */
export type QuantilesOf<Q extends readonly number[]> = { -readonly [K in keyof Q]: number }

function checkQuantiles(at: unknown): readonly number[] {
  if (at === undefined) return [0.5, 0.9, 0.99]
  if (!Array.isArray(at)) throw new TypeError(`at: expected a list of numbers from 0 to 1, got ${show(at)}`)
  // Array.from, because map leaves out holes.
  return Array.from(at, (q: unknown, i) => {
    if (typeof q === 'number' && q >= 0 && q <= 1) return q
    throw new RangeError(`at[${i}]: expected a number from 0 to 1, got ${show(q)}`)
  })
}

/** How many bits of the fraction choose a bucket. The middle of a bucket is off by at most 2^-(bits + 1) of its numbers. */
function bitsFor(error: number): number {
  let bits = 0
  for (let off = 0.5; off > error; off /= 2) bits++
  return bits
}

function addNumbers(acc: QuantileSketch, numbers: ArrayLike<number>, bits: number): QuantileSketch {
  const { pages } = acc
  const shift = 20 - bits
  const mask = 2 ** bits - 1
  let { nan, min, max } = acc
  let place = -1
  let page: Float64Array | undefined
  for (let i = 0; i < numbers.length; i++) {
    const x = numbers[i]!
    if (Number.isNaN(x)) {
      nan++
      continue
    }
    if (x < min) min = x
    if (x > max) max = x
    double[0] = x
    const high = words[highWord]!
    if (page === undefined || high >>> 20 !== place) {
      place = high >>> 20
      page = pages.get(place) ?? new Float64Array(mask + 1)
      pages.set(place, page)
    }
    page[(high >>> shift) & mask]!++
  }
  acc.n += numbers.length
  acc.nan = nan
  // Of 0 and -0 either may come first. The sketch does not tell them apart.
  acc.min = min + 0
  acc.max = max + 0
  return acc
}

function mergeSketches(left: QuantileSketch, right: QuantileSketch): QuantileSketch {
  left.n += right.n
  left.nan += right.nan
  left.min = Math.min(left.min, right.min)
  left.max = Math.max(left.max, right.max)
  for (const [place, page] of right.pages) {
    const own = left.pages.get(place)
    if (own === undefined) left.pages.set(place, page)
    else for (let i = 0; i < own.length; i++) own[i]! += page[i]!
  }
  return left
}

function quantilesOf({ n, nan, min, max, pages }: QuantileSketch, at: readonly number[], bits: number): number[] {
  if (nan > 0) return at.map(() => NaN)
  const buckets = [...ascendingBuckets(pages, bits)]
  return at.map((q) => {
    const rank = rankOf(q, n)
    if (rank === 1) return min
    if (rank === n) return max
    let before = 0
    for (const [middle, count] of buckets) {
      before += count
      if (before >= rank) return Math.min(max, Math.max(min, middle))
    }
    return max
  })
}

/** The least rank whose share of `n` is at least `q`. The product may be rounded past it: as doubles, 0.07 · 100 is more than 7. */
function rankOf(q: number, n: number): number {
  const rank = Math.max(1, Math.ceil(q * n))
  if (rank > 1 && (rank - 1) / n >= q) return rank - 1
  return rank / n < q ? rank + 1 : rank
}

/** The middle of each bucket that is not empty, with its count, in ascending order of the numbers. */
function* ascendingBuckets(
  pages: ReadonlyMap<number, Float64Array>,
  bits: number,
): Generator<readonly [middle: number, count: number]> {
  const negative = 2 ** 11
  const places = [...pages.keys()]
  const descending = places.filter((place) => place >= negative).sort((a, b) => b - a)
  const ascending = places.filter((place) => place < negative).sort((a, b) => a - b)
  for (const place of [...descending, ...ascending]) {
    const page = pages.get(place)!
    for (let i = 0; i < page.length; i++) {
      const bucket = place < negative ? i : page.length - 1 - i
      if (page[bucket]! > 0) yield [middleOf(place, bucket, bits), page[bucket]!]
    }
  }
}

function middleOf(place: number, bucket: number, bits: number): number {
  const exponent = place & 2047
  if (exponent === 0) return 0
  words[1 - highWord] = 0
  // Half a bucket above its lower edge. Infinity has no fraction.
  words[highWord] = place * 2 ** 20 + (exponent === 2047 ? 0 : (bucket + 0.5) * 2 ** (20 - bits))
  return double[0]!
}
