// Chunks cover the data once and in order, whatever the chunker, the size and the data.

import { type Chunker, delimited, fixed, lines, overlapping, records, sequential, share } from '@onecopy/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cutDelimited, cutFixed, cutRecords, type NaiveChunk } from '../naive/cut.js'
import { splitRecords } from '../naive/split-records.js'
import { randomBytes } from '../support/bytes.js'
import { CountedData } from '../support/counted-data.js'

const engine = sequential()

/** The chunks as the engine cuts them. The bytes of each chunk are compared with the data. */
async function cut(data: Uint8Array, chunks: Chunker | undefined): Promise<NaiveChunk[]> {
  const seen = await engine.map(
    share(data),
    (bytes, { index, start, end }) => ({ index, start, end, bytes: bytes.slice() }),
    { chunks },
  )
  return seen.map(({ index, start, end, bytes }) => {
    expect(Buffer.compare(bytes, data.subarray(start, start + bytes.length))).toBe(0)
    return { index, start, end, viewEnd: start + bytes.length }
  })
}

/** Whether chunks own each element of `[first, last)` once, in ascending order. */
function expectCover(chunks: readonly NaiveChunk[], first: number, last: number): void {
  let at = first
  for (const { start, end } of chunks) {
    expect(start).toBe(at)
    expect(end).toBeGreaterThan(start)
    at = end
  }
  expect(at).toBe(last)
}

const size = 8
/** Empty, one, around one chunk and around two. */
const edges = [0, 1, size - 1, size, size + 1, 2 * size - 1, 2 * size, 2 * size + 1]

describe('chunks cover the data once, in order, at every edge', () => {
  const covering: readonly (readonly [name: string, chunker: Chunker])[] = [
    ['fixed', fixed({ size })],
    ['lines', lines({ size })],
    ['delimited, one byte', delimited({ size, delimiter: 7 })],
    ['delimited, several bytes', delimited({ size, delimiter: [0, 0, 0] })],
    ['overlapping', overlapping({ size, overlap: 3 })],
    ['overlapping, further than a chunk', overlapping({ size, overlap: 3 * size })],
    ['records of one byte', records({ length: 1, size })],
  ]

  test.each(covering)('%s', async (_name, chunker) => {
    for (const length of edges) {
      for (const data of [new Uint8Array(length), new Uint8Array(length).fill(10), randomBytes(length, length)]) {
        expectCover(await cut(data, chunker), 0, length)
      }
    }
  })
})

describe('fixed', () => {
  test('cuts as its naive twin does, at any size and length', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(300), fc.integer({ min: 1, max: 310 }), async (length, size) => {
        expect(await cut(new Uint8Array(length), fixed({ size }))).toEqual(cutFixed(length, size))
      }),
    )
  })

  test('by default a chunk is a power of two from 64 KiB on, and the same for any number of workers', async () => {
    const sizes = await engine.map(share(new Uint8Array(200_000)), (bytes) => bytes.length)
    expect(sizes).toEqual([65536, 65536, 65536, 200_000 - 3 * 65536])
  })

  test('by default there are about 256 chunks of large data, and none is above 4 MiB', async () => {
    const sizesOf = async (byteLength: number): Promise<number[]> => {
      const data = new CountedData(new Uint8Array(0), byteLength)
      return engine.map(data, (_bytes, { start, end }) => end - start)
    }
    expect(new Set(await sizesOf(64 * 2 ** 20))).toEqual(new Set([256 * 1024]))
    expect(new Set(await sizesOf(8 * 2 ** 30))).toEqual(new Set([4 * 2 ** 20]))
  })

  test('by default chunks of wide elements are as many bytes', async () => {
    const sizes = await engine.map(share(new Float64Array(10_000)), (part) => part.byteLength)
    expect(sizes).toEqual([65536, 80_000 - 65536])
  })

  test('ranges stay exact up to 2^53', async () => {
    const length = 2 ** 53 - 1
    const data = new CountedData(new Uint8Array(0), length)
    const ends = await engine.map(data, (_bytes, { start, end }) => [start, end], { chunks: fixed({ size: 2 ** 51 }) })
    expect(ends).toEqual([
      [0, 2 ** 51],
      [2 ** 51, 2 ** 52],
      [2 ** 52, 2 ** 52 + 2 ** 51],
      [2 ** 52 + 2 ** 51, length],
    ])
  })
})

