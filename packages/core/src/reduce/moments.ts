// The mean and the variance.

import { checkCount, readOptions, show } from '../base/check.js'
import type { Reducer } from './contract.js'
import { type Numbers, numbersOf } from './numbers-of.js'
import { withRecipe } from './with-recipe.js'

/** The accumulator of {@link mean}. */
export interface MeanState {
  /** How many numbers there are. */
  n: number
  /** Their sum. */
  sum: number
}

/**
 * The arithmetic mean of all numbers; undefined if there are none.
 *
 * Takes per chunk a number, or a list of numbers (an array or a typed array). One NaN makes the mean NaN. If the sum of the
 * numbers is too large for a double, the mean is infinite.
 *
 * @throws in the worker (`ERR_CHUNK_FAILED`): a result is neither a number nor a list of numbers
 * @example const average = await engine.map(share(Float64Array.of(1, 2, 6)), (part) => part).reduce(mean()) // 3
 */
export function mean(): Reducer<Numbers, MeanState, number | undefined> {
  checkCount('mean', 0, arguments.length)
  const merge = (left: MeanState, right: MeanState): MeanState => {
    left.n += right.n
    left.sum += right.sum
    return left
  }
  return withRecipe('mean', [], {
    // -0 is the identity of addition.
    init: () => ({ n: 0, sum: -0 }),
    add: (acc, value) => {
      const numbers = numbersOf('mean', value)
      return merge(acc, { n: numbers.length, sum: plainSum(numbers) })
    },
    merge,
    finish: ({ n, sum }) => (n === 0 ? undefined : sum / n),
  })
}

function plainSum(numbers: ArrayLike<number>): number {
  let sum = -0
  for (let i = 0; i < numbers.length; i++) sum += numbers[i]!
  return sum
}

/** The accumulator of {@link variance}. */
export interface VarianceState {
  /** How many numbers there are. */
  n: number
  /** Their mean. */
  mean: number
  /** The sum of the squares of their distances from the mean. */
  squares: number
}

/** The options of {@link variance}. */
export interface VarianceOptions {
  /**
   * Of what the numbers are. `'sample'`: the sum of squares is divided by n - 1. `'population'`: by n.
   *
   * @default 'sample'
   */
  readonly of?: 'sample' | 'population'
}

/**
 * The variance of all numbers. Its square root is the standard deviation.
 *
 * Gives the sample variance, the sum of the squared distances from the mean divided by n - 1, as `statistics.variance` in
 * Python and `VAR_SAMP` in SQL; undefined for fewer than 2 numbers. With `of: 'population'` it is divided by n; undefined for
 * no numbers.
 *
 * Takes per chunk a number, or a list of numbers (an array or a typed array). Each list is passed twice, for its mean and for
 * the squares with the correction of what rounding has taken from the mean, and lists are merged by the formula of Chan, Golub
 * and LeVeque. So large numbers that are close together lose hardly a digit, where a sum of squares would lose them all. NaN and
 * infinite numbers make the variance NaN.
 *
 * @throws {TypeError} an option is wrong or unknown
 * @throws in the worker (`ERR_CHUNK_FAILED`): a result is neither a number nor a list of numbers
 * @example const deviation = Math.sqrt((await engine.map(numbers, (part) => part).reduce(variance())) ?? 0)
 * @see T. F. Chan, G. H. Golub, R. J. LeVeque: Updating Formulae and a Pairwise Algorithm for Computing Sample Variances (1979)
 */
export function variance(options?: VarianceOptions): Reducer<Numbers, VarianceState, number | undefined> {
  checkCount('variance', 1, arguments.length)
  const { of = 'sample' } = readOptions('variance', options, ['of'])
  if (of !== 'sample' && of !== 'population') {
    throw new TypeError(`of: expected 'sample' or 'population', got ${show(of)}`)
  }
  const less = of === 'sample' ? 1 : 0
  return withRecipe('variance', [{ of }], {
    init: () => ({ n: 0, mean: 0, squares: 0 }),
    add: (acc, value) => mergeVariance(acc, varianceOf(numbersOf('variance', value))),
    merge: mergeVariance,
    finish: ({ n, squares }) => (n <= less ? undefined : squares / (n - less)),
  })
}

function varianceOf(numbers: ArrayLike<number>): VarianceState {
  const n = numbers.length
  if (n === 0) return { n: 0, mean: 0, squares: 0 }
  const middle = middleOf(numbers)
  let off = 0
  let squares = 0
  for (let i = 0; i < n; i++) {
    const distance = numbers[i]! - middle
    off += distance
    squares += distance * distance
  }
  // Too large for a double, or not numbers at all.
  if (!Number.isFinite(squares)) return { n, mean: middle, squares }
  // The middle is not quite the mean, because sums are rounded. How far it is off follows from the distances, which are small.
  return { n, mean: middle + off / n, squares: Math.max(0, squares - off * (off / n)) }
}

/** About the mean of numbers. */
function middleOf(numbers: ArrayLike<number>): number {
  const { length } = numbers
  const sum = plainSum(numbers)
  if (Number.isFinite(sum)) return sum / length
  // The sum may be too large for a double, and the mean is not. Its last bits matter, because squares of them are large.
  let middle = 0
  for (let i = 0; i < length; i++) middle += numbers[i]! / length
  let off = 0
  for (let i = 0; i < length; i++) off += (numbers[i]! - middle) / length
  return middle + off
}

function mergeVariance(left: VarianceState, right: VarianceState): VarianceState {
  if (left.n === 0) return right
  if (right.n === 0) return left
  const n = left.n + right.n
  const distance = right.mean - left.mean
  left.squares += right.squares + distance * distance * ((left.n * right.n) / n)
  // The distance between two doubles may be too large for a double.
  if (Number.isFinite(distance)) left.mean += distance * (right.n / n)
  else left.mean = left.mean * (left.n / n) + right.mean * (right.n / n)
  left.n = n
  return left
}
