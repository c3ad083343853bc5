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

/**
 * The same in whole lines.
 *
 * @param {string} path
 * @param {number} pieceBytes longer than any line
 * @returns {Generator<Buffer>} pieces of about `pieceBytes` that end with a line; a piece is valid until the next one is requested
 */
export function* readLines(path, pieceBytes) {
  const buffer = Buffer.allocUnsafeSlow(2 * pieceBytes)
  let kept = 0
  for (const piece of readPieces(path, pieceBytes)) {
    const filled = kept + piece.copy(buffer, kept)
    const end = buffer.lastIndexOf(10, filled - 1) + 1
    yield buffer.subarray(0, end)
    buffer.copyWithin(0, end, filled)
    kept = filled - end
  }
  if (kept > 0) yield buffer.subarray(0, kept)
}
