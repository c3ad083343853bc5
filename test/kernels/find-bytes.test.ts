// findBytes: every match, in order, however the data is cut and whatever it repeats.

import { fixed, sequential, share } from '@onecopy/core'
import { type FindBytesParams, findBytes } from '@onecopy/kernels'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { naiveFind } from '../naive/kernels.js'
import { randomBytes } from '../support/bytes.js'
import { waysFor } from './ways.js'

const engine = sequential()
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Check one search in all ways against the naive one. */
async function check(bytes: Uint8Array, pattern: Uint8Array): Promise<void> {
  const expected = naiveFind(bytes, pattern)
  for (const { simd, chunks, name } of waysFor(bytes.length)) {
    const { count, offsets } = await engine.run(share(bytes), findBytes, { chunks, params: { pattern, simd } })
    expect({ count, offsets: [...offsets] }, name).toEqual({ count: expected.length, offsets: expected })
  }
}

describe('findBytes finds what a plain search finds', () => {
  test.each([
    ['nothing in nothing', '', 'a'],
    ['one byte', 'a', 'a'],
    ['a pattern longer than the data', 'ab', 'abc'],
    ['the whole data', 'abcdefghijklmnopqrstuvwxyz', 'abcdefghijklmnopqrstuvwxyz'],
    ['overlapping matches', 'aaaaabaaaa', 'aa'],
    ['a pattern that overlaps itself', 'abababababa', 'ababa'],
    ['text beyond ASCII', 'dös ist ä höhle', 'ö'],
    ['a near match, then a match', 'xxneedlxneedlexxneedle', 'needle'],
  ])('%s', async (_name, text, pattern) => {
    await check(bytesOf(text), bytesOf(pattern))
  })

  test('patterns of many lengths at many offsets, alone and without their last byte', async () => {
    for (const length of [1, 2, 3, 15, 16, 17, 31, 32, 33, 40]) {
      const pattern = randomBytes(length, length).map((byte) => byte | 1)
      for (const at of [0, 1, 15, 16, 17, 47, 48, 63, 64, 70]) {
        const bytes = new Uint8Array(at + length)
        bytes.set(pattern, at)
        await check(bytes, pattern)
        // Its last byte is missing: what lies behind the data must not complete it.
        await check(bytes.subarray(0, at + length - 1), pattern)
      }
    }
  })

  test('any pattern over few values, in any data over the same values', async () => {
    const few = (maxLength: number): fc.Arbitrary<Uint8Array> =>
      fc.array(fc.constantFrom(97, 98), { minLength: 1, maxLength }).map((bytes) => Uint8Array.from(bytes))
    await fc.assert(
      fc.asyncProperty(
        few(300),
        few(20),
        fc.integer({ min: 1, max: 310 }),
        fc.boolean(),
        async (bytes, pattern, size, simd) => {
          const chunks = fixed({ size })
          const { count, offsets } = await engine.run(share(bytes), findBytes, { chunks, params: { pattern, simd } })
          const expected = naiveFind(bytes, pattern)
          expect({ count, offsets: [...offsets] }).toEqual({ count: expected.length, offsets: expected })
        },
      ),
      { numRuns: 300 },
    )
  })

  test('each byte value as a pattern', async () => {
    const bytes = randomBytes(3000, 5)
    for (let byte = 0; byte < 256; byte++) {
      for (const simd of [true, false]) {
        const params = { pattern: Uint8Array.of(byte), simd }
        const { offsets } = await engine.run(share(bytes), findBytes, { params })
        expect([...offsets]).toEqual(naiveFind(bytes, params.pattern))
      }
    }
  })

  test('a pattern of text and the same as bytes, from inside of a larger buffer', async () => {
    const pattern = Buffer.from('xxneedlexx').subarray(2, 8)
    const data = share('a needle and a needle')
    const asBytes = await engine.run(data, findBytes, { params: { pattern } })
    expect(asBytes).toEqual({ count: 2, offsets: Float64Array.of(2, 15) })
    expect(await engine.run(data, findBytes, { params: { pattern: 'needle' } })).toEqual(asBytes)
  })
})

describe('more than fits', () => {
  test.each([true, false])(
    'more matches in a chunk than the kernel’s area for offsets holds (simd: %s)',
    async (simd) => {
      const bytes = new Uint8Array(100_000).fill(97)
      const { count, offsets } = await engine.run(share(bytes), findBytes, { params: { pattern: 'a', simd } })
      expect([count, offsets.length]).toEqual([100_000, 100_000])
      expect(offsets.every((offset, i) => offset === i)).toBe(true)
    },
  )

  test.each([70_000, 65_472, 65_473])(
    'a pattern of %i bytes, more or less than the kernel’s area for it',
    async (length) => {
      const pattern = randomBytes(length, 7)
      const bytes = new Uint8Array(3 * length)
      for (const at of [5, 5 + length]) bytes.set(pattern, at)
      for (const simd of [true, false]) {
        for (const size of [1000, 65_536, 10 ** 6]) {
          const params = { pattern, simd }
          const { offsets } = await engine.run(share(bytes), findBytes, { chunks: fixed({ size }), params })
          expect([...offsets]).toEqual([5, 5 + length])
        }
      }
    },
  )
})

