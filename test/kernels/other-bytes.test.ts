// Bytes that are not where a plugin wants its chunks to land: at any offset, with other bytes around them.
//
// A plugin of a user's may hand such bytes on to a kernel's chunk function.

import type { Chunk, TypedArray } from '@onecopy/core'
import { byteHistogram, countByte, countLines, countWords, findBytes, minMax, sumNumbers } from '@onecopy/kernels'
import { describe, expect, test } from 'vitest'
import { naiveCount, naiveFind, naiveHistogram, naiveMinMax, naiveSum, naiveWords } from '../naive/kernels.js'
import { randomBytes } from '../support/bytes.js'

/** What a plugin holds, beyond its types. */
interface Parts {
  readonly params: object
  setup(params: object): unknown
  buffer(state: unknown, byteLength: number): Uint8Array
  map(bytes: TypedArray, chunk: Partial<Chunk<object, TypedArray, unknown>>): unknown
}

/** The result of one chunk function over `bytes`, which are all of the data but for `behind`. */
function call(
  plugin: object,
  bytes: Uint8Array | Int8Array,
  given: object,
  behind: Uint8Array = new Uint8Array(0),
): unknown {
  // `as`: a plugin is what it was defined with; its type says only what engines need.
  const { params: defaults, setup, map } = plugin as Parts
  const params = { ...defaults, ...given }
  const all = Uint8Array.of(...bytes, ...behind)
  return map(bytes, {
    index: 0,
    chunks: 1,
    start: 0,
    end: bytes.length,
    length: all.length,
    params,
    state: setup(params),
    cancelled: false,
    out: undefined,
    view: (start, end) => all.slice(start, end),
  })
}

/** The same bytes at every offset from 0 to 16 behind a boundary. */
function* placed(bytes: Uint8Array, around: number): Generator<Uint8Array> {
  for (let offset = 0; offset <= 16; offset++) {
    const buffer = new Uint8Array(bytes.length + 128).fill(around)
    buffer.set(bytes, offset)
    yield buffer.subarray(offset, offset + bytes.length)
  }
}

describe.each([true, false])('bytes elsewhere (simd: %s)', (simd) => {
  test('give the same at every offset and length', () => {
    for (const length of [1, 2, 3, 4, 5, 15, 16, 17, 63, 64, 65, 70, 400]) {
      const bytes = randomBytes(length, length)
      const pattern = bytes.subarray(length >> 1, (length >> 1) + 3)
      for (const around of [0, 10, 97]) {
        for (const there of placed(bytes, around)) {
          expect(call(countByte, there, { simd, byte: bytes[0] })).toBe(naiveCount(bytes, bytes[0]!))
          expect(call(countLines, there, { simd })).toBe(naiveCount(bytes, 10))
          expect(call(countWords, there, { simd })).toBe(naiveWords(bytes))
          expect(call(byteHistogram, there, { simd })).toEqual(naiveHistogram(bytes))
          expect(call(minMax, there, { simd })).toEqual(naiveMinMax(bytes))
          expect(call(sumNumbers, there, { simd })).toBe(naiveSum(bytes))
          expect(call(findBytes, there, { simd, pattern })).toMatchObject({ count: naiveFind(bytes, pattern).length })
        }
      }
    }
  })

  test('and so do signed ones', () => {
    for (const length of [1, 5, 16, 70]) {
      const bytes = randomBytes(length, length).map((byte) => byte | 0x80)
      const signed = new Int8Array(bytes.length + 1).subarray(1)
      signed.set(bytes)
      const pattern = bytes.subarray(length >> 1, (length >> 1) + 2)
      expect(call(countByte, signed, { simd, byte: bytes[0] })).toBe(naiveCount(bytes, bytes[0]!))
      expect(call(countWords, signed, { simd })).toBe(naiveWords(bytes))
      expect(call(byteHistogram, signed, { simd })).toEqual(naiveHistogram(bytes))
      expect(call(findBytes, signed, { simd, pattern })).toMatchObject({ count: naiveFind(bytes, pattern).length })
    }
  })

  test('what a match needs behind its chunk is looked up', () => {
    const bytes = new TextEncoder().encode('xx aba')
    const behind = new TextEncoder().encode('baba')
    expect(call(findBytes, bytes, { simd, pattern: 'aba' }, behind)).toMatchObject({ offsets: Float64Array.of(3, 5) })
    // A match has to start in the chunk; a word has to end in it.
    expect(call(findBytes, bytes, { simd, pattern: 'bab' }, behind)).toMatchObject({ offsets: Float64Array.of(4) })
    expect(call(countWords, bytes, { simd }, behind)).toBe(1)
    expect(call(countWords, bytes, { simd }, Uint8Array.of(32))).toBe(2)
  })
})

test('the memory never grows under a chunk that lands in it, whatever a match needs behind it', () => {
  // `as`: see above.
  const { params: defaults, setup, buffer, map } = findBytes as unknown as Parts
  const params = { ...defaults, pattern: new Uint8Array(60_000), limit: 0 }
  const state = setup(params)
  // A chunk of records may be longer than what was asked for: as long as there is room.
  const bytes = buffer(state, 20).fill(0)
  const end = bytes.length
  const length = end + params.pattern.length - 1
  const chunk = { index: 0, chunks: 2, start: 0, end, length, params, state, cancelled: false, out: undefined }
  const view = (from: number, to: number): Uint8Array => new Uint8Array(to - from)
  expect(map(bytes, { ...chunk, view })).toMatchObject({ count: end })
  expect(bytes.length).toBe(end)
})
