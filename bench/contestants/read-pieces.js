// A file in pieces, read one after the other into one buffer: the fastest plain way on one thread.

import { closeSync, openSync, readSync } from 'node:fs'

/**
 * @param {string} path
 * @param {number} pieceBytes
 * @returns {Generator<Buffer>}  each of `pieceBytes` but the last; valid until the next one is asked for
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
