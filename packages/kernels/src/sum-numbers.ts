// The plugins that add up all elements.

import { definePlugin, fixed, type Plugin, sum } from '@onecopy/core'
import { plainSumBigInts, plainSumFloats, plainSumIntegers } from './plain/numbers.js'
import { type BigIntArray, bigIntKind, type NumberArray, numberKind } from './wasm/element-kind.js'
import { checkedChunks, chunkElements, landingBuffer, type SimdParams, simdByDefault, simdState } from './wasm/simd.js'

/**
 * The sum of numbers; 0 for no data.
 *
 * Integers: the sum is exact if the sum and all partial sums lie within ±2^53. The sum of one chunk is always the number
 * nearest to the exact sum.
 *
 * Floats: they are added as doubles, in an order that depends on the chunker and the data's length alone. So the sum has the
 * same bits with and without SIMD, and on any number of workers. In a chunk, element `i` is added to accumulator `i % 8`. Then
 * the accumulators are added as a tree: `((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7))`. The sums of the chunks are added by
 * the fixed tree of all reducers. The last bits may differ from those of a simple loop. Usually this sum is closer to the exact
 * one.
 *
 * @throws {TypeError} `simd` is neither true nor false
 * @throws in the worker (`ERR_CHUNK_FAILED`): the data are bigints; see {@link sumBigInts}
 * @example const total = await engine.run(share(Float64Array.of(0.5, 0.25)), sumNumbers) // 0.75
 */
export const sumNumbers: Plugin<SimdParams, number, number, NumberArray> = definePlugin(import.meta.url, {
  name: 'sum-numbers',
  description: 'The sum of numbers.',
  params: simdByDefault,
  chunks: checkedChunks(fixed({ size: chunkElements })),
  setup: simdState,
  buffer: landingBuffer,

  map(numbers: Readonly<NumberArray>, { start, end, state: { kernel } }): number {
    const kind = numberKind(numbers)
    if (kernel !== undefined && kind !== 'Float16') {
      return kernel.run[`sum${kind}`](kernel.place(numbers), end - start)
    }
    const owned = numbers.subarray(0, end - start)
    return kind.startsWith('Float') ? plainSumFloats(owned) : plainSumIntegers(owned)
  },

  reduce: sum(),
})

/**
 * The exact sum of bigints, of any size; 0n for no data.
 *
 * @throws {TypeError} `simd` is neither true nor false
 * @throws in the worker (`ERR_CHUNK_FAILED`): the data are numbers; see {@link sumNumbers}
 * @example const total = await engine.run(share(BigInt64Array.of(1n, -2n)), sumBigInts) // -1n
 */
export const sumBigInts: Plugin<SimdParams, bigint, bigint, BigIntArray> = definePlugin(import.meta.url, {
  name: 'sum-big-ints',
  description: 'The sum of bigints.',
  params: simdByDefault,
  chunks: checkedChunks(fixed({ size: chunkElements })),
  setup: simdState,
  buffer: landingBuffer,

  map(bigints: Readonly<BigIntArray>, { start, end, state: { kernel } }): bigint {
    const kind = bigIntKind(bigints)
    const owned = end - start
    if (kernel === undefined) return plainSumBigInts(bigints.subarray(0, owned))
    const { run } = kernel
    run[`sum${kind}`](kernel.place(bigints), owned)
    const halves = new DataView(run.memory.buffer, run.results.value)
    const sum = (halves.getBigUint64(8, true) << 32n) + halves.getBigUint64(0, true)
    // The kernel adds 2^63 to each signed element to make it unsigned.
    return kind === 'BigInt64' ? sum - (BigInt(owned) << 63n) : sum
  },

  reduce: {
    order: 'any',
    init: () => 0n,
    add: (left, right) => left + right,
    merge: (left, right) => left + right,
  },
})
