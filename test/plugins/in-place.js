// Plugins that write in place.

import { mkdirSync } from 'node:fs'
import { definePlugin, fixed, sum } from '@onecopy/core'

/** Half of the first byte of four. */
export const greyscale = definePlugin(import.meta.url, {
  name: 'greyscale',
  into: { elements: Uint8Array, per: 4 },
  map(bytes, { out }) {
    for (let i = 0; i < out.length; i++) out[i] = (bytes[4 * i] ?? 0) / 2
  },
})

/** Each byte, scaled, and the sum of them. */
export const scaledSum = definePlugin(import.meta.url, {
  name: 'scaled-sum',
  params: { by: 1 },
  into: { elements: Float32Array },
  map(bytes, { out, params }) {
    let total = 0
    for (const [i, byte] of bytes.entries()) {
      out[i] = byte * params.by
      total += byte * params.by
    }
    return total
  },
  reduce: sum(),
})

/** Counts up in its window, in two steps. Between them the worker ends, the first time that one of these chunks runs. */
export const diesHalfWay = definePlugin(import.meta.url, {
  name: 'dies-half-way',
  params: { folder: '', chunks: [0] },
  chunks: fixed({ size: 10 }),
  into: { elements: Uint32Array, times: 2 },
  map(bytes, { out, index, params }) {
    const count = () => {
      for (let i = 0; i < out.length; i++) out[i] = (out[i] ?? 0) + index + (bytes[i >> 1] ?? 0)
    }
    count()
    if (params.chunks.includes(index) && isFirst(`${params.folder}/${index}`)) process.exit(1)
    count()
  },
})

/** Whether this is the first call with this path, in all threads and processes. */
function isFirst(/** @type {string} */ path) {
  try {
    mkdirSync(path)
    return true
  } catch {
    return false
  }
}
