// Chunks of quoted CSV: no record is cut, however the quotes lie.

import { type Chunker, csvRecords, sequential, share } from '@onecopy/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cutCsv, type NaiveDialect, readCsv } from '../naive/csv.js'
import type { NaiveChunk } from '../naive/cut.js'
import { CountedData } from '../support/counted-data.js'

const alone = sequential()

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

async function cut(data: Uint8Array, chunks: Chunker): Promise<NaiveChunk[]> {
  const seen = await alone.map(
    share(data),
    (bytes, { index, start, end }) => ({ index, start, end, bytes: bytes.slice() }),
    { chunks },
  )
  return seen.map(({ index, start, end, bytes }) => {
    expect(Buffer.compare(bytes, data.subarray(start, end))).toBe(0)
    return { index, start, end, viewEnd: start + bytes.length }
  })
}

const dialects: readonly (readonly [name: string, dialect: NaiveDialect, letters: string])[] = [
  ['RFC 4180', {}, 'a,"\n\r'],
  ['a backslash before quotes', { escape: '\\' }, 'a,"\n\r\\'],
  ['semicolons and apostrophes', { delimiter: ';', quote: "'" }, 'a;\'\n\r"'],
  ['an escape character that is a letter', { escape: 'a' }, 'ab,"\n'],
]

/** Bytes of few letters, so that quotes lie everywhere; and among them longer pieces without any. */
const bytesOf = (letters: string): fc.Arbitrary<Uint8Array> =>
  fc
    .array(
      fc.oneof(
        { weight: 12, arbitrary: fc.constantFrom(...letters) },
        { weight: 1, arbitrary: fc.constantFrom('x'.repeat(40), `${'x'.repeat(50)},`, `"${'\n'.repeat(45)}"`) },
      ),
      { maxLength: 70 },
    )
    .map((list) => encode(list.join('')))

const sizes = fc.integer({ min: 1, max: 80 })

