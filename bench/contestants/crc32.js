// The CRC-32 of the whole data from the CRC-32 of its chunks, as a user would write the plugin.

import { crc32 as crc32Of } from 'node:zlib'
import { combineCrc32 } from '@onecopy/examples'
import { definePlugin, fixed } from '@onecopy/node'

/** @typedef {{ crc: number, length: number }} Piece */

/** @param {Piece} left @param {Piece} right */
const append = (left, right) => ({
  crc: combineCrc32(left.crc, right.crc, right.length),
  length: left.length + right.length,
})

export const crc32 = definePlugin(import.meta.url, {
  name: 'crc32',
  // Small enough that the bytes are still in the core's cache when they are hashed.
  chunks: fixed({ size: 512 * 1024 }),
  map: (bytes) => ({ crc: crc32Of(bytes), length: bytes.length }),
  reduce: {
    init: () => ({ crc: 0, length: 0 }),
    add: append,
    merge: append,
    finish: (/** @type {Piece} */ { crc }) => crc,
  },
})