describe('what repeats itself', () => {
  // Here comparing whole patterns takes too long, and the linear algorithm takes over.
  test.each([true, false])('a long pattern of one value in a longer run of it (simd: %s)', async (simd) => {
    const [length, patternLength] = [2 ** 20, 60_000]
    const params = { pattern: new Uint8Array(patternLength).fill(97), simd }
    const { count, offsets } = await engine.run(share(new Uint8Array(length).fill(97)), findBytes, { params })
    expect([count, offsets.length]).toEqual([length - patternLength + 1, length - patternLength + 1])
    expect(offsets.every((offset, i) => offset === i)).toBe(true)
  })

  test.each([true, false])('the same, spoilt at its end or at its middle: no match (simd: %s)', async (simd) => {
    const data = share(new Uint8Array(2 ** 20).fill(97))
    for (const at of [0, 30_000, 59_999]) {
      const pattern = new Uint8Array(60_000).fill(97)
      pattern[at] = 96
      expect(await engine.run(data, findBytes, { params: { pattern, simd } })).toMatchObject({ count: 0 })
    }
  })

  test.each([true, false])(
    'where the search changes its way, no match is lost or found twice (simd: %s)',
    async (simd) => {
      const period = 'a'.repeat(700)
      const bytes = bytesOf(`${period.repeat(20)}b`.repeat(6))
      const pattern = bytesOf(`${period}`)
      const expected = naiveFind(bytes, pattern)
      for (const size of [5000, 100_000]) {
        for (const limit of [Number.POSITIVE_INFINITY, 30_000, 10]) {
          const params: Partial<FindBytesParams> = { pattern, simd, limit }
          const { count, offsets } = await engine.run(share(bytes), findBytes, { chunks: fixed({ size }), params })
          expect({ count, offsets: [...offsets] }).toEqual({
            count: Math.min(limit, expected.length),
            offsets: expected.slice(0, limit),
          })
        }
      }
    },
  )

  test.each([true, false])('nor the one right behind the place where it does (simd: %s)', async (simd) => {
    // Each place before the match costs a long comparison; one of these is where the search changes its way.
    const pattern = bytesOf(`${'a'.repeat(699)}b`)
    for (let at = 0; at < 200; at++) {
      const bytes = bytesOf(`${'a'.repeat(699 + at)}b`)
      const { offsets } = await engine.run(share(bytes), findBytes, { params: { pattern, simd } })
      expect([...offsets]).toEqual([at])
    }
  })
})

describe('limit', () => {
  test.each([0, 1, 2, 5, 99, 100, 101, Number.POSITIVE_INFINITY])(
    '%s: that many matches at most, and with 0 all are counted',
    async (limit) => {
      const bytes = new Uint8Array(300).fill(97)
      for (let i = 0; i < 300; i += 3) bytes[i] = 98
      for (const { simd, chunks, name } of waysFor(bytes.length)) {
        const params = { pattern: 'ba', limit, simd }
        const { count, offsets } = await engine.run(share(bytes), findBytes, { chunks, params })
        const all = naiveFind(bytes, bytesOf('ba'))
        const expected = { count: limit === 0 ? 100 : Math.min(limit, 100), offsets: all.slice(0, limit) }
        expect({ count, offsets: [...offsets] }, name).toEqual(expected)
      }
    },
  )

  test('a chunk gives no more than the limit, and with 0 nothing', async () => {
    const data = share(new Uint8Array(100).fill(97))
    for (const simd of [true, false]) {
      for (const limit of [0, 3]) {
        const params = { pattern: 'a', limit, simd }
        const parts = await engine.map(data, findBytes, { chunks: fixed({ size: 50 }), params })
        expect(parts.map(({ count, offsets }) => [count, offsets.length])).toEqual([
          [limit === 0 ? 50 : limit, limit],
          [limit === 0 ? 50 : limit, limit],
        ])
      }
    }
  })
})

test.each([1, 10])('a limit of %s stops reading when it is reached', async (limit) => {
  const bytes = new Uint8Array(478 * 64)
  // Ten matches in chunk 53, and one in chunk 400.
  bytes.fill(97, 53 * 64, 53 * 64 + 10)
  bytes[400 * 64] = 97
  const data = share(bytes)
  const options = { chunks: fixed({ size: 64 }) }
  for (const simd of [true, false]) {
    for (const wanted of [{ pattern: 'a' }, { patterns: ['b', 'a'] }]) {
      const run = engine.run(data, findBytes, { ...options, params: { ...wanted, limit, simd } })
      const { count, offsets } = await run
      expect(count).toBe(limit)
      expect([...offsets]).toEqual(Array.from({ length: limit }, (_, i) => 53 * 64 + i))
      expect(run.stats!.doneChunks).toBeLessThanOrEqual(53 + 2 * engine.workers)
    }
  }
  const all = engine.run(data, findBytes, { ...options, params: { pattern: 'a', limit: 0 } })
  expect((await all).count).toBe(11)
  expect(all.stats!.doneChunks).toBe(478)
})

describe('wrong parameters are refused at the call', () => {
  test.each<[string, object, typeof Error, string]>([
    ['no pattern', {}, RangeError, 'pattern: '],
    ['an empty pattern', { pattern: new Uint8Array(0) }, RangeError, 'pattern: '],
    ['a number', { pattern: 7 }, TypeError, 'pattern: expected text or a Uint8Array, got 7'],
    ['a limit below 0', { pattern: 'a', limit: -1 }, RangeError, 'limit: '],
    ['half a limit', { pattern: 'a', limit: 0.5 }, RangeError, 'limit: '],
    ['simd that is neither true nor false', { pattern: 'a', simd: 'yes' }, TypeError, 'simd: '],
  ])('%s', (_name, params, kind, message) => {
    expect(() => engine.run(share('x'), findBytes, { params })).toThrow(kind)
    expect(() => engine.run(share('x'), findBytes, { params })).toThrow(message)
  })
})