describe('overlapping', () => {
  test('cuts as its naive twin does, at any size, overlap and length', async () => {
    const any = fc.record({ length: fc.nat(200), size: fc.integer({ min: 1, max: 210 }), overlap: fc.nat(230) })
    await fc.assert(
      fc.asyncProperty(any, async ({ length, size, overlap }) => {
        const chunks = overlapping({ size, overlap })
        expect(await cut(new Uint8Array(length), chunks)).toEqual(cutFixed(length, size, overlap))
      }),
    )
  })

  test('every match is found by the one chunk in which it starts', async () => {
    const letters = fc.array(fc.constantFrom('a', 'b'), { maxLength: 80 }).map((list) => list.join(''))
    const needles = fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 5 }).map((list) => list.join(''))
    await fc.assert(
      fc.asyncProperty(letters, needles, fc.integer({ min: 1, max: 90 }), async (text, needle, size) => {
        const found = await engine.map(
          share(text),
          (bytes, { start, end, params }) => {
            const seen = String.fromCharCode(...bytes)
            const offsets: number[] = []
            for (let at = seen.indexOf(params.needle); at >= 0; at = seen.indexOf(params.needle, at + 1)) {
              if (start + at < end) offsets.push(start + at)
            }
            return offsets
          },
          { chunks: overlapping({ size, overlap: needle.length - 1 }), params: { needle } },
        )
        const naive = [...text].flatMap((_, at) => (text.startsWith(needle, at) ? [at] : []))
        expect(found.flat()).toEqual(naive)
      }),
    )
  })
})

describe('records', () => {
  test('cuts as its naive twin does: whole records only', async () => {
    const any = fc.record({
      dataLength: fc.nat(200),
      length: fc.integer({ min: 1, max: 40 }),
      header: fc.nat(50),
      size: fc.integer({ min: 1, max: 360 }),
    })
    await fc.assert(
      fc.asyncProperty(any, async ({ dataLength, ...options }) => {
        const { length, header, size } = options
        const naive = cutRecords(dataLength, length, header, size)
        expect(await cut(new Uint8Array(dataLength), records(options))).toEqual(naive)
      }),
    )
  })

  test('a header and a partial record at the end belong to no chunk', async () => {
    const chunks = records({ length: 10, header: 7, size: 20 })
    expectCover(await cut(new Uint8Array(7 + 50 + 9), chunks), 7, 57)
  })

  test('a header that is longer than the data leaves no chunk', async () => {
    expect(await cut(new Uint8Array(5), records({ length: 2, header: 6 }))).toEqual([])
  })

  test('by default as many records make a chunk as fit 64 KiB, and at least one', async () => {
    const [first] = await cut(new Uint8Array(100_000), records({ length: 100 }))
    expect(first).toMatchObject({ start: 0, end: 65_500 })
    expect(await cut(new Uint8Array(200_000), records({ length: 100_000 }))).toHaveLength(2)
  })
})

