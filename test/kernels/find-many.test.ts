// findBytes with many patterns: every match of each, in order, however the data is cut and whatever repeats itself.

import { fixed, sequential, share } from '@onecopy/core'
import { type FindBytesParams, findBytes, type Matches } from '@onecopy/kernels'
import { createEngine } from '@onecopy/node'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { naiveFind } from '../naive/kernels.js'
import { createRandom, randomBytes } from '../support/bytes.js'
import { waysFor } from './ways.js'

const engine = sequential()
const threads = createEngine({ workers: 2 })
afterAll(() => threads.close())
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** What is found, as lists. */
function listed({ count, offsets, counts, which }: Matches): object {
  return { count, offsets: [...offsets], counts: [...(counts ?? [])], which: [...(which ?? [])] }
}

/** The same by searching for one pattern after the other. */
function expectedOf(bytes: Uint8Array, patterns: readonly Uint8Array[], limit = Number.POSITIVE_INFINITY): object {
  const each = patterns.map((pattern) => naiveFind(bytes, pattern))
  const all = each
    .flatMap((offsets, which) => offsets.map((offset) => ({ offset, which })))
    .sort((a, b) => a.offset - b.offset || a.which - b.which)
  const kept = all.slice(0, limit)
  // With a limit, what was found up to there counts. With 0, all is counted.
  const counted = limit === 0 ? all : kept
  return {
    count: counted.length,
    offsets: kept.map(({ offset }) => offset),
    // Without data there is no chunk, and nobody knows the patterns.
    counts: bytes.length === 0 ? [] : each.map((_, i) => counted.filter(({ which }) => which === i).length),
    which: kept.map(({ which }) => which),
  }
}

/** Check one search in all ways against the naive one. */
async function check(bytes: Uint8Array, patterns: readonly Uint8Array[]): Promise<void> {
  const expected = expectedOf(bytes, patterns)
  for (const { simd, chunks, name } of waysFor(bytes.length)) {
    const found = await engine.run(share(bytes), findBytes, { chunks, params: { patterns, simd } })
    expect(listed(found), name).toEqual(expected)
  }
}

describe('many patterns: what searching for one after the other finds', () => {
  test.each<[name: string, text: string, patterns: string[]]>([
    ['nothing in nothing', '', ['a', 'bcd']],
    ['one pattern', 'abracadabra', ['abra']],
    ['patterns of one to five bytes', 'abracadabra', ['a', 'br', 'cad', 'abra', 'brac', 'abrac']],
    ['patterns within patterns', 'ushers, she said', ['he', 'she', 'his', 'hers', 'h', 's']],
    ['equal patterns', 'to be or not to be', ['be', 'be', 'to be', 'be']],
    ['overlapping matches', 'aaaaabaaaa', ['aa', 'aaaa', 'a', 'aaaaa']],
    ['patterns longer than the data', 'abc', ['abcd', 'abc', 'xabc', 'bc']],
    ['text beyond ASCII', 'dös ist ä höhle, 北京', ['ö', 'öh', '北', '京', 'höhle']],
    [
      'long patterns',
      `${'x'.repeat(40)}needle in a haystack${'y'.repeat(40)}`,
      ['needle in a haystack', 'xxneedle in a haystacky', 'y'.repeat(33)],
    ],
  ])('%s', async (_name, text, patterns) => {
    await check(bytesOf(text), patterns.map(bytesOf))
  })

  test('patterns of many lengths at many offsets, whole and without their last byte', async () => {
    const patterns = [1, 2, 3, 4, 5, 15, 16, 17, 33, 300].map((length) =>
      randomBytes(length, length).map((byte) => byte | 1),
    )
    for (const pattern of patterns) {
      for (const at of [0, 1, 15, 16, 17, 63]) {
        const bytes = new Uint8Array(at + pattern.length)
        bytes.set(pattern, at)
        for (const data of [bytes, bytes.subarray(0, -1)]) {
          for (const simd of [true, false]) {
            const found = await engine.run(share(data), findBytes, { params: { patterns, simd } })
            expect(listed(found)).toEqual(expectedOf(data, patterns))
          }
        }
      }
    }
  })

  test('any patterns over few values, in any data over the same values', async () => {
    const few = (maxLength: number): fc.Arbitrary<Uint8Array> =>
      fc.array(fc.constantFrom(97, 98), { minLength: 1, maxLength }).map((bytes) => Uint8Array.from(bytes))
    await fc.assert(
      fc.asyncProperty(
        few(200),
        fc.array(few(8), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 210 }),
        fc.constantFrom(0, 1, 7, 50, Number.POSITIVE_INFINITY),
        fc.boolean(),
        async (bytes, patterns, size, limit, simd) => {
          const chunks = fixed({ size })
          const found = await engine.run(share(bytes), findBytes, { chunks, params: { patterns, limit, simd } })
          expect(listed(found)).toEqual(expectedOf(bytes, patterns, limit))
        },
      ),
      { numRuns: 300 },
    )
  })

  test.each([1, 50, 129, 3000])('%i patterns out of random text, in threads', async (count) => {
    const random = createRandom(count)
    const letters = 'etaoinshrdlu '
    const bytes = Uint8Array.from({ length: 60_000 }, () => letters.charCodeAt(random() * random() * letters.length))
    const patterns = Array.from({ length: count }, (_, i) => {
      const at = Math.floor(random() * (bytes.length - 40))
      return i % 5 === 4 ? randomBytes(9, i) : bytes.slice(at, at + 3 + Math.floor(random() * 20))
    })
    const expected = expectedOf(bytes, patterns)
    for (const simd of [true, false]) {
      for (const chunks of [undefined, fixed({ size: 7000 })]) {
        const found = await threads.run(share(bytes), findBytes, { chunks, params: { patterns, simd } })
        expect(listed(found)).toEqual(expected)
      }
    }
  })

  test('runs with other patterns that take turns in one thread', async () => {
    const bytes = randomBytes(20_000, 3).map((byte) => byte & 7)
    const sets = [1, 2, 3].map((seed) => [2, 4, 6].map((length) => randomBytes(length, seed).map((byte) => byte & 7)))
    const found = await Promise.all(
      sets.map((patterns) => {
        const one = sequential()
        return one.run(share(bytes), findBytes, { chunks: fixed({ size: 64 }), params: { patterns } })
      }),
    )
    expect(found.map(listed)).toEqual(sets.map((patterns) => expectedOf(bytes, patterns)))
  })
})

