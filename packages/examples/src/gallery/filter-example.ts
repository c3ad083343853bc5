// filter in the gallery: from the input into a file. Its check is a plain loop over lines, which hashes what it keeps.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeResults } from '@onecopy/node'
import { filter } from '../filter/filter.js'
import type { Example } from './example.js'
import { formatCount, quote } from './format.js'

interface Answer {
  readonly pattern: string
  /** Lines that contain it. */
  readonly lines: number
  /** Bytes of these lines. */
  readonly bytes: number
  /** The SHA-256 of the written file. */
  readonly sha256: string
}

/** The example, for one pattern: text of at least one character, without line feeds. */
export function filterExample(pattern: string): Example<Omit<Answer, 'pattern'>, Answer> {
  return {
    plugin: filter,
    teaches: 'results written into a file in the order of the chunks (`writeResults`), as a whole or not at all',
    async run(engine, data, { workers, watch }) {
      const folder = await mkdtemp(join(tmpdir(), 'onecopy-filter-'))
      const path = join(folder, 'kept')
      try {
        await writeResults(watch(engine.map(data, filter, { params: { pattern }, workers })), path)
        return await digestOf(createReadStream(path))
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
    answer: (written) => ({ pattern, ...written }),
    check: async (pieces) => ({ pattern, ...(await digestOf(keptLines(pattern, pieces))) }),
    against: 'a loop over lines, on one thread',
    summary: ({ lines }) => `${quote(pattern)}\nin ${formatCount(lines, 'line')}`,
    details: ({ lines, bytes, sha256 }) =>
      `  ${formatCount(lines, 'line')} of ${formatCount(bytes, 'byte')} contain ${quote(pattern)}; SHA-256 ${sha256.slice(0, 16)}…`,
  }
}

/** What is in a file of lines. The last line may lack its line feed. */
async function digestOf(pieces: AsyncIterable<Uint8Array>): Promise<Omit<Answer, 'pattern'>> {
  const hash = createHash('sha256')
  let [lines, bytes, last] = [0, 0, 0x0a]
  for await (const piece of pieces) {
    hash.update(piece)
    bytes += piece.length
    for (const byte of piece) if (byte === 0x0a) lines++
    last = piece.at(-1) ?? last
  }
  return { lines: lines + (last === 0x0a ? 0 : 1), bytes, sha256: hash.digest('hex') }
}

/** The lines that contain the pattern, one after the other. */
async function* keptLines(pattern: string, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const piece of pieces) {
    rest = Buffer.concat([rest, piece])
    let start = 0
    for (let feed = rest.indexOf(0x0a); feed >= 0; feed = rest.indexOf(0x0a, start)) {
      const line = rest.subarray(start, feed + 1)
      if (line.includes(pattern)) yield line
      start = feed + 1
    }
    rest = rest.subarray(start)
  }
  if (rest.includes(pattern)) yield rest
}
