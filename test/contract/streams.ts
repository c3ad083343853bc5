// Streams: the answers are those of the same bytes in memory, whatever pieces they come in.

import {
  type Chunk,
  type Chunker,
  csvRecords,
  delimited,
  type Engine,
  fixed,
  lines,
  overlapping,
  records,
  sequential,
  share,
  stream,
  sum,
  take,
} from '@onecopy/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomFloats } from '../support/bytes.js'
import { Endless, inPieces } from '../support/pieces.js'

const chunkers: readonly (readonly [name: string, chunkerOf: (size: number) => Chunker])[] = [
  ['fixed', (size) => fixed({ size })],
  ['records', (size) => records({ size, length: 3, header: 2 })],
  ['overlapping', (size) => overlapping({ size, overlap: 4 })],
  ['lines', (size) => lines({ size })],
  ['delimited, where delimiters overlap', (size) => delimited({ size, delimiter: 'aa' })],
  ['delimited, aligned', (size) => delimited({ size, delimiter: 'ab', align: 2 })],
  ['csvRecords', (size) => csvRecords({ size, malformed: 'keep' })],
  ['csvRecords that end with carriage returns', (size) => csvRecords({ size, quote: 'a', malformed: 'skip' })],
]

/** Bytes in which everything that ends a record is frequent, sometimes behind a byte order mark. */
const someBytes = fc
  .tuple(
    fc.constantFrom([], [0xef, 0xbb, 0xbf], [0xef, 0xbb]),
    fc.array(
      fc.constantFrom(...'aab\n\r",').map((each) => each.charCodeAt(0)),
      { maxLength: 120 },
    ),
  )
  .map(([mark, rest]) => Uint8Array.from([...mark, ...rest]))

const someLengths = fc.array(fc.integer({ min: 3, max: 60 }), { minLength: 1, maxLength: 5 })

/** All that a chunk function sees, but what a stream does not know. */
const seen = (
  bytes: Readonly<Uint8Array>,
  {
    index,
    start,
    end,
    random,
  }: { readonly index: number; readonly start: number; readonly end: number; readonly random: () => number },
): unknown => ({ index, start, end, bytes: [...bytes], drawn: random() })

