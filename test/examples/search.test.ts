// search: every offset once, in order, on any chunks; and what is made of the offsets.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { firstHits, locate, search, searchChunks } from '@onecopy/examples'
import { createEngine, file, overlapping, sequential, share } from '@onecopy/node'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'

const engine = createEngine({ workers: 3 })
afterAll(() => engine.close())

function naive(bytes: Uint8Array, pattern: Uint8Array): number[] {
  const offsets: number[] = []
  for (let at = 0; at + pattern.length <= bytes.length; at++) {
    if (pattern.every((byte, i) => bytes[at + i] === byte)) offsets.push(at)
  }
  return offsets
}

/** Few different bytes, so that matches are common and overlap. */
const fewBytes = (minLength: number, maxLength: number) =>
  fc.array(fc.constantFrom(0, 10, 97), { minLength, maxLength }).map((bytes) => Uint8Array.from(bytes))

describe('search', () => {
  test('finds a pattern that lies across the border of two chunks, once', async () => {
    const text = 'xxneedlexxneedle'
    for (let size = 1; size <= text.length; size++) {
      const params = { pattern: 'needle' }
      const offsets = await engine.run(share(text), search, { params, chunks: searchChunks(params, size) })
      expect([size, ...offsets]).toEqual([size, 2, 10])
    }
  })

  test('finds overlapping matches', async () => {
    expect([...(await engine.run(share('aaa'), search, { params: { pattern: 'aa' } }))]).toEqual([0, 1])
  })

  test('takes text as UTF-8, and bytes as they are', async () => {
    const data = share('naïve – naïve')
    expect([...(await engine.run(data, search, { params: { pattern: 'ï' } }))]).toEqual([2, 13])
    expect([...(await engine.run(data, search, { params: { pattern: Uint8Array.of(0xaf) } }))]).toEqual([3, 14])
  })

  test('finds nothing in nothing, and nothing that is longer than the data', async () => {
    expect([...(await engine.run(share(''), search, { params: { pattern: 'a' } }))]).toEqual([])
    expect([...(await engine.run(share('abc'), search, { params: { pattern: 'abcd' } }))]).toEqual([])
  })

  test('a longer overlap than needed finds nothing twice', async () => {
    const chunks = overlapping({ size: 2, overlap: 7 })
    expect([...(await engine.run(share('abababab'), search, { params: { pattern: 'ab' }, chunks }))]).toEqual([
      0, 2, 4, 6,
    ])
  })

  test('one match a byte', async () => {
    const data = share(new Uint8Array(300_000))
    const offsets = await engine.run(data, search, { params: { pattern: Uint8Array.of(0) } })
    expect(offsets).toHaveLength(300_000)
    expect(offsets.every((offset, i) => offset === i)).toBe(true)
  })

  test('any pattern in any data, in chunks of any size, is where a plain loop finds it', async () => {
    const alone = sequential()
    await fc.assert(
      fc.asyncProperty(
        fewBytes(0, 120),
        fewBytes(1, 6),
        fc.integer({ min: 1, max: 40 }),
        async (bytes, pattern, size) => {
          const params = { pattern }
          const offsets = await alone.run(share(bytes), search, { params, chunks: searchChunks(params, size) })
          expect([...offsets]).toEqual(naive(bytes, pattern))
        },
      ),
    )
  })

  test('refuses an empty pattern, a missing one and one of another kind, at once', () => {
    const data = share('abc')
    expect(() => engine.run(data, search, { params: { pattern: '' } })).toThrow(RangeError)
    expect(() => engine.run(data, search)).toThrow(/pattern: expected at least one byte/)
    // @ts-expect-error: a number is no pattern
    expect(() => engine.run(data, search, { params: { pattern: 7 } })).toThrow(TypeError)
  })
})

describe('firstHits', () => {
  test('counts all matches and keeps the first, on any chunks', async () => {
    const params = { pattern: 'a' }
    for (const size of [1, 3, 100]) {
      const run = engine.map(share('a-a-a-a-a'), search, { params, chunks: searchChunks(params, size) })
      expect(await run.reduce(firstHits(3))).toEqual({ count: 5, first: [0, 2, 4] })
    }
  })

  test('refuses to keep less than nothing', () => {
    expect(() => firstHits(-1)).toThrow(RangeError)
  })
})

describe('locate', () => {
  const lineAndColumn = (bytes: Uint8Array, offset: number): { offset: number; line: number; column: number } => {
    const before = Buffer.from(bytes).toString('latin1').slice(0, offset).split('\n')
    return { offset, line: before.length, column: before.at(-1)!.length + 1 }
  }

  test('lines and columns are those that counting from the start gives', async () => {
    const alone = sequential()
    await fc.assert(
      fc.asyncProperty(fewBytes(1, 100), fc.array(fc.nat({ max: 99 })), async (bytes, wanted) => {
        const offsets = [...new Set(wanted.map((offset) => offset % bytes.length))].sort((a, b) => a - b)
        const expected = offsets.map((offset) => lineAndColumn(bytes, offset))
        expect(await locate(alone, share(bytes), offsets)).toEqual(expected)
      }),
    )
  })

  test('lines go on across chunks, in memory and in a file', async () => {
    // Ten chunks of the default size.
    const bytes = Buffer.from('0123456789abcde\n'.repeat(40 * 1024))
    const offsets = [0, 15, 16, 65_535, 65_536, 131_071, 200_001, bytes.length - 1]
    const expected = offsets.map((offset) => ({ offset, line: (offset >> 4) + 1, column: (offset & 15) + 1 }))
    const folder = await mkdtemp(join(tmpdir(), 'onecopy-'))
    try {
      const path = join(folder, 'lines.txt')
      await writeFile(path, bytes)
      expect(await locate(engine, share(bytes), offsets)).toEqual(expected)
      expect(await locate(engine, file(path), offsets)).toEqual(expected)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
