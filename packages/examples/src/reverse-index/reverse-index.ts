// The reverse-index plugin: for each word, the documents that it is in.

import { concat, decodeText, definePlugin, delimited, eachRecord, groupBy, type Plugin } from '@onecopy/core'

const lineFeed = 0x0a
/** Ends a document. */
const formFeed = '\f'

/** A word, and a document that it is in. */
export type Entry = readonly [word: string, titles: readonly string[]]

/**
 * The titles of the documents that each word is in, in the order of the documents. Words are in the order in which they first occur.
 *
 * A document is a title, a line feed and its text. A form feed ends it. Words are runs of the letters `a` to `z`, in lower case.
 *
 * @example const index = await engine.run(share('one\nto be\ftwo\nbe\f'), reverseIndex) // to: one; be: one, two
 */
export const reverseIndex: Plugin<undefined, Entry[], Map<string, string[]>> = definePlugin(import.meta.url, {
  name: 'reverse-index',
  description: 'For each word, the documents that it is in.',
  chunks: delimited({ delimiter: formFeed }),

  map(bytes): Entry[] {
    const entries: Entry[] = []
    eachRecord(bytes, { delimiter: formFeed }, (start, end) => {
      let title = start
      while (title < end && bytes[title] !== lineFeed) title++
      const titles = [decodeText(bytes, start, title)]
      for (const word of wordsOf(bytes, title, end)) entries.push([word, titles])
    })
    return entries
  },

  reduce: groupBy(concat<string>()),
})

/** The different words in a range. */
function wordsOf(bytes: Readonly<Uint8Array>, start: number, end: number): Set<string> {
  const words = new Set<string>()
  for (let at = start; at < end; at++) {
    const from = at
    while (at < end && isLetter(bytes[at]!)) at++
    if (at > from) words.add(decodeText(bytes, from, at).toLowerCase())
  }
  return words
}

function isLetter(byte: number): boolean {
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x7a
}
