// reverse-index in the gallery. Its check splits the text and matches words with a regular expression.

import { generateDocuments } from '../reverse-index/generate-documents.js'
import { reverseIndex } from '../reverse-index/reverse-index.js'
import type { GeneratedExample } from './example.js'
import { formatCount } from './format.js'

const documents = 20_000
const shownWords = 3
const shownTitles = 3

/** Words with the titles of their documents, in the order in which the words first occur. */
type Index = readonly (readonly [word: string, titles: readonly string[]])[]

/** The example. */
export const reverseIndexExample: GeneratedExample<ReadonlyMap<string, readonly string[]>, Index, Uint8Array> = {
  plugin: reverseIndex,
  teaches: 'a list per key with `groupBy(concat())`, in the order of the data; and one engine for many inputs',
  generated: formatCount(documents, 'document'),
  generate: () => generateDocuments(documents),
  run: (engine, data, { workers, watch }) => watch(engine.run(data, reverseIndex, { workers })),
  answer: (index) => [...index],
  check: splitAll,
  against: 'split text and a regular expression, on one thread',
  summary: (index) => formatCount(index.length, 'word'),
  details: (index) =>
    index
      .slice(0, shownWords)
      .map(([word, titles]) => {
        const others = titles.length > shownTitles ? ` and ${formatCount(titles.length - shownTitles)} more` : ''
        return `  ${word}: ${titles.slice(0, shownTitles).join(', ')}${others}`
      })
      .join('\n'),
}

async function splitAll(pieces: AsyncIterable<Uint8Array>): Promise<Index> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const piece of pieces) text += decoder.decode(piece, { stream: true })
  const index = new Map<string, string[]>()
  for (const document of text.split('\f').slice(0, -1)) {
    const [title = '', ...lines] = document.split('\n')
    for (const word of new Set(
      lines
        .join('\n')
        .toLowerCase()
        .match(/[a-z]+/g) ?? [],
    )) {
      const titles = index.get(word) ?? []
      index.set(word, titles)
      titles.push(title)
    }
  }
  return [...index]
}
