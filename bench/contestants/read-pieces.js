// Reads a file in pieces, one after the other into one buffer: the fastest simple way on one thread.

import { closeSync, openSync, readSync } from 'node:fs'

/**
 * @param {string} path
 * @param {number} pieceBytes
 * @returns {Generator<Buffer>} pieces of `pieceBytes`, except the last; a piece is valid until the next one is requested
 */
export function* readPieces(path, pieceBytes) {
  const buffer = Buffer.allocUnsafeSlow(pieceBytes)
  const fd = openSync(path, 'r')
  try {
    for (let filled = 0; ; ) {
      const n = readSync(fd, buffer, filled, pieceBytes - filled, null)
      filled += n
      if (n > 0 && filled < pieceBytes) continue
      if (filled > 0) yield buffer.subarray(0, filled)
      if (n === 0) return
      filled = 0
    }
  } finally {
    closeSync(fd)
  }
}
