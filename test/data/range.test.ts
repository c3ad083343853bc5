// A range of numbers as data: nothing is stored, and everything else is as for other data.

import {
  assemble,
  type Chunk,
  decodePart,
  encodePart,
  fixed,
  lines,
  overlapping,
  range,
  records,
  sequential,
  share,
  sum,
} from '@onecopy/core'
import { createEngine } from '@onecopy/node'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { drawsPlugin } from '../plugins/draws.js'
import { landed } from '../plugins/landing.js'

const threads = createEngine({ workers: 3 })
const processes = createEngine({ workers: 2, isolation: 'process' })
afterAll(() => Promise.all([threads.close(), processes.close()]))

const edges = (bytes: Readonly<Uint8Array>, { index, chunks, start, end, length }: Chunk) => ({
  bytes: bytes.length,
  index,
  chunks,
  start,
  end,
  length,
})
const size = (_: Readonly<Uint8Array>, { start, end }: Chunk): number => end - start

describe.each([
  ['the sequential engine', sequential()],
  ['threads', threads],
  ['processes', processes],
])('%s', (_name, engine) => {
  test('chunks are those of as many bytes, and are empty', async () => {
    const cases = fc.record({
      length: fc.integer({ min: 0, max: 200 }),
      chunks: fc.oneof(
        fc.integer({ min: 1, max: 20 }).map((size) => fixed({ size })),
        fc.record({ length: fc.integer({ min: 1, max: 5 }), header: fc.integer({ min: 0, max: 9 }) }).map(records),
        fc.record({ size: fc.integer({ min: 1, max: 9 }), overlap: fc.integer({ min: 0, max: 9 }) }).map(overlapping),
      ),
    })
    await fc.assert(
      fc.asyncProperty(cases, async ({ length, chunks }) => {
        const expected = await sequential().map(share(new Uint8Array(length)), edges, { chunks })
        const found = await engine.map(range(length), edges, { chunks })
        expect(found).toEqual(expected.map((each) => ({ ...each, bytes: 0 })))
      }),
      { numRuns: 20 },
    )
  })

  test('2^53 numbers, cut by default and in two', async () => {
    const all = 2 ** 53
    expect(await engine.map(range(all), edges, { chunks: fixed({ size: 2 ** 52 }) })).toEqual([
      { bytes: 0, index: 0, chunks: 2, start: 0, end: 2 ** 52, length: all },
      { bytes: 0, index: 1, chunks: 2, start: 2 ** 52, end: all, length: all },
    ])
    expect(await engine.map(range(2 ** 50), size).reduce(sum())).toBe(2 ** 50)
    const run = engine.map(range(1000), size).reduce(sum())
    expect(await run).toBe(1000)
    expect(run.stats).toMatchObject({ chunks: 1, bytes: 1000 })
  })

  test('there is nothing to look at', async () => {
    await expect(engine.map(range(3), (_, chunk) => chunk.view(0, 1))).rejects.toMatchObject({
      code: 'ERR_CHUNK_FAILED',
      cause: expect.objectContaining({ message: expect.stringContaining('a range has no bytes') }),
    })
  })

  test('a plugin with a buffer of its own is not asked for it', async () => {
    const found = await engine.map(range(2 ** 50), landed, { chunks: fixed({ size: 2 ** 49 }) })
    expect(found.map(({ asked, elements }) => [asked, elements])).toEqual([
      [[], []],
      [[], []],
    ])
  })

  test('verify finds nothing to object to', async () => {
    expect(await engine.map(range(100), size, { verify: true, chunks: fixed({ size: 10 }) }).reduce(sum())).toBe(100)
  })
})

test('by default, any range has at most 2^20 chunks', () => {
  for (const length of [0, 1, 2 ** 16, 2 ** 16 + 1, 2 ** 30, 2 ** 42, 2 ** 42 + 1, 2 ** 50 + 3, 2 ** 53]) {
    const { plan } = assemble(range(length), drawsPlugin)
    expect(plan.count).toBeLessThanOrEqual(2 ** 20)
    expect(plan.last).toBe(length)
    expect(Math.min(plan.last, (plan.count - 1) * plan.size)).toBeLessThanOrEqual(length)
  }
})

test('numbers that are no length are refused', () => {
  for (const length of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53 + 2, '7', 7n, undefined]) {
    expect(() => range(length as number)).toThrow(RangeError)
    expect(() => range(length as number)).toThrow(/^length: expected an integer from 0 to 9007199254740992, got /)
  }
})

test('chunkers that look for bytes are refused', () => {
  expect(() => sequential().map(range(10), size, { chunks: lines() })).toThrow(/^chunks: .*a range has none/)
})

test('a number as data is refused, and the message tells of range', () => {
  expect(() => sequential().map(10 as never, size)).toThrow(/range\(data\)/)
})

describe('parts', () => {
  const data = range(2 ** 53)
  const options = { chunks: fixed({ size: 2 ** 51 }), seed: 4 }
  const count = drawsOf(0)

  function drawsOf(seed: number) {
    return { chunks: fixed({ size: 5 }), seed }
  }

  test('survive their encoding, and give the answer of the run', async () => {
    const numbers = range(100)
    const assembly = assemble(numbers, drawsPlugin, count)
    const half = assembly.plan.count / 2
    for (const span of [
      { from: half, to: assembly.plan.count },
      { from: 0, to: half },
    ]) {
      assembly.add(decodePart(encodePart(await threads.part(numbers, drawsPlugin, span, count))))
    }
    expect(assembly.result()).toBe(await sequential().run(numbers, drawsPlugin, count))
    // The largest plan is one, too.
    const largest = await sequential().part(data, drawsPlugin, { from: 0, to: 0 }, options)
    expect(decodePart(encodePart(largest)).plan.length).toBe(2 ** 53)
  })

  test('of another seed or another length belong to another job', async () => {
    const numbers = range(100)
    const part = await sequential().part(numbers, drawsPlugin, { from: 0, to: 1 }, drawsOf(1))
    for (const [otherData, seed] of [
      [numbers, 2],
      [numbers, undefined],
      [range(101), 1],
      [share(new Uint8Array(100)), 1],
    ] as const) {
      expect(() => assemble(otherData, drawsPlugin, { ...count, seed }).add(part)).toThrow(
        expect.objectContaining({ code: 'ERR_PART_MISMATCH' }),
      )
    }
    expect(assemble(numbers, drawsPlugin, drawsOf(1)).add(part)).toBe(true)
  })

  test('a seed that is none is refused', () => {
    for (const seed of [-1, 1.5, 2 ** 53, '1']) {
      const options = { seed: seed as number }
      expect(() => assemble(range(1), drawsPlugin, options)).toThrow(/^options\.seed: /)
      expect(() => sequential().run(range(1), drawsPlugin, options)).toThrow(/^options\.seed: /)
    }
  })
})