describe('lines and delimited', () => {
  const ofLetters = (letters: string): fc.Arbitrary<Uint8Array> =>
    fc
      .array(fc.constantFrom(...letters), { maxLength: 60 })
      .map((list) => Uint8Array.from(list, (letter) => letter.charCodeAt(0)))
  const sizes = fc.integer({ min: 1, max: 70 })

  test.each([
    ['a line feed', '\n', 'a\n'],
    ['an empty line', '\n\n', 'a\n'],
    ['aa', 'aa', 'ab'],
    ['aaa', 'aaa', 'ab'],
    ['aba', 'aba', 'ab'],
    ['abab', 'abab', 'ab'],
    ['aabaa', 'aabaa', 'ab'],
    ['abaab', 'abaab', 'ab'],
    ['CR LF', '\r\n', 'a\r\n'],
    ['only delimiters', 'aa', 'a'],
  ])('cuts as String#split does, also where delimiters overlap: %s', async (_name, delimiter, letters) => {
    await fc.assert(
      fc.asyncProperty(ofLetters(letters), sizes, async (data, size) => {
        const naive = cutDelimited(data, Buffer.from(delimiter), size)
        expect(await cut(data, delimited({ delimiter, size }))).toEqual(naive)
      }),
      { numRuns: 200 },
    )
  })

  test('cuts any data at any delimiter', async () => {
    const any = fc.record({
      data: fc.uint8Array({ maxLength: 60, max: 3 }),
      delimiter: fc.uint8Array({ minLength: 1, maxLength: 6, max: 3 }),
      size: sizes,
    })
    await fc.assert(
      fc.asyncProperty(any, async ({ data, delimiter, size }) => {
        expect(await cut(data, delimited({ delimiter, size }))).toEqual(cutDelimited(data, delimiter, size))
      }),
      { numRuns: 300 },
    )
  })

  test('cuts data of many chunks and rare delimiters', async () => {
    const data = randomBytes(300_000, 5).map((byte) => byte % 16)
    for (const delimiter of [[3], [3, 3], [1, 2, 1], [0, 1, 2, 3]]) {
      for (const size of [1000, 4096, 65_536]) {
        const naive = cutDelimited(data, Uint8Array.from(delimiter), size)
        expect(await cut(data, delimited({ delimiter, size }))).toEqual(naive)
      }
    }
  })

  test('a pile of overlapping delimiters of any length is cut between records, and covered once', async () => {
    const data = new Uint8Array(50_001).fill(97)
    data[20_000] = 98
    const starts = new Set(splitRecords(data, Buffer.from('aa')).map(({ start }) => start))
    for (const size of [64, 1000, 4096, 20_000]) {
      const chunks = await cut(data, delimited({ delimiter: 'aa', size }))
      expectCover(chunks, 0, data.length)
      expect(chunks.filter(({ start }) => !starts.has(start))).toEqual([])
    }
  })

  test('every record belongs to exactly one chunk, whole', async () => {
    await fc.assert(
      fc.asyncProperty(ofLetters('ab\n'), sizes, async (data, size) => {
        const chunks = await cut(data, lines({ size }))
        const ofChunks = chunks.flatMap(({ start, end }) =>
          splitRecords(data.slice(start, end), Buffer.from('\n')).map((line) => ({
            start: start + line.start,
            end: start + line.end,
          })),
        )
        expect(ofChunks).toEqual(splitRecords(data, Buffer.from('\n')))
      }),
    )
  })

  test('the delimiter is text in UTF-8, bytes, a list of bytes or the value of one byte', async () => {
    const data = new TextEncoder().encode('aäbäc')
    const ranges = [
      { index: 0, start: 0, end: 3, viewEnd: 3 },
      { index: 1, start: 3, end: 6, viewEnd: 6 },
      { index: 2, start: 6, end: 7, viewEnd: 7 },
    ]
    for (const delimiter of ['ä', new TextEncoder().encode('ä'), [0xc3, 0xa4]]) {
      expect(await cut(data, delimited({ delimiter, size: 3 }))).toEqual(ranges)
    }
    expect(await cut(data, delimited({ delimiter: 0xa4, size: 3 }))).toEqual(ranges)
  })

  test('with align, a delimiter counts at multiples of it alone: the lines of UTF-16', async () => {
    // The second line's characters are U+0A15 and U+0100: the bytes of a line feed lie between them.
    const data = new Uint8Array(Buffer.from('one\nਕĀ\n\ntwo', 'utf16le'))
    expect(Buffer.from(data).indexOf(Buffer.from('\n\0'), 8)).toBe(9)
    const aligned = delimited({ delimiter: '\n\0', align: 2, size: 1 })
    const decode = (chunks: readonly NaiveChunk[]): string[] =>
      chunks.map(({ start, end }) => Buffer.from(data.subarray(start, end)).toString('utf16le'))
    expect(decode(await cut(data, aligned))).toEqual(['one\n', 'ਕĀ\n', '\n', 'two'])
    expect(decode(await cut(data, delimited({ delimiter: '\n\0', size: 1 })))).not.toContain('ਕĀ\n')
  })

  test('with align, cuts as its naive twin does, also where delimiters overlap', async () => {
    const any = fc.integer({ min: 1, max: 4 }).chain((align) =>
      fc.record({
        align: fc.constant(align),
        data: fc.uint8Array({ maxLength: 80, max: 1 }),
        delimiter: fc
          .integer({ min: 1, max: 3 })
          .chain((times) => fc.uint8Array({ minLength: times * align, maxLength: times * align, max: 1 })),
        size: sizes,
      }),
    )
    await fc.assert(
      fc.asyncProperty(any, async ({ align, data, delimiter, size }) => {
        expect(await cut(data, delimited({ delimiter, align, size }))).toEqual(
          cutDelimited(data, delimiter, size, align),
        )
      }),
      { numRuns: 500 },
    )
  })

  test('align 1 is no align', async () => {
    await fc.assert(
      fc.asyncProperty(ofLetters('ab'), sizes, async (data, size) => {
        const delimiter = Buffer.from('ab')
        expect(cutDelimited(data, delimiter, size, 1)).toEqual(cutDelimited(data, delimiter, size))
        expect(await cut(data, delimited({ delimiter, align: 1, size }))).toEqual(cutDelimited(data, delimiter, size))
      }),
    )
  })

  test('signed and clamped bytes are cut as unsigned ones are, at any delimiter', async () => {
    const any = fc.record({
      data: fc.uint8Array({ maxLength: 60, min: 126, max: 129 }),
      delimiter: fc.uint8Array({ minLength: 1, maxLength: 4, min: 126, max: 129 }),
      size: sizes,
    })
    await fc.assert(
      fc.asyncProperty(any, async ({ data, delimiter, size }) => {
        const naive = cutDelimited(data, delimiter, size).map(({ index, start, end }) => [index, start, end])
        for (const kind of [new Int8Array(data), new Uint8ClampedArray(data)]) {
          const chunks = delimited({ delimiter, size })
          const ranges = await engine.map(share(kind), (_, { index, start, end }) => [index, start, end], { chunks })
          expect(ranges).toEqual(naive)
        }
      }),
    )
  })

  test('lines is delimited by a line feed', () => {
    expect(lines({ size: 5 })).toEqual(delimited({ size: 5, delimiter: '\n' }))
  })

  test('a delimiter across the edge of two chunks ends its record', async () => {
    const data = new TextEncoder().encode('abc\r\ndef')
    expect(await cut(data, delimited({ delimiter: '\r\n', size: 4 }))).toEqual([
      { index: 0, start: 0, end: 5, viewEnd: 5 },
      { index: 1, start: 5, end: 8, viewEnd: 8 },
    ])
  })
})

