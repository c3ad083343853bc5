// The word-count plugin: how often each word occurs.

import { isUtf8 } from 'node:buffer'
import { countByKey, decodeText, definePlugin, overlapping, type Plugin, type Reducer } from '@onecopy/node'
import { ByteTable, hashByte, hashStart } from '../byte-table.js'

/**
 * Bytes of the longest run of letters that is looked at: this much of the data behind a chunk has to be in sight. A paragraph
 * of a script without spaces is one run, with its punctuation.
 */
export const longestRun = 4096

/** 1 for bytes of which words are made: ASCII letters, and all of which UTF-8 makes other characters. */
const isWordByte = new Uint8Array(256)
isWordByte.fill(1, 0x41, 0x5b)
isWordByte.fill(1, 0x61, 0x7b)
isWordByte.fill(1, 0x80)

/** A worker folds all its Maps into one, in whatever order; that of the keys, which follows from it, is made anew at the end. */
const addCounts: Reducer<Map<string, number>, Map<string, number>> = {
  ...countByKey<string>(),
  order: 'any',
  finish: (counts) => new Map([...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))),
}

/**
 * How often each word occurs: a `Map` from words to counts, the most frequent one first, equally frequent ones by UTF-16 code units.
 *
 * A word is a longest run of letters (Unicode's, with the marks that follow them), in lower case. The text is UTF-8. See the
 * README for what is no word: in short, what is no text.
 *
 * @example const counts = await engine.run(await load('book.txt'), wordCount)
 */
export const wordCount: Plugin<undefined, Map<string, number>, Map<string, number>> = definePlugin(import.meta.url, {
  name: 'word-count',
  description: 'How often each word occurs.',
  chunks: overlapping({ overlap: longestRun }),

  map(bytes, chunk): Map<string, number> {
    const { start, end, length } = chunk
    const owned = end - start
    const reach = Math.min(owned + longestRun, length - start)
    // With a chunker that does not overlap, what lies behind the chunk is looked up.
    const seen = bytes.length < reach ? chunk.view(start, start + reach) : bytes
    const runs = new ByteTable(seen)
    const counts: number[] = []
    // A run belongs to the chunk in which it starts: one that goes on from before is left to the chunk before.
    let at = start > 0 && isWordByte[chunk.view(start - 1, start)[0]!] ? endOfRun(seen, 0, owned) : 0
    while (at < owned) {
      const from = at
      let hash = hashStart
      for (const most = Math.min(from + longestRun, reach); at < most && isWordByte[seen[at]!]; at++)
        hash = hashByte(hash, seen[at]!)
      if (at === from) {
        at++
      } else if (at < reach && isWordByte[seen[at]!]) {
        at = endOfRun(seen, at, owned)
      } else {
        const run = runs.numberOf(from, at, hash)
        counts[run] = (counts[run] ?? 0) + 1
      }
    }
    return countWords(seen, runs, counts)
  },

  reduce: addCounts,
})

function endOfRun(bytes: Readonly<Uint8Array>, from: number, end: number): number {
  let at = from
  while (at < end && isWordByte[bytes[at]!]) at++
  return at
}

/** Words of the runs: each different run becomes text once, however often it occurs. */
function countWords(bytes: Readonly<Uint8Array>, runs: ByteTable, counts: readonly number[]): Map<string, number> {
  const words = new Map<string, number>()
  counts.forEach((count, run) => {
    const [start, end] = runs.rangeOf(run)
    for (const word of wordsOf(bytes.subarray(start, end))) words.set(word, (words.get(word) ?? 0) + count)
  })
  return words
}

function wordsOf(run: Readonly<Uint8Array>): readonly string[] {
  if (!isUtf8(run)) return []
  const letters = decodeText(run)
  // As many characters as bytes: all are ASCII letters.
  if (letters.length === run.length) return [letters.toLowerCase()]
  return (letters.match(/\p{L}[\p{L}\p{M}]*/gu) ?? []).map((word) => word.toLowerCase())
}
