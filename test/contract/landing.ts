// Chunks are placed in the plugin's own buffer.

import { decodeText, type Engine, fixed, type SharedData, share } from '@onecopy/core'
import { expect, test } from 'vitest'
import {
  growing,
  landed,
  landedLines,
  landsInAnotherRealm,
  returnsItsBuffer,
  writesIntoIts,
  wrongBuffer,
} from '../plugins/landing.js'

export function promiseLanding(engine: () => Engine): void {
  const text = share('0123456789')

  test('each chunk lands at the start of the buffer, whole', async () => {
    const seen = await engine().map(text, landed)
    expect(seen.map(({ elements }) => String.fromCharCode(...elements))).toEqual(['0123', '4567', '89'])
    expect(seen.map(({ range }) => range)).toEqual([
      [0, 0, 4],
      [1, 4, 8],
      [2, 8, 10],
    ])
    expect(seen.every(({ isInPlace }) => isInPlace)).toBe(true)
  })

  test('what a chunk overlaps lands behind it', async () => {
    const seen = await engine().map(text, landed, { params: { overlap: 3 } })
    expect(seen.map(({ elements }) => String.fromCharCode(...elements))).toEqual(['0123456', '456789', '89'])
  })

  test('the buffer is asked for once, as long as the largest chunk', async () => {
    const seen = await engine().map(text, landed, { params: { size: 3, overlap: 2 }, workers: 1 })
    expect(seen.map(({ asked }) => asked)).toEqual([[5], [5], [5], [5]])
  })

  test('data shorter than a chunk asks for no more than there is', async () => {
    const seen = await engine().map(text, landed, { chunks: fixed({ size: 2 ** 20 }) })
    expect(seen.map(({ asked }) => asked)).toEqual([[10]])
  })

  const numbers = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
  test.each([
    share(Int8Array.from(numbers)),
    share(Uint8ClampedArray.from(numbers)),
    share(Int16Array.from(numbers)),
    share(Uint16Array.from(numbers)),
    share(Int32Array.from(numbers)),
    share(Uint32Array.from(numbers)),
    share(Float32Array.from(numbers)),
    share(Float64Array.from(numbers)),
    share(BigInt64Array.from(numbers.map(BigInt))),
    share(BigUint64Array.from(numbers.map(BigInt))),
  ])('elements of a $elementType land as what they are', async (data) => {
    // `as`: the plugin's type says bytes; what lands is what the data is made of.
    const seen = await engine().map(data as unknown as SharedData, landed)
    expect(seen.flatMap(({ elements }) => elements)).toEqual(numbers)
    expect(seen.every(({ kind, isInPlace }) => kind === data.elementType && isInPlace)).toBe(true)
  })

  test('lines longer than any before get a longer buffer', async () => {
    const lines = ['a\n', 'bcdefghijkl\n', 'm\n', `${'n'.repeat(200_000)}\n`, 'o\n', 'p']
    expect(await engine().run(share(lines.join('')), landedLines, { params: { size: 2 } })).toEqual(lines)
  })

  test('memory that grew under its buffer is asked for again', async () => {
    const seen = await engine().map(text, growing, { chunks: fixed({ size: 4 }) })
    expect(seen.map((bytes) => decodeText(bytes))).toEqual(['0123', '4567', '89'])
  })

  test('verify holds nothing against a chunk function under which the memory grew', async () => {
    const seen = await engine().map(text, growing, { chunks: fixed({ size: 4 }), verify: true })
    expect(seen.map((bytes) => decodeText(bytes))).toEqual(['0123', '4567', '89'])
  })

  test('views of the buffer in a result are copied out', async () => {
    const seen = await engine().map(text, returnsItsBuffer, { chunks: fixed({ size: 4 }) })
    expect(seen.map(({ bytes }) => decodeText(bytes))).toEqual(['0123', '4567', '89'])
    expect(seen.map(({ nested }) => decodeText(nested[0]!))).toEqual(['123', '567', '9'])
    expect(seen.every(({ bytes }) => bytes.buffer.byteLength === bytes.byteLength)).toBe(true)
  })

  test('what a plugin writes into its buffer does not reach the data', async () => {
    await engine().map(text, writesIntoIts)
    expect(decodeText(text.view())).toBe('0123456789')
  })

  test('verify names the chunk whose function wrote into its buffer', async () => {
    await expect(engine().map(text, writesIntoIts, { chunks: fixed({ size: 4 }), verify: true })).rejects.toMatchObject(
      { code: 'ERR_DATA_CHANGED', chunk: { index: 0, start: 0, end: 4 } },
    )
  })

  test('the buffer may be an array of another realm', async () => {
    expect(await engine().map(text, landsInAnotherRealm, { chunks: fixed({ size: 4 }) })).toEqual([
      '0123',
      '4567',
      '89',
    ])
  })

  test.each([
    ['nothing', /plugin\.buffer: expected a Uint8Array of at least 10 bytes, got undefined/],
    ['a promise', /plugin\.buffer: expected a Uint8Array of at least 10 bytes, got/],
    ['another kind', /plugin\.buffer: expected a Uint8Array of at least 10 bytes, got/],
    ['too short', /plugin\.buffer: expected a Uint8Array of at least 10 bytes, got one of 9/],
    ['an error', /no memory left/],
  ])('a buffer function that gives %s fails the run', async (answer, message) => {
    await expect(engine().map(text, wrongBuffer, { params: { answer } })).rejects.toMatchObject({
      code: 'ERR_CHUNK_FAILED',
      message: expect.stringMatching(message),
      chunk: { index: 0, start: 0, end: 10 },
    })
  })

  test('a buffer that the elements cannot begin at fails the run', async () => {
    // `as`: as above.
    const numbers = share(Float64Array.of(1, 2)) as unknown as SharedData
    await expect(engine().map(numbers, wrongBuffer, { params: { answer: 'shifted' } })).rejects.toMatchObject({
      code: 'ERR_CHUNK_FAILED',
      message: expect.stringMatching(/byteOffset must be a multiple of 8, got 1/),
    })
  })
}
