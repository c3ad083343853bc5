// The plugin that counts each byte value.

import { definePlugin, fixed, type Plugin } from '@onecopy/core'
import { bytesOf } from './base/check.js'
import { plainHistogram } from './plain/histogram.js'
import { checkedChunks, chunkBytes, landingBuffer, type SimdParams, simdByDefault, simdState } from './wasm/simd.js'

/**
 * How often each of the 256 byte values occurs: `counts[0x41]` is the number of `A`s. Exact up to 2^53.
 *
 * @throws {TypeError} `simd` is neither true nor false
 * @example const counts = await engine.run(file('disk.img'), byteHistogram)
 */
export const byteHistogram: Plugin<SimdParams, Float64Array, Float64Array> = definePlugin(import.meta.url, {
  name: 'byte-histogram',
  description: 'How often each of the 256 byte values occurs.',
  params: simdByDefault,
  chunks: checkedChunks(fixed({ size: chunkBytes })),
  setup: simdState,
  buffer: landingBuffer,

  map(data, { start, end, state: { kernel } }): Float64Array {
    const bytes = bytesOf(data)
    if (kernel === undefined) return plainHistogram(bytes.subarray(0, end - start))
    const table = kernel.run.byteHistogram(kernel.place(bytes), end - start)
    return new Float64Array(new Uint32Array(kernel.run.memory.buffer, table, 256))
  },

  reduce: {
    order: 'any',
    init: () => new Float64Array(256),
    add: addUp,
    merge: addUp,
  },
})

function addUp(left: Float64Array, right: Float64Array): Float64Array {
  for (let value = 0; value < 256; value++) left[value]! += right[value]!
  return left
}