export function promiseStreams(engine: () => Engine): void {
  test.each(chunkers)('chunks cut by %s see what they see in memory', async (_name, chunkerOf) => {
    await fc.assert(
      fc.asyncProperty(someBytes, someLengths, fc.integer({ min: 1, max: 30 }), async (bytes, lengths, size) => {
        const options = { chunks: chunkerOf(size), seed: size }
        const expected = await sequential().map(share(bytes), seen, options)
        expect(await engine().map(stream(inPieces(bytes, lengths)), seen, options)).toEqual(expected)
      }),
      { numRuns: 5 },
    )
  })

  test('a byte order mark is one, however little of it comes at a time', async () => {
    const bytes = Uint8Array.of(0xef, 0xbb, 0xbf, 97, 97)
    const chunks = csvRecords({ size: 1, quote: 'a', malformed: 'skip' })
    const expected = await sequential().map(share(bytes), seen, { chunks })
    expect(await engine().map(stream(inPieces(bytes, [1])), seen, { chunks })).toEqual(expected)
  })

  test('results are merged in the same tree, and folds of fewer than 512 chunks have the same bits', async () => {
    const floats = new Uint8Array(randomFloats(130, 5).buffer)
    const add = (bytes: Readonly<Uint8Array>): number => {
      let n = 0
      for (const each of new Float64Array(Uint8Array.from(bytes).buffer)) n += each
      return n
    }
    const foldAdd = (n: number, bytes: Readonly<Uint8Array>): number => {
      let total = n
      for (const each of new Float64Array(Uint8Array.from(bytes).buffer)) total += each
      return total
    }
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 130 }), someLengths, async (length, lengths) => {
        const bytes = floats.subarray(0, 8 * length)
        const options = { chunks: fixed({ size: 8 }) }
        const pieces = () => stream(inPieces(bytes, lengths))
        const merged = (a: string, b: string): string => `(${a}${b})`
        const named = (_bytes: unknown, { index }: { readonly index: number }): string => `${index} `
        const whole = sequential()
        expect(await engine().map(pieces(), add, options).reduce(sum())).toBe(
          await whole.map(share(bytes), add, options).reduce(sum()),
        )
        expect(await engine().fold(pieces(), foldAdd, sum(), options)).toBe(
          await whole.fold(share(bytes), foldAdd, sum(), options),
        )
        if (length === 0) return
        expect(await engine().map(pieces(), named, options).reduce(merged)).toBe(
          await whole.map(share(bytes), named, options).reduce(merged),
        )
      }),
      { numRuns: 3 },
    )
  })

  test('for await gives every result once, in order', async () => {
    const bytes = Uint8Array.from({ length: 500 }, (_, i) => i % 7)
    const results: number[] = []
    const run = engine().map(stream(inPieces(bytes, [3, 50])), ([byte]) => byte!, { chunks: fixed({ size: 1 }) })
    for await (const byte of run) results.push(byte)
    expect(results).toEqual([...bytes])
    expect(run.stats).toMatchObject({ chunks: 500, doneChunks: 500, bytes: 500 })
  })

  test('results that are views of the bytes are copies, because later bytes are laid into the same memory', async () => {
    const bytes = Uint8Array.from({ length: 300 }, (_, i) => i % 256)
    const options = { chunks: fixed({ size: 10 }) }
    const parts = await engine().map(stream(inPieces(bytes, [10])), (part) => [part.subarray(1)], options)
    expect(parts.map(([part]) => [...part!])).toEqual(
      Array.from({ length: 30 }, (_, i) => [...bytes.subarray(10 * i + 1, 10 * i + 10)]),
    )
  })

  test('an empty stream has no chunks', async () => {
    const nothing = () => stream(inPieces(new Uint8Array(0), [1]))
    expect(await engine().map(nothing(), (bytes) => bytes.length)).toEqual([])
    expect(
      await engine()
        .map(nothing(), (bytes) => bytes.length)
        .reduce(sum()),
    ).toBe(0)
    const run = engine()
      .map(nothing(), (bytes) => bytes.length)
      .reduce((a, b) => a + b)
    await expect(run).rejects.toMatchObject({ code: 'ERR_EMPTY_INPUT' })
  })

  test('a chunk that fails is named by its place in the stream, and the source is closed', async () => {
    const source = new Endless(new TextEncoder().encode('ok\n'.repeat(40)))
    const run = engine().map(
      stream(source),
      (_bytes, { index }) => {
        if (index === 30) throw new Error('no')
        return index
      },
      { chunks: fixed({ size: 12 }) },
    )
    await expect(run).rejects.toMatchObject({ code: 'ERR_CHUNK_FAILED', chunk: { index: 30, start: 360, end: 372 } })
    await source.left
  })

  test('a reducer that has enough ends the run, and closes a source that never ends', async () => {
    const source = new Endless(new TextEncoder().encode('a line\n'))
    const run = engine()
      .map(stream(source), (_bytes, { index }) => [index], { chunks: lines({ size: 20 }) })
      .reduce(take(5))
    expect(await run).toEqual([0, 1, 2, 3, 4])
    await source.left
  })

  test('what chunks skip and count is there once', async () => {
    const run = engine().map(
      stream(inPieces(new Uint8Array(200), [7])),
      (_bytes, { start, end, skip, count }) => {
        count('chunks')
        if (start % 100 === 0) skip(start, end, 'round')
        return 0
      },
      { chunks: fixed({ size: 10 }) },
    )
    await run
    expect(run.stats).toMatchObject({
      counters: { chunks: 20 },
      skipped: {
        count: 2,
        ranges: [
          { start: 0, end: 10 },
          { start: 100, end: 110 },
        ],
      },
    })
  })

  test('a chunk that throws is skipped, and too many of them fail the run with the same chunk', async () => {
    const odd = (_bytes: unknown, { index }: { readonly index: number }): number => {
      if (index % 2 === 1) throw new Error('odd')
      return index
    }
    const chunks = fixed({ size: 10 })
    const pieces = () => stream(inPieces(new Uint8Array(200), [10, 30]))
    expect(await engine().map(pieces(), odd, { chunks, skip: { most: 10 } })).toHaveLength(10)
    await expect(engine().map(pieces(), odd, { chunks, skip: { most: 4 } })).rejects.toMatchObject({
      code: 'ERR_TOO_MANY_SKIPPED',
      chunk: { index: 9 },
    })
  })

  test('a chunk sees its own bytes and 64 KiB before them, and does not know how long the stream is', async () => {
    const bytes = Uint8Array.from({ length: 200_000 }, (_, i) => i % 251)
    const size = 50_000
    const shown = 64 * 1024
    const run = engine().map(
      stream(inPieces(bytes, [7000])),
      (_bytes, chunk) => {
        const from = Math.max(0, chunk.start - chunk.params.shown)
        const messages: string[] = []
        for (const [start, end] of [
          [from - 1, chunk.end],
          [chunk.start, chunk.end + 3],
        ] as const) {
          try {
            if (start >= 0) chunk.view(start, end)
          } catch (error) {
            messages.push((error as Error).message)
          }
        }
        return { seen: [...chunk.view(from, chunk.end + 2)], messages, far: [chunk.chunks, chunk.length] }
      },
      { chunks: overlapping({ size, overlap: 2 }), params: { shown } },
    )
    const before = 'chunk.view: a stream shows a chunk only its own bytes and 65536 before them, '
    const behind = '; for bytes past its end, use overlapping()'
    expect(await run).toEqual(
      [0, 1, 2, 3].map((index) => {
        const [start, end] = [size * index, size * (index + 1)]
        const from = Math.max(0, start - shown)
        const seen = `[${from}, ${Math.min(bytes.length, end + 2)}), got `
        const messages = [
          ...(from > 0 ? [`${before}${seen}[${from - 1}, ${end})${behind}`] : []),
          // At the end of the stream, what is wanted of bytes behind it is cut off, as for other data.
          ...(index < 3 ? [`${before}${seen}[${start}, ${end + 3})${behind}`] : []),
        ]
        return { seen: [...bytes.subarray(from, end + 2)], messages, far: [Infinity, Infinity] }
      }),
    )
  })

  test('records see the bytes before them, however they came', async () => {
    const look = (_: unknown, chunk: Chunk<undefined>): unknown => [
      ...chunk.view(Math.max(0, chunk.start - 20), chunk.end),
    ]
    await fc.assert(
      fc.asyncProperty(someBytes, someLengths, fc.integer({ min: 1, max: 30 }), async (bytes, lengths, size) => {
        for (const chunks of [lines({ size }), fixed({ size }), csvRecords({ size, malformed: 'keep' })]) {
          const expected = await sequential().map(share(bytes), look, { chunks })
          expect(await engine().map(stream(inPieces(bytes, lengths)), look, { chunks })).toEqual(expected)
        }
      }),
      { numRuns: 3 },
    )
  })
}
