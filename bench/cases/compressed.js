// Counts the lines of a compressed log, as `zcat | wc -l` does: in blocks, which all workers decompress, and as one member, which one
// thread decompresses for all.

import { execFileSync } from 'node:child_process'
import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { countLines } from '@onecopy/kernels'
import { createEngine, file } from '@onecopy/node'
import { timesAsFast } from '../case.js'
import { readPieces } from '../contestants/read-pieces.js'
import { leadingNumber, tool } from '../contestants/tools.js'

/** @type {import('../case.js').Case} */
export const bgzfLines = compressedCase('BGZF, in blocks of 64 KiB', 'text.bgzf.gz', writeBgzf, 1.7)

/** @type {import('../case.js').Case} */
export const gzipLines = compressedCase('gzip, one member', 'text.gz', writeGzip, 0.91)

/**
 * @param {string} what
 * @param {string} name of the compressed file
 * @param {(from: string, to: string) => void} write
 * @param {number} bound
 * @returns {import('../case.js').Case}
 */
function compressedCase(what, name, write, bound) {
  return {
    title: `Count lines, compressed text: ${what}`,
    measures: 'time',
    inputs: ['text'],
    prepare({ inputs, folder, workers }) {
      const { path, lines } = /** @type {NonNullable<typeof inputs.text>} */ (inputs.text)
      const packed = join(folder, name)
      write(path, packed)
      const engine = createEngine({ workers })
      /** @param {number} workers */
      const run = async (workers) =>
        await engine.run(await file(packed, { decompress: 'auto' }), countLines, { workers })
      const all = `onecopy, ${workers} workers`
      return {
        expected: lines,
        contestants: [
          { name: all, run: () => run(workers), note: 'finds the members each time' },
          { name: 'onecopy, 1 worker', run: () => run(1) },
          tool('zcat | wc -l', ['sh', '-c', 'gzip -dc "$0" | wc -l', packed], leadingNumber),
        ],
        targets: [timesAsFast(all, 'zcat | wc -l', bound)],
        close: () => engine.close(),
      }
    },
  }
}

/**
 * @param {string} from
 * @param {string} to
 */
function writeGzip(from, to) {
  execFileSync('sh', ['-c', 'gzip -c "$0" > "$1"', from, to])
}

/**
 * @param {string} from
 * @param {string} to
 */
function writeBgzf(from, to) {
  const fd = openSync(to, 'w')
  try {
    for (const piece of readPieces(from, 0xff00)) writeAll(fd, block(piece))
    writeAll(fd, block(new Uint8Array(0)))
  } finally {
    closeSync(fd)
  }
}

/** @param {Uint8Array} data */
function block(data) {
  const packed = deflateRawSync(data)
  const header = Buffer.of(0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, 6, 0, 0x42, 0x43, 2, 0, 0, 0)
  header.writeUInt16LE(packed.length + 25, 16)
  const trailer = Buffer.alloc(8)
  trailer.writeUInt32LE(crc32(data), 0)
  trailer.writeUInt32LE(data.length, 4)
  return Buffer.concat([header, packed, trailer])
}

/**
 * @param {number} fd
 * @param {Uint8Array} bytes
 */
function writeAll(fd, bytes) {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
}
