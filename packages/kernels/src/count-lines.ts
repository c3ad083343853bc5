// The plugin that counts lines.

import { definePlugin, fixed, type Plugin } from '@onecopy/core'
import { countIn } from './count-in.js'
import { exactCounts } from './exact-counts.js'
import { checkedChunks, chunkBytes, landingBuffer, type SimdParams, simdByDefault, simdState } from './wasm/simd.js'

/**
 * How many line feeds there are, as `wc -l` counts lines: a last line without one is not counted. Exact up to 2^53.
 *
 * @throws {TypeError} `simd` is neither true nor false
 * @example const lines = await engine.run(file('access.log'), countLines)
 */
export const countLines: Plugin<SimdParams, number, number> = definePlugin(import.meta.url, {
  name: 'count-lines',
  description: 'How many line feeds there are.',
  params: simdByDefault,
  chunks: checkedChunks(fixed({ size: chunkBytes })),
  setup: simdState,
  buffer: landingBuffer,
  map: (bytes, chunk) => countIn(bytes, chunk, 0x0a),
  reduce: exactCounts,
})
