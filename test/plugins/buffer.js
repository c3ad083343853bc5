// A chunk function that searches with a Buffer's own indexOf.

import { buffer } from '@onecopy/node'

/**
 * @param {Readonly<Uint8Array>} bytes
 * @param {import('@onecopy/node').Chunk} chunk
 */
export function indicesOfNeedle(bytes, { start }) {
  const haystack = buffer(bytes)
  const found = []
  for (let at = haystack.indexOf('needle'); at >= 0; at = haystack.indexOf('needle', at + 1)) found.push(start + at)
  return found
}
