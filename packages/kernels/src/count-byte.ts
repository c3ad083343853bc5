// The plugin that counts one byte value.

import { type Chunker, definePlugin, fixed, type Plugin } from '@onecopy/core'
import { checkInteger } from '@onecopy/core/lane'
import { checkSimd } from './base/check.js'
import { countIn } from './count-in.js'
import { exactCounts } from './exact-counts.js'
import { chunkBytes, landingBuffer, type SimdParams, simdState } from './wasm/simd.js'

/** The parameters of {@link countByte}. */
export interface CountByteParams extends SimdParams {
  /**
   * The byte value to count: an integer from 0 to 255.
   *
   * @default 10, a line feed
   */
  readonly byte: number
}

/**
 * How many bytes have the value `params.byte`. Exact up to 2^53.
 *
 * @throws {RangeError} `byte` is not an integer from 0 to 255
 * @throws {TypeError} `simd` is neither true nor false
 * @example const zeros = await engine.run(file('disk.img'), countByte, { params: { byte: 0 } })
 */
export const countByte: Plugin<CountByteParams, number, number> = definePlugin(import.meta.url, {
  name: 'count-byte',
  description: 'How many bytes have one value.',
  params: { byte: 10, simd: true },
  chunks: (params: CountByteParams): Chunker => {
    check(params)
    return fixed({ size: chunkBytes })
  },
  setup: (params) => {
    check(params)
    return simdState(params)
  },
  buffer: landingBuffer,
  map: (bytes, chunk) => countIn(bytes, chunk, chunk.params.byte),
  reduce: exactCounts,
})

function check({ byte, simd }: CountByteParams): void {
  checkInteger('byte', byte, 0, 255)
  checkSimd(simd)
}
