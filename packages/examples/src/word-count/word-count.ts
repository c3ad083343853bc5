// The word-count plugin: how often each word occurs.

import { countByKey, decodeText, definePlugin, type FoldReducer, overlapping, type Plugin } from '@onecopy/core'
import { ByteTable, hashByte, hashStart } from '../byte-table.js'
import { isUtf8 } from './is-utf8.js'

/**
 * The longest run of letters that counts, in bytes. A chunk must see that much of the data after it. A paragraph in a script
 * without spaces is one run, including its punctuation.
 */
export const longestRun = 4096

/** 1 for bytes that occur in words: ASCII letters, and all bytes that UTF-8 uses for other characters. */
const isWordByte = new Uint8Array(256)
isWordByte.fill(1, 0x41, 0x5b)
isWordByte.fill(1, 0x61, 0x7b)
isWordByte.fill(1, 0x80)

/** Maps are merged in any order. The order of the keys depends on that, so `finish` sorts them. */
const addCounts: FoldReducer<Map<string, number>> = {
  ...countByKey<string>(),
  order: 'any',
  finish: (counts) => new Map([...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))),
}

/**
 * How often each word occurs: a `Map` from words to counts, the most frequent word first, equally frequent ones by UTF-16 code
 * units.
 *
 * A word is a longest run of letters (Unicode letters with the marks that follow them), in lower case. The text is UTF-8. The
 * README says what is not a word: in short, what is not text.
 *
 * @example const counts = await engine.run(await load('book.txt'), wordCount)
 */
export const wordCount: Plugin<undefined, never, Map<string, number>> = definePlugin(import.meta.url, {
  name: 'word-count',
  description: 'How often each word occurs.',
  chunks: overlapping({ overlap: longestRun }),

  fold(words, bytes, chunk): Map<string, number> {
    const { start, end, length } = chunk
    const owned = end - start
    const wanted = Math.min(owned + longestRun, length - start)
    // With a chunker that does not overlap, read what comes after the chunk.
    const seen = bytes.length < wanted ? chunk.view(start, start + wanted) : bytes
    // A stream does not know its length: then there may be less.
    const reach = Math.min(wanted, seen.length)
    const runs = new ByteTable(seen)
    const counts: number[] = []
    // A run belongs to the chunk in which it starts. A run that continues from before is counted in the chunk before.
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
    return addWords(words, seen, runs, counts)
  },

  reduce: addCounts,
})

function endOfRun(bytes: Readonly<Uint8Array>, from: number, end: number): number {
  let at = from
  while (at < end && isWordByte[bytes[at]!]) at++
  return at
}

/** Adds the words in the runs of a chunk. Each different run becomes text once, no matter how often it occurs. */
function addWords(
  words: Map<string, number>,
  bytes: Readonly<Uint8Array>,
  runs: ByteTable,
  counts: readonly number[],
): Map<string, number> {
  counts.forEach((count, run) => {
    const [start, end] = runs.rangeOf(run)
    for (const word of wordsOf(bytes.subarray(start, end))) words.set(word, (words.get(word) ?? 0) + count)
  })
  return words
}

function wordsOf(run: Readonly<Uint8Array>): readonly string[] {
  if (!isUtf8(run)) return []
  const letters = decodeText(run)
  // There are as many characters as bytes, so all are ASCII letters.
  if (letters.length === run.length) return [letters.toLowerCase()]
  return (letters.match(/\p{L}[\p{L}\p{M}]*/gu) ?? []).map((word) => word.toLowerCase())
}
