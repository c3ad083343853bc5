// byte-count in the gallery. Its check counts pairs of neighbouring bytes and derives everything from them.

import { byteHistogram, countWords } from '@onecopy/kernels'
import { barPlot } from '../byte-count/bar-plot.js'
import { type ByteCount, byteCount } from '../byte-count/byte-count.js'
import type { Example } from './example.js'
import { formatCount } from './format.js'

interface Answer {
  readonly lines: number
  readonly words: number
  /** How often each of the 256 byte values occurs. */
  readonly counts: readonly number[]
}

/** The example. */
export const byteCountExample: Example<ByteCount, Answer> = {
  plugin: byteCount,
  teaches: 'your own reducer, and a look at the byte before the chunk',
  run: (engine, data, { workers, watch }) => watch(engine.run(data, byteCount, { workers })),
  runKernels: async (engine, data, { workers, watch }) => {
    const counts = await watch(engine.run(data, byteHistogram, { workers }))
    const words = await watch(engine.run(data, countWords, { workers }))
    return { counts, lines: counts[0x0a]!, words }
  },
  answer: ({ counts, lines, words }) => ({ lines, words, counts: [...counts] }),
  check: countByPairs,
  against: 'counts of byte pairs, on one thread',
  summary: ({ lines, words }) => `${formatCount(lines, 'line')}\n${formatCount(words, 'word')}`,
  details: ({ counts }) => barPlot(counts),
}

const whiteSpace = [...Buffer.from(' \t\n\v\f\r')]

async function countByPairs(pieces: AsyncIterable<Uint8Array>): Promise<Answer> {
  // pairs[before * 256 + byte]. A line feed is assumed before the first byte.
  const pairs = new Float64Array(256 * 256)
  let before = 0x0a
  for await (const piece of pieces) {
    for (const byte of piece) {
      pairs[before * 256 + byte]!++
      before = byte
    }
  }
  const values = [...Array(256).keys()]
  const counts = values.map((byte) => values.reduce((sum, first) => sum + pairs[first * 256 + byte]!, 0))
  // A word starts where white space is followed by something else.
  const wordBytes = values.filter((byte) => !whiteSpace.includes(byte))
  const words = whiteSpace.flatMap((space) => wordBytes.map((byte) => pairs[space * 256 + byte]!))
  return { counts, lines: counts[0x0a]!, words: words.reduce((sum, n) => sum + n, 0) }
}
