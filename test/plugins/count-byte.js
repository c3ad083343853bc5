// A module as users write one: chunk functions and plugins side by side.

import { definePlugin, fixed, sum } from '@onecopy/core'

/**
 * @param {Readonly<Uint8Array>} bytes
 * @param {import('@onecopy/core').Chunk<{ readonly wanted: number }>} chunk
 */
export function countWanted(bytes, chunk) {
  return countOf(bytes, chunk.params.wanted)
}

/** @param {Readonly<Uint8Array>} bytes */
export function countZeros(bytes) {
  return countOf(bytes, 0)
}

/** @param {Readonly<Uint8Array>} bytes */
export default function firstByte(bytes) {
  return bytes[0]
}

export const notAFunction = 7

/** Uses a name that nobody defined: the module's own mistake, and no capture. */
export function usesUndefinedName() {
  // @ts-expect-error: there is no such name
  return thereIsNoSuchName
}

export const countByte = definePlugin(import.meta.url, {
  name: 'count-byte',
  description: 'How often one byte occurs.',
  params: { wanted: 0, size: 4 },
  chunks: ({ size }) => fixed({ size }),
  map: (bytes, chunk) => countOf(bytes, chunk.params.wanted),
  reduce: sum(),
})

export const countByteList = definePlugin(import.meta.url, {
  name: 'count-byte-list',
  params: { wanted: 0 },
  chunks: fixed({ size: 4 }),
  map: (bytes, chunk) => countOf(bytes, chunk.params.wanted),
})

/**
 * @param {Readonly<Uint8Array>} bytes
 * @param {number} wanted
 */
function countOf(bytes, wanted) {
  let n = 0
  for (const byte of bytes) if (byte === wanted) n++
  return n
}
