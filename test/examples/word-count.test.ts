// word-count: words and how often they occur, on any chunks.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { longestRun, wordCount } from '@onecopy/examples'
import { createEngine, file, fixed, overlapping, sequential, share } from '@onecopy/node'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'

const engine = createEngine({ workers: 3 })
afterAll(() => engine.close())
const alone = sequential()

/** Of text whose runs of letters are all shorter than the longest that counts. */
function naive(text: string): Record<string, number> {
  const counts: Record<string, number> = Object.create(null)
  for (const [word] of text.matchAll(/\p{L}[\p{L}\p{M}]*/gu)) {
    const key = word.toLowerCase()
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

const count = async (data: string | Uint8Array): Promise<Record<string, number>> =>
  Object.fromEntries(await engine.run(share(Buffer.from(data)), wordCount))

describe('word-count', () => {
  test.each([
    ['nothing', '', {}],
    ['one letter', 'x', { x: 1 }],
    ['one byte that is no letter', '7', {}],
    ['letters of either case', 'The the THE', { the: 3 }],
    ['digits and underscores between words', 'foo_bar2baz', { foo: 1, bar: 1, baz: 1 }],
    ['CRLF', 'one\r\ntwo\r\none', { one: 2, two: 1 }],
    ['letters beyond ASCII, of either case', 'Straße ÉTÉ été', { straße: 1, été: 2 }],
    ['a combining mark', 'e\u0301te\u0301', { 'e\u0301te\u0301': 1 }],
    ['quotation marks and dashes of UTF-8', '“naïve”—naïve', { naïve: 2 }],
    ['a word named like a member of objects', '__proto__ constructor', { proto: 1, constructor: 1 }],
  ])('%s', async (_, text, words) => {
    expect(await count(text)).toEqual(words)
  })

  test('what is not UTF-8 is no word', async () => {
    expect(await count(Buffer.concat([Buffer.from('one '), Buffer.of(0x61, 0xff, 0x62), Buffer.from(' two')]))).toEqual(
      { one: 1, two: 1 },
    )
  })

  test('a paragraph without a space has its words, whatever the script', async () => {
    const sentence = '今天天气很好，我们去公园散步。'
    expect(await count(sentence.repeat(50))).toEqual({ 今天天气很好: 50, 我们去公园散步: 50 })
  })

  test('a run of letters longer than 4096 bytes is no word, wherever chunks end', async () => {
    const longest = 'a'.repeat(longestRun)
    const text = `${longest} b ${longest}a c ${'a'.repeat(5000)} d`
    for (const size of [1, 7, longestRun - 1, longestRun, longestRun + 1, 1000, text.length]) {
      const chunks = overlapping({ size, overlap: longestRun })
      expect([size, ...(await alone.run(share(text), wordCount, { chunks }))]).toEqual([
        size,
        [longest, 1],
        ['b', 1],
        ['c', 1],
        ['d', 1],
      ])
    }
  })

  test('a word across every border counts once, in memory and in a file', async () => {
    const text = 'Naïve words, «über» every border: naïve words\r\nand naïve'
    const folder = await mkdtemp(join(tmpdir(), 'onecopy-'))
    try {
      const path = join(folder, 'words.txt')
      await writeFile(path, text)
      for (const data of [share(text), file(path)]) {
        for (let size = 1; size <= data.length; size++) {
          for (const chunks of [fixed({ size }), overlapping({ size, overlap: longestRun })]) {
            const counts = await engine.run(data, wordCount, { chunks })
            expect({ size, ...Object.fromEntries(counts) }).toEqual({ size, ...naive(text) })
          }
        }
      }
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('any text in chunks of any size gives what a regular expression gives', async () => {
    const characters = fc.constantFrom(...'abAB09 _-\r\n\0éÉßИи中😀—\u0301İ')
    const text = fc.array(characters, { maxLength: 100 }).map((list) => list.join(''))
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 50 }), async (text, size) => {
        const counts = await alone.run(share(text), wordCount, { chunks: fixed({ size }) })
        expect(Object.fromEntries(counts)).toEqual(Object.fromEntries(Object.entries(naive(text))))
      }),
    )
  })

  test('more different words than a table begins with', async () => {
    const letters = [...'abcdefghijklmnopqrst']
    const words = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => a + b + c)))
    const counts = await engine.run(share(`${words.join(' ')} ${words.join('\n')}`), wordCount)
    expect([...counts]).toEqual(words.map((word) => [word, 2]))
  })

  test('the most frequent word comes first, equally frequent ones by name, on any number of workers', async () => {
    const text = 'b c b a c a d c '.repeat(20_000)
    for (const workers of [1, 2, 3]) {
      expect([...(await engine.run(share(text), wordCount, { workers }))]).toEqual([
        ['c', 60_000],
        ['a', 40_000],
        ['b', 40_000],
        ['d', 20_000],
      ])
    }
  })
})
