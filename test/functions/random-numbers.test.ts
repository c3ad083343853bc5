// The generator of chunk.random() is the published one, and its numbers are even.

import { type Chunk, range, sequential } from '@onecopy/core'
import { describe, expect, test } from 'vitest'
import { threefry4x32 } from '../naive/threefry.js'

describe('the plain generator that others are compared with', () => {
  // The known answers of the library Random123.
  const ones = new Array<number>(4).fill(0xffff_ffff)
  test.each([
    [new Array<number>(4).fill(0), new Array<number>(4).fill(0), [0x9c6ca96a, 0xe17eae66, 0xfc10ecd4, 0x5256a7d8]],
    [ones, ones, [0x2a881696, 0x57012287, 0xf6c7446e, 0xa16a6732]],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0, 0x082efa98, 0xec4e6c89],
      [0x59cd1dbb, 0xb8879579, 0x86b5d00c, 0xac8b6d84],
    ],
  ])('%j and %j', (counter, key, words) => {
    expect(threefry4x32(counter, key)).toEqual(words)
  })
})

test('numbers are at least 0 and less than 1, and fall into 64 bins evenly, in a chunk and over chunks', async () => {
  const counts = (_: Readonly<Uint8Array>, { random, params }: Chunk<number>): number[] => {
    const bins = new Array<number>(64).fill(0)
    for (let i = 0; i < params; i++) bins[Math.floor(random() * 64)]!++
    return bins
  }
  const engine = sequential()
  const chunks = { kind: 'fixed', size: 1 } as const
  const oneChunk = await engine.map(range(1), counts, { chunks, params: 64_000 })
  const manyChunks = await engine.map(range(64_000), counts, { chunks, params: 1 })
  for (const lists of [oneChunk, manyChunks]) {
    const bins = Array.from({ length: 64 }, (_, bin) => lists.reduce((sum, each) => sum + each[bin]!, 0))
    expect(bins.reduce((sum, n) => sum + n, 0)).toBe(64_000)
    // Chi-square with 63 degrees of freedom: its mean is 63, and it is above 120 in about one of 50,000 cases. The seed is fixed.
    expect(bins.reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0)).toBeLessThan(120)
  }
})