describe('the work of cutting is linear in the data', () => {
  const length = 1_000_000
  const filled = (byte: number): Uint8Array => new Uint8Array(length).fill(byte)
  const piles = Uint8Array.from({ length }, (_, i) => (i % 5000 === 0 ? 98 : 97))

  const oddLineFeeds = Uint8Array.from({ length }, (_, i) => (i % 2 === 1 ? 10 : 0))

  // How often each byte may be read: once for its chunk function, the rest to find where its chunk starts and ends.
  test.each([
    ['lines, and not one line feed', 8, filled(97), lines({ size: 4096 })],
    ['lines, and nothing but line feeds', 8, filled(10), lines({ size: 4096 })],
    ['small chunks, and not one line feed', 8, filled(97), lines({ size: 64 })],
    ['a delimiter that is never complete', 8, filled(97), delimited({ delimiter: 'aaaaaaab', size: 4096 })],
    ['a self-overlapping delimiter, never there', 8, filled(98), delimited({ delimiter: 'aba', size: 4096 })],
    [
      'an aligned delimiter, at odd offsets alone',
      8,
      oddLineFeeds,
      delimited({ delimiter: '\n\0', align: 2, size: 4096 }),
    ],
    ['an aligned delimiter, never complete', 8, filled(10), delimited({ delimiter: '\n\n\n\0', align: 2, size: 4096 })],
    // Looking back doubles its distance until it is decided which delimiters count. That takes about one read per doubling.
    ['nothing but a delimiter that overlaps itself', 32, filled(97), delimited({ delimiter: 'aa', size: 4096 })],
    ['long piles of such delimiters', 32, piles, delimited({ delimiter: 'aaa', size: 4096 })],
  ])('%s', async (_name, readsOfAByte, bytes, chunks) => {
    const data = new CountedData(bytes)
    await engine.map(data, () => 0, { chunks })
    expect(data.bytesRead).toBeLessThan(readsOfAByte * length)
  })

  test('twice the data is twice the work, with no delimiter in it', async () => {
    const work = async (length: number): Promise<number> => {
      const data = new CountedData(new Uint8Array(length))
      await engine.map(data, () => 0, { chunks: lines({ size: 256 }) })
      return data.bytesRead
    }
    expect(await work(400_000)).toBeLessThanOrEqual(2.1 * (await work(200_000)))
  })

  test('twice the data is twice the work in small chunks full of overlapping delimiters', async () => {
    const work = async (length: number): Promise<number> => {
      const data = new CountedData(new Uint8Array(length))
      await engine.map(data, () => 0, { chunks: delimited({ delimiter: [0, 0], size: 16 }) })
      return data.bytesRead
    }
    // Near its start there is less to look back on; if the work were quadratic, this would be four times as much.
    expect(await work(24_000)).toBeLessThanOrEqual(2.5 * (await work(12_000)))
  })
})
