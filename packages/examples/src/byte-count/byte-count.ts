// The byte-count plugin: how often each byte value occurs, and how many lines and words there are.

import { definePlugin, type Plugin } from '@onecopy/core'

/** What one chunk adds to the answer. */
export interface ChunkCount {
  /** How often each of the 256 byte values occurs. */
  readonly counts: Float64Array
  /** Words that start in the chunk. */
  words: number
}

/** The answer. */
export interface ByteCount {
  /** How often each of the 256 byte values occurs: `counts[0x41]` is the number of `A`s. Exact up to 2^53. */
  readonly counts: Float64Array
  /** Line feeds, as `wc -l` counts them. A last line without one is not counted. */
  readonly lines: number
  /** Longest runs of bytes other than ASCII white space. The README says how versions of `wc -w` differ. */
  readonly words: number
}

const lineFeed = 0x0a

/** 1 for white space: tab, line feed, vertical tab, form feed, carriage return and space; 0 for the other bytes. */
const isSpace = new Uint8Array(256)
isSpace.fill(1, 0x09, 0x0e)
isSpace[0x20] = 1

/**
 * Bytes, lines and words.
 *
 * @example const { counts, lines, words } = await engine.run(await load('access.log'), byteCount)
 */
export const byteCount: Plugin<undefined, ChunkCount, ByteCount> = definePlugin(import.meta.url, {
  name: 'byte-count',
  description: 'How often each byte value occurs, and how many lines and words there are.',

  map(bytes, chunk): ChunkCount {
    const counts = new Float64Array(256)
    let words = 0
    // A word belongs to the chunk in which it starts. So look at the byte before the chunk: a word that is cut by the border
    // must not be counted twice.
    let spaceBefore = chunk.start === 0 ? 1 : isSpace[chunk.view(chunk.start - 1, chunk.start)[0]!]!
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!
      const space = isSpace[byte]!
      counts[byte]!++
      // Arithmetic instead of `if`, because in binary data the processor cannot predict where white space is.
      words += spaceBefore & (space ^ 1)
      spaceBefore = space
    }
    return { counts, words }
  },

  reduce: {
    init: (): ChunkCount => ({ counts: new Float64Array(256), words: 0 }),
    add: addUp,
    merge: addUp,
    finish: ({ counts, words }): ByteCount => ({ counts, lines: counts[lineFeed]!, words }),
  },
})

function addUp(left: ChunkCount, right: ChunkCount): ChunkCount {
  for (let value = 0; value < 256; value++) left.counts[value]! += right.counts[value]!
  left.words += right.words
  return left
}
