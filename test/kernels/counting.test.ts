// countByte, countLines, countWords and byteHistogram: what a plain loop gives, however the data is cut.

import { type Chunker, fixed, sequential, share } from '@onecopy/core'
import { byteHistogram, countByte, countLines, countWords } from '@onecopy/kernels'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { naiveCount, naiveHistogram, naiveWords } from '../naive/kernels.js'
import { randomBytes } from '../support/bytes.js'
import { waysFor } from './ways.js'

const engine = sequential()

interface Options {
  readonly chunks?: Chunker | undefined
  readonly params: { readonly simd: boolean }
}

const plugins: readonly {
  readonly name: string
  readonly run: (bytes: Uint8Array, options: Options) => Promise<unknown>
  readonly naive: (bytes: Uint8Array) => unknown
}[] = [
  {
    name: 'countByte',
    run: (bytes, { chunks, params }) =>
      engine.run(share(bytes), countByte, { chunks, params: { ...params, byte: bytes[0] ?? 0 } }),
    naive: (bytes) => naiveCount(bytes, bytes[0] ?? 0),
  },
  {
    name: 'countLines',
    run: (bytes, options) => engine.run(share(bytes), countLines, options),
    naive: (bytes) => naiveCount(bytes, 10),
  },
  { name: 'countWords', run: (bytes, options) => engine.run(share(bytes), countWords, options), naive: naiveWords },
  {
    name: 'byteHistogram',
    run: (bytes, options) => engine.run(share(bytes), byteHistogram, options),
    naive: naiveHistogram,
  },
]

/** Every length around a vector's, every value, one value only, more rounds than a narrow counter can count. */
const samples: readonly (readonly [name: string, bytes: Uint8Array])[] = [
  ['nothing', new Uint8Array(0)],
  ...Array.from({ length: 70 }, (_, i) => [`${i + 1} random bytes`, randomBytes(i + 1, i)] as const),
  ...[1, 15, 16, 17, 63, 64, 65, 200].map((n) => [`${n} line feeds`, new Uint8Array(n).fill(10)] as const),
  ...[1, 15, 16, 17, 63, 64, 65, 200].map((n) => [`${n} letters`, new Uint8Array(n).fill(120)] as const),
  ['each byte value', Uint8Array.from({ length: 256 }, (_, i) => i)],
  ['a word of each byte value', Uint8Array.from({ length: 512 }, (_, i) => (i % 2 === 0 ? i / 2 : 32))],
  ['100,000 random bytes', randomBytes(100_000, 1)],
  ['100,000 line feeds', new Uint8Array(100_000).fill(10)],
  ['100,000 bytes 255', new Uint8Array(100_000).fill(255)],
  ['100,000 letters and spaces in turn', Uint8Array.from({ length: 100_000 }, (_, i) => (i % 2 === 0 ? 97 : 32))],
]

describe.each(plugins)('$name', ({ run, naive }) => {
  test.each(samples)('of %s is what a plain loop gives', async (_sample, bytes) => {
    const expected = naive(bytes)
    for (const { simd, chunks, name } of waysFor(bytes.length)) {
      expect(await run(bytes, { chunks, params: { simd } }), name).toEqual(expected)
    }
  })

  test('of any text-like data in chunks of any size is what a plain loop gives', async () => {
    const byte = fc.oneof(fc.constantFrom(9, 10, 11, 12, 13, 32), fc.integer({ min: 0, max: 255 }))
    const data = fc.array(byte, { maxLength: 300 }).map((bytes) => Uint8Array.from(bytes))
    await fc.assert(
      fc.asyncProperty(data, fc.integer({ min: 1, max: 310 }), fc.boolean(), async (bytes, size, simd) => {
        expect(await run(bytes, { chunks: fixed({ size }), params: { simd } })).toEqual(naive(bytes))
      }),
    )
  })
})

describe('countByte', () => {
  test.each([true, false])('counts each of the 256 values, and line feeds by default (simd: %s)', async (simd) => {
    const bytes = randomBytes(5000, 3)
    for (let byte = 0; byte < 256; byte++) {
      expect(await engine.run(share(bytes), countByte, { params: { byte, simd } })).toBe(naiveCount(bytes, byte))
    }
    expect(await engine.run(share(bytes), countByte, { params: { simd } })).toBe(naiveCount(bytes, 10))
  })

  test.each([-1, 256, 1.5, Number.NaN, '10'])('refuses byte %j at the call, naming and showing it', (byte) => {
    const params = { byte: byte as number }
    expect(() => engine.run(share('x'), countByte, { params })).toThrow(RangeError)
    expect(() => engine.run(share('x'), countByte, { params })).toThrow(`byte: expected an integer from 0 to 255, got `)
  })

  test('refuses it in the lane where a chunker of the caller’s own comes first', async () => {
    await expect(engine.run(share('x'), countByte, { params: { byte: 256 }, chunks: fixed() })).rejects.toMatchObject({
      code: 'ERR_PLUGIN_LOAD',
      cause: { name: 'RangeError' },
    })
  })
})

describe('countWords', () => {
  test.each([
    ['one letter', 'x', 1],
    ['all white space', ' \t\n\v\f\r ', 0],
    ['white space of every kind between words', 'a b\tc\vd\fe\rf\ng', 7],
    ['control characters and NUL, which are parts of words', '\0 \u0001\u0002 \u007f', 3],
    ['a no-break space of UTF-8, which is no white space', 'a\u00a0b c', 2],
  ])('%s', async (_name, text, words) => {
    for (const simd of [true, false])
      expect(await engine.run(share(text), countWords, { params: { simd } })).toBe(words)
  })
})

test('simd has to be true or false: a TypeError at the call', () => {
  for (const plugin of [countLines, countWords]) {
    const params = { simd: 1 as unknown as boolean }
    expect(() => engine.run(share('x'), plugin, { params })).toThrow(
      new TypeError('simd: expected true or false, got 1'),
    )
  }
})

test('bytes only: data of another kind rejects, naming what was expected', async () => {
  // `as`: the types say so already.
  const floats = share(Float64Array.of(1)) as unknown as ReturnType<typeof share<Uint8Array>>
  const runs = [engine.map(floats, countLines), engine.map(floats, countWords), engine.map(floats, byteHistogram)]
  for (const run of runs) await expect(run).rejects.toMatchObject({ cause: { name: 'TypeError' } })
})
