// reverse-index: words and their documents, on any chunks.

import { checkPlugin } from '@onecopy/core/testing'
import { generateDocuments, reverseIndex } from '@onecopy/examples'
import { createEngine, delimited, share } from '@onecopy/node'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'

const engine = createEngine({ workers: 3 })
afterAll(() => engine.close())

test('keeps the laws of plugins', () => checkPlugin(reverseIndex, { data: 'one\nto be\ftwo\nbe Be\fthree\f' }))

test('a word has each of its documents once, in their order', async () => {
  const index = await engine.run(share('one\nTo be, or not to be\ftwo\nlet it be\fno text\ffour\nnot'), reverseIndex)
  expect([...index]).toEqual([
    ['to', ['one']],
    ['be', ['one', 'two']],
    ['or', ['one']],
    ['not', ['one', 'four']],
    ['let', ['two']],
    ['it', ['two']],
  ])
})

test('any documents in chunks of any size: what a plain loop gives', async () => {
  const documents = fc.array(
    fc.tuple(
      fc.string({ unit: fc.constantFrom('a', 'é', ' ') }),
      fc.string({ unit: fc.constantFrom('a', 'B', ' ', '\n', 'é', '1') }),
    ),
    { maxLength: 12 },
  )
  await fc.assert(
    fc.asyncProperty(documents, fc.integer({ min: 1, max: 60 }), async (documents, size) => {
      const naive = new Map<string, string[]>()
      for (const [title, text] of documents) {
        for (const word of new Set(text.toLowerCase().match(/[a-z]+/g) ?? [])) {
          naive.set(word, [...(naive.get(word) ?? []), title])
        }
      }
      const data = share(documents.map(([title, text]) => `${title}\n${text}\f`).join(''))
      const found = await engine.run(data, reverseIndex, { chunks: delimited({ delimiter: '\f', size }) })
      expect([...found]).toEqual([...naive])
    }),
    { numRuns: 60 },
  )
})

test('generated documents are the same for the same seed', () => {
  const text = (seed?: number): string => Buffer.from(generateDocuments(50, seed).view()).toString()
  expect(text()).toBe(text(1))
  expect(text(2)).not.toBe(text())
  expect(text().split('\f')).toHaveLength(51)
})
