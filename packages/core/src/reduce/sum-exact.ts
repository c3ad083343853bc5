// The correctly rounded sum of doubles.

import { checkCount } from '../base/check.js'
import type { Reducer } from './contract.js'
import { addExact, type ExactSum, mergeExact, roundExact } from './exact-sum.js'
import { type Numbers, numbersOf } from './numbers-of.js'
import { withRecipe } from './with-recipe.js'

/**
 * The correctly rounded sum of numbers: of all doubles the nearest to the exact sum (of two at the same distance, the even one), as
 * `Math.sumPrecise` gives it. So it depends on the numbers alone: their order, the chunks and the workers do not show, not even
 * in the last bit.
 *
 * Takes per chunk a number, or a list of numbers (an array or a typed array). A sum that is too large in between does no harm;
 * if the whole sum is too large, it is infinite. NaN, or infinities of both signs, give NaN. The sum of nothing is 0. The
 * sum is -0 if all numbers are -0.
 *
 * The accumulator is a bigint: about 150 bytes for numbers near 1. A list takes about seven times as long as a plain loop.
 *
 * @throws in the worker (`ERR_CHUNK_FAILED`): a result is neither a number nor a list of numbers
 * @example const total = await engine.map(share(Float64Array.of(1e16, 1, -1e16)), (part) => part).reduce(sumExact()) // 1
 * @see https://tc39.es/proposal-math-sum/
 */
export function sumExact(): Reducer<Numbers, ExactSum, number> {
  checkCount('sumExact', 0, arguments.length)
  return withRecipe('sumExact', [], {
    init: () => ({ units: 0n, rest: undefined }),
    add: (acc, value) => addExact(acc, numbersOf('sumExact', value)),
    merge: mergeExact,
    finish: roundExact,
  })
}
