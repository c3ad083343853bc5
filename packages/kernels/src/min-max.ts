// The plugins that find the smallest and the largest element.

import { definePlugin, fixed, type Plugin, type Reducer } from '@onecopy/core'
import { plainMinMax, plainMinMaxBigInts } from './plain/numbers.js'
import { type BigIntArray, bigIntKind, type NumberArray, numberKind } from './wasm/element-kind.js'
import { checkedChunks, chunkElements, landingBuffer, type SimdParams, simdByDefault, simdState } from './wasm/simd.js'

/** The smallest and the largest element. */
export interface MinMax<N extends number | bigint = number> {
  /** The smallest. */
  readonly min: N
  /** The largest. */
  readonly max: N
}

/**
 * The smallest and the largest number; undefined for none.
 *
 * The order is that of `Math.min` and `Math.max`: one NaN makes both NaN, and -0 is smaller than 0.
 *
 * @throws {TypeError} `simd` is neither true nor false
 * @throws in the worker (`ERR_CHUNK_FAILED`): the data are bigints; see {@link minMaxBigInts}
 * @example const range = await engine.run(share(Float64Array.of(1, -2)), minMax) // { min: -2, max: 1 }
 */
export const minMax: Plugin<SimdParams, MinMax, MinMax | undefined, NumberArray> = definePlugin(import.meta.url, {
  name: 'min-max',
  description: 'The smallest and the largest number.',
  params: simdByDefault,
  chunks: checkedChunks(fixed({ size: chunkElements })),
  setup: simdState,
  buffer: landingBuffer,

  map(numbers: Readonly<NumberArray>, { start, end, state: { kernel } }): MinMax {
    const kind = numberKind(numbers)
    if (kernel === undefined || kind === 'Float16') return plainMinMax(numbers.subarray(0, end - start))
    const { run } = kernel
    run[`minMax${kind}`](kernel.place(numbers), end - start)
    const values = new DataView(run.memory.buffer, run.results.value)
    return { min: values[`get${kind}`](0, true), max: values[`get${kind}`](8, true) }
  },

  reduce: widest(plainMinMax),
})

/**
 * The smallest and the largest bigint; undefined for none.
 *
 * @throws {TypeError} `simd` is neither true nor false
 * @throws in the worker (`ERR_CHUNK_FAILED`): the data are numbers; see {@link minMax}
 * @example const range = await engine.run(share(BigInt64Array.of(1n, -2n)), minMaxBigInts) // { min: -2n, max: 1n }
 */
export const minMaxBigInts: Plugin<SimdParams, MinMax<bigint>, MinMax<bigint> | undefined, BigIntArray> = definePlugin(
  import.meta.url,
  {
    name: 'min-max-big-ints',
    description: 'The smallest and the largest bigint.',
    params: simdByDefault,
    chunks: checkedChunks(fixed({ size: chunkElements })),
    setup: simdState,
    buffer: landingBuffer,

    map(bigints: Readonly<BigIntArray>, { start, end, state: { kernel } }): MinMax<bigint> {
      const kind = bigIntKind(bigints)
      if (kernel === undefined) return plainMinMaxBigInts(bigints.subarray(0, end - start))
      const { run } = kernel
      run[`minMax${kind}`](kernel.place(bigints), end - start)
      const values = new DataView(run.memory.buffer, run.results.value)
      return { min: values[`get${kind}`](0, true), max: values[`get${kind}`](8, true) }
    },

    reduce: widest(plainMinMaxBigInts),
  },
)

/** A reducer of ranges; undefined for no data. Values are totally ordered, so merging in any order gives the same range. */
function widest<N extends number | bigint>(
  rangeOf: (ends: readonly N[]) => MinMax<N>,
): Reducer<MinMax<N>, MinMax<N> | undefined> {
  const merge = (left: MinMax<N> | undefined, right: MinMax<N> | undefined): MinMax<N> | undefined =>
    left === undefined || right === undefined ? (left ?? right) : rangeOf([left.min, left.max, right.min, right.max])
  return { order: 'any', init: () => undefined, add: merge, merge }
}
