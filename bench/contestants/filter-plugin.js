// The filter of the examples with the search of @onecopy/kernels, whose functions are called by hand.

import { definePlugin, lines } from '@onecopy/core'
import { findBytes } from '@onecopy/kernels'

/**
 * The functions of a plugin. Its type says only what engines need.
 *
 * @typedef {object} Search
 * @property {(params: object) => object} setup
 * @property {(state: object, byteLength: number) => Uint8Array} buffer
 * @property {(bytes: Readonly<Uint8Array>, chunk: object) => { offsets: Float64Array }} map
 */
const search = /** @type {Search} */ (/** @type {unknown} */ (findBytes))
const lineFeed = 0x0a

/** The lines that contain a pattern. */
export const filterByKernel = definePlugin(import.meta.url, {
  name: 'filter-by-kernel',
  params: { pattern: '', patterns: /** @type {string[]} */ ([]), limit: 2 ** 30, simd: true },
  chunks: lines({ size: 2 ** 20 }),
  setup: (params) => ({ own: search.setup(params), kept: new Uint8Array(0) }),
  buffer: ({ own }, byteLength) => search.buffer(own, byteLength),
  map(bytes, chunk) {
    const { state, index, chunks, start, end, length, params } = chunk
    if (state.kept.length < bytes.length) state.kept = new Uint8Array(bytes.length)
    const { kept, own } = state
    const view = (/** @type {number} */ from, /** @type {number} */ to) => chunk.view(from, to)
    const found = search.map(bytes, { index, chunks, start, end, length, params, state: own, cancelled: false, view })
    let [size, done] = [0, 0]
    for (const offset of found.offsets) {
      let from = offset - start
      if (from < done) continue
      while (from > 0 && bytes[from - 1] !== lineFeed) from--
      let byte = -1
      while (byte !== lineFeed && from < bytes.length) {
        byte = bytes[from++] ?? 0
        kept[size++] = byte
      }
      done = from
    }
    return kept.subarray(0, size)
  },
})
