// word-count in the gallery. Its check decodes the whole text as a stream and finds words with a regular expression.

import { longestRun, wordCount } from '../word-count/word-count.js'
import type { Example } from './example.js'
import { formatCount } from './format.js'

interface Answer {
  /** How many words there are. */
  readonly words: number
  /** How many different words there are. */
  readonly different: number
  /** The most frequent ones. */
  readonly top: readonly (readonly [word: string, count: number])[]
}

const shownWords = 10

/** The example. */
export const wordCountExample: Example<ReadonlyMap<string, number>, Answer> = {
  plugin: wordCount,
  teaches:
    'a reduction by key (`countByKey`) for which the order does not matter, and words that chunks cut, in any script',
  run: (engine, data, { workers, watch }) => watch(engine.run(data, wordCount, { workers })),
  answer: describeCounts,
  check: countByExpression,
  against: 'a regular expression over runs of the text as latin1, on one thread',
  summary: ({ words, different }) => `${formatCount(words, 'word')}\n${formatCount(different)} different`,
  details: ({ top }) =>
    top.length === 0
      ? 'There are no words.'
      : top.map(([word, n]) => `  ${formatCount(n).padStart(12)}  ${word}`).join('\n'),
}

function describeCounts(counts: ReadonlyMap<string, number>): Answer {
  let words = 0
  for (const n of counts.values()) words += n
  return { words, different: counts.size, top: [...counts].slice(0, shownWords) }
}

/** One character per byte at first, so that no piece can cut a character. */
async function countByExpression(pieces: AsyncIterable<Uint8Array>): Promise<Answer> {
  const counts = new Map<string, number>()
  const runCounts = new Map<string, number>()
  const take = (text: string): void => {
    for (const [run] of text.matchAll(/[A-Za-z\x80-\xff]+/g)) {
      if (run.length <= longestRun) runCounts.set(run, (runCounts.get(run) ?? 0) + 1)
    }
  }
  let open = ''
  for await (const piece of pieces) {
    const text = open + Buffer.from(piece).toString('latin1')
    // The run at the end may continue in the next piece.
    let end = text.length
    while (end > 0 && /[A-Za-z\x80-\xff]/.test(text[end - 1]!)) end--
    take(text.slice(0, end))
    // If a run is too long already, its first bytes are enough to know that.
    open = text.slice(end, end + longestRun + 1)
  }
  take(open)
  for (const [run, n] of runCounts) {
    for (const word of wordsOf(run)) counts.set(word, (counts.get(word) ?? 0) + n)
  }
  const ranked = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).sort(([, n], [, m]) => m - n)
  return describeCounts(new Map(ranked))
}

function wordsOf(run: string): string[] {
  const bytes = Buffer.from(run, 'latin1')
  const text = bytes.toString()
  // If decoding and encoding again does not give the same bytes, they are not UTF-8, and so not text.
  if (!Buffer.from(text).equals(bytes)) return []
  return text
    .split(/[^\p{L}\p{M}]+/u)
    .map((word) => word.replace(/^\p{M}+/u, '').toLowerCase())
    .filter((word) => word !== '')
}
