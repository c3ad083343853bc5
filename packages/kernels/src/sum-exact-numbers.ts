// The plugin that adds up all numbers without rounding.

import { definePlugin, type ExactSum, fixed, type Plugin, sumExact } from '@onecopy/core'
import { type NumberArray, numberKind } from './wasm/element-kind.js'
import { checkedChunks, chunkElements, landingBuffer, type SimdParams, simdByDefault, simdState } from './wasm/simd.js'

/** The kernel leaves this many words of the sum, 32 bits apart. */
const limbCount = 66
const exact = sumExact()

/**
 * The correctly rounded sum of numbers, as `sumExact` of `@onecopy/core` gives it; 0 for no data. It depends on the numbers alone:
 * their order, the chunks and the workers do not show.
 *
 * The kernel is for `Float64Array`. Other kinds use the plain twin.
 *
 * @throws {TypeError} `simd` is neither true nor false
 * @throws in the worker (`ERR_CHUNK_FAILED`): the data are bigints; see {@link sumBigInts}
 * @example const total = await engine.run(share(Float64Array.of(1e16, 1, -1e16)), sumExactNumbers) // 1
 */
export const sumExactNumbers: Plugin<SimdParams, ExactSum, number, NumberArray> = definePlugin(import.meta.url, {
  name: 'sum-exact-numbers',
  description: 'The correctly rounded sum of numbers.',
  params: simdByDefault,
  chunks: checkedChunks(fixed({ size: chunkElements })),
  setup: simdState,
  buffer: landingBuffer,

  map(numbers: Readonly<NumberArray>, { start, end, state: { kernel } }): ExactSum {
    const isDouble = numberKind(numbers) === 'Float64'
    if (kernel !== undefined && isDouble && kernel.run.sumExactFloat64(kernel.place(numbers), end - start)) {
      const limbs = new BigInt64Array(kernel.run.memory.buffer, kernel.run.offsets.value, limbCount)
      let units = 0n
      for (let i = limbCount - 1; i >= 0; i--) units = (units << 32n) + limbs[i]!
      if (units !== 0n) return { units, rest: 0 }
    }
    // Of a sum of 0 the sign of zeros decides, and infinities are added as doubles. Both are rare.
    return exact.add(exact.init(), numbers.subarray(0, end - start))
  },

  // What a chunk gives is an accumulator already.
  reduce: { ...exact, add: exact.merge },
})