describe('what repeats itself', () => {
  // Comparing whole patterns takes too long, and the automaton takes over.
  test.each([true, false])('long patterns of one value in a longer run of it (simd: %s)', async (simd) => {
    const length = 100_000
    const patterns: Uint8Array[] = Array.from({ length: 40 }, (_, i) => new Uint8Array(2000 + i).fill(97))
    patterns.push(bytesOf(`${'a'.repeat(2000)}b`), bytesOf('b'))
    const bytes = new Uint8Array(length).fill(97)
    bytes[length >> 1] = 98
    for (const size of [20_000, length]) {
      const found = await engine.run(share(bytes), findBytes, {
        chunks: fixed({ size }),
        params: { patterns, simd, limit: 0 },
      })
      const half = length >> 1
      const places = (pattern: Uint8Array): number => half - pattern.length + 1 + (half - 1 - pattern.length + 1)
      expect([...(found.counts ?? [])]).toEqual([...patterns.slice(0, 40).map(places), 1, 1])
    }
  })

  test.each([true, false])('more matches in a chunk than the kernel’s list holds (simd: %s)', async (simd) => {
    const bytes = new Uint8Array(100_000).fill(97)
    const { count, offsets, which } = await engine.run(share(bytes), findBytes, {
      params: { patterns: ['a', 'aa'], simd },
    })
    expect([count, offsets.length, which?.length]).toEqual([199_999, 199_999, 199_999])
    expect(offsets.every((offset, i) => offset === i >> 1 && which?.[i] === i % 2)).toBe(true)
  })
})

describe('wrong parameters are refused at the call', () => {
  test.each<[string, object, typeof Error, string]>([
    ['an empty list', { patterns: [] }, RangeError, 'pattern: expected at least one byte'],
    ['text', { patterns: 'abc' }, TypeError, 'patterns: expected an array, got "abc"'],
    ['an empty pattern', { patterns: ['a', ''] }, RangeError, 'patterns[1]: expected at least one byte'],
    ['a hole', { patterns: new Array(1) }, TypeError, 'patterns[0]: expected text or a Uint8Array, got undefined'],
    ['a number', { patterns: ['a', 7] }, TypeError, 'patterns[1]: expected text or a Uint8Array, got 7'],
    [
      'a pattern beside them',
      { pattern: 'a', patterns: ['b'] },
      TypeError,
      'patterns: expected no pattern beside them',
    ],
    ['too many', { patterns: new Array(65_537).fill('a') }, RangeError, 'patterns: expected at most 65536, got 65537'],
    [
      'too long ones',
      { patterns: [new Uint8Array(2 ** 26), 'a'] },
      RangeError,
      'patterns: expected at most 67108864 bytes',
    ],
  ])('%s', (_name, params, kind, message) => {
    // `as`: some are of another type.
    const run = (): unknown => engine.run(share('x'), findBytes, { params: params as Partial<FindBytesParams> })
    expect(run).toThrow(kind)
    expect(run).toThrow(message)
  })
})