describe('csvRecords', () => {
  test.each(dialects)('cuts any bytes as its naive twin does: %s', async (_name, dialect, letters) => {
    await fc.assert(
      fc.asyncProperty(bytesOf(letters), sizes, async (data, size) => {
        const chunks = csvRecords({ ...dialect, size, malformed: 'keep' })
        expect(await cut(data, chunks)).toEqual(cutCsv(data, dialect, size))
      }),
      { numRuns: 500 },
    )
  })

  test.each(dialects)(
    'by default refuses an open quote with its offset, and can leave it out: %s',
    async (_name, dialect, letters) => {
      await fc.assert(
        fc.asyncProperty(bytesOf(letters), sizes, async (data, size) => {
          const records = readCsv(data, dialect)
          const last = records.at(-1)
          const isOpen = last !== undefined && last.open >= 0
          const closed = isOpen ? data.subarray(0, last.start) : data
          const naive = cutCsv(closed, dialect, size)
          expect(await cut(data, csvRecords({ ...dialect, size, malformed: 'skip' }))).toEqual(naive)
          const refusing = cut(data, csvRecords({ ...dialect, size }))
          if (!isOpen) expect(await refusing).toEqual(naive)
          else {
            await expect(refusing).rejects.toMatchObject({
              code: 'ERR_CHUNK_FAILED',
              cause: { name: 'SyntaxError', message: expect.stringContaining(`begins at byte ${last.open};`) },
            })
          }
        }),
        { numRuns: 200 },
      )
    },
  )

  test.each(dialects)(
    'cuts long chunks as its naive twin does, with quotes far from their ends: %s',
    async (_name, dialect, letters) => {
      const run = fc.tuple(fc.constantFrom(...letters, 'xy'), fc.integer({ min: 1, max: 30_000 }))
      const pieces = fc.oneof(
        {
          weight: 3,
          arbitrary: fc.array(fc.constantFrom(...letters), { minLength: 1, maxLength: 4 }).map((list) => list.join('')),
        },
        { weight: 2, arbitrary: run.map(([letter, count]) => letter.repeat(count)) },
      )
      await fc.assert(
        fc.asyncProperty(
          fc.array(pieces, { maxLength: 12 }).map((list) => encode(list.join(''))),
          fc.integer({ min: 16_000, max: 120_000 }),
          async (data, size) => {
            const chunks = csvRecords({ ...dialect, size, malformed: 'keep' })
            expect(await cut(data, chunks)).toEqual(cutCsv(data, dialect, size))
          },
        ),
        { numRuns: 60 },
      )
    },
  )

  test('the first pass reads no more of a chunk than it needs', async () => {
    const size = 2 ** 20
    const data = new CountedData(encode('1,"a ""b""\nc",2\n'.repeat(600_000)))
    await alone.map(data, () => 0, { chunks: csvRecords({ size }) })
    expect(data.bytesRead - data.length).toBeLessThan(0.05 * data.length)
  })

  test('an escape character across the border of two chunks counts', async () => {
    const data = encode('"a\\"\n",b\n"c\\\\"\nd\n')
    for (let size = 1; size <= data.length; size++) {
      const chunks = csvRecords({ escape: '\\', size })
      expect(await cut(data, chunks)).toEqual(cutCsv(data, { escape: '\\' }, size))
    }
    expect(readCsv(data, { escape: '\\' }).map(({ start }) => start)).toEqual([0, 9, 15])
  })

  test('a record ends with \\n, \\r\\n or a single \\r, also across a border', async () => {
    const data = encode('a\r\nb\rc\n\r\r\nd')
    const starts = new Set<number>()
    for (let size = 1; size <= data.length; size++) {
      const chunks = await cut(data, csvRecords({ size }))
      expect(chunks).toEqual(cutCsv(data, {}, size))
      for (const { start } of chunks) starts.add(start)
    }
    expect([...starts].sort((a, b) => a - b)).toEqual([0, 3, 5, 7, 8, 10])
  })

  test('a byte order mark belongs to no chunk, and the quote behind it begins a field', async () => {
    const data = encode('\ufeff"a\nb",c\nd\n')
    for (let size = 1; size <= data.length; size++) {
      const chunks = await cut(data, csvRecords({ size }))
      expect(chunks).toEqual(cutCsv(data, {}, size))
      expect(chunks[0]!.start).toBe(3)
    }
    expect(await cut(encode('\ufeff'), csvRecords())).toEqual([])
    expect(await cut(encode('\ufeff'), csvRecords({ size: 1 }))).toEqual([])
  })

  test('empty data has no chunk', async () => {
    expect(await cut(new Uint8Array(0), csvRecords())).toEqual([])
  })

  test('a record that is longer than many chunks stays whole', async () => {
    const long = `"${'x\n'.repeat(5000)}"`
    const data = encode(`a\n${long},b\nc\n`)
    for (const size of [1, 7, 100, 4096]) {
      const chunks = await cut(data, csvRecords({ size }))
      expect(chunks).toEqual(cutCsv(data, {}, size))
      expect(chunks.some(({ start, end }) => end - start > 10_000)).toBe(true)
    }
  })

  test('signed and clamped bytes are cut as unsigned ones are', async () => {
    const data = encode('"ä\n",é\n\xff"\n"\xfe\n"\n')
    for (const kind of [new Int8Array(data), new Uint8ClampedArray(data)]) {
      for (const size of [1, 5]) {
        const chunks = csvRecords({ size, delimiter: 0xc3, malformed: 'keep' })
        const ranges = await alone.map(share(kind), (_, { index, start, end }) => [index, start, end], { chunks })
        const naive = cutCsv(data, { delimiter: '\xc3' }, size)
        expect(ranges).toEqual(naive.map(({ index, start, end }) => [index, start, end]))
      }
    }
  })

  test.each([
    ['no quotes', 'a,b,c\n'.repeat(20_000)],
    ['many quotes', '"a","b""c",""\n'.repeat(10_000)],
    ['nothing but quotes', '"'.repeat(100_000)],
    ['one record', 'a'.repeat(100_000)],
    ['one quoted record', `"${'\n'.repeat(100_000)}"`],
    ['an open quote at the beginning', `"${'a,b\n'.repeat(25_000)}`],
  ])('the work is linear in the data: %s', async (_name, text) => {
    for (const size of [64, 4096]) {
      const data = new CountedData(encode(text))
      await alone.map(data, () => 0, { chunks: csvRecords({ size, malformed: 'keep' }) })
      expect(data.bytesRead).toBeLessThan(10 * data.length)
    }
  })

  test.each([
    ['a delimiter of two bytes', { delimiter: 'ä' }, RangeError],
    ['no delimiter', { delimiter: '' }, RangeError],
    ['a delimiter that is no byte', { delimiter: 256 }, RangeError],
    ['a delimiter of another kind', { delimiter: [44] }, TypeError],
    ['a line feed as delimiter', { delimiter: '\n' }, RangeError],
    ['a carriage return as quote', { quote: '\r' }, RangeError],
    ['the same delimiter and quote', { delimiter: '"' }, RangeError],
    ['the same delimiter and escape character', { escape: ',' }, RangeError],
    ['an unknown policy', { malformed: 'ignore' }, TypeError],
    ['an unknown option', { header: true }, TypeError],
    ['a size of 0', { size: 0 }, RangeError],
  ])('refuses %s', (_name, options, kind) => {
    expect(() => csvRecords(options as object)).toThrow(kind)
    expect(() => alone.map(share('a'), () => 0, { chunks: { ...csvRecords(), ...(options as object) } })).toThrow(kind)
  })

  test('cuts bytes only', () => {
    expect(() => alone.map(share(new Float64Array(4)), () => 0, { chunks: csvRecords() })).toThrow(
      /csvRecords\(\) cuts bytes/,
    )
  })
})
