// The module that examples in the documents count with.

/** @param {Readonly<Uint8Array>} bytes */
export function countZeros(bytes) {
  let zeros = 0
  for (const byte of bytes) if (byte === 0) zeros++
  return zeros
}
