// Looking closer: chosen chunks run alone and see what they saw among all, and a trace says what took how long.

import {
  type Chunk,
  concat,
  type Engine,
  fixed,
  lines,
  range,
  sequential,
  share,
  sum,
  type TraceEvent,
} from '@onecopy/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawsPlugin } from '../plugins/draws.js'
import { earlyFold } from '../plugins/early.js'
import { foldedLines } from '../plugins/notes.js'

const see = (bytes: Readonly<Uint8Array>, { index, chunks, start, end, random }: Chunk) => ({
  index,
  chunks,
  start,
  end,
  random: random(),
  text: [...bytes].join(),
})
const text = Array.from({ length: 400 }, (_, i) => `${'abc'.repeat(i % 7)}\n`).join('')

export function promiseCloserLooks(engine: () => Engine): void {
  test('chosen chunks see what they see in a run of all, in a list and in a stream', async () => {
    const cases = fc.record({
      only: fc.array(fc.nat({ max: 49 }), { maxLength: 12 }),
      chunks: fc.constantFrom(
        lines({ size: Math.ceil(text.length / 50) }),
        fixed({ size: Math.ceil(text.length / 50) }),
      ),
    })
    await fc.assert(
      fc.asyncProperty(cases, async ({ only, chunks }) => {
        const options = { chunks, seed: 7 }
        const all = await sequential().map(share(text), see, options)
        const expected = all.filter(({ index }) => only.includes(index))
        const run = engine().map(share(text), see, { ...options, only })
        expect(await run).toEqual(expected)
        expect(run.stats).toMatchObject({ chunks: new Set(only).size, doneChunks: new Set(only).size })
        const seen: unknown[] = []
        for await (const each of engine().map(share(text), see, { ...options, only })) seen.push(each)
        expect(seen).toEqual(expected)
      }),
      { numRuns: 20 },
    )
  })

  test('a plugin, a reduction and a fold over chosen chunks', async () => {
    const options = { chunks: fixed({ size: 1 }), seed: 3, only: [999, 3, 500, 501, 3] }
    const numbers = range(1000)
    const alone = sequential()
    expect(await engine().run(numbers, drawsPlugin, options)).toBe(await alone.run(numbers, drawsPlugin, options))
    const add = (acc: number[], _: Readonly<Uint8Array>, { index }: Chunk): number[] => [...acc, index]
    expect(await engine().fold(numbers, add, concat<number>(), options)).toEqual([3, 500, 501, 999])
    const size = (_: Readonly<Uint8Array>, { index }: Chunk): number => index
    expect(await engine().map(numbers, size, options).reduce(sum())).toBe(2003)
    expect(
      await engine()
        .map(numbers, size, { ...options, only: [] })
        .reduce(sum()),
    ).toBe(0)
    const broken = engine().run(share(text), foldedLines, { chunks: lines({ size: 8 }), only: [4] })
    expect(await broken).toEqual(await alone.run(share(text), foldedLines, { chunks: lines({ size: 8 }), only: [4] }))
  })

  test('a reducer that has enough gets all chosen chunks', async () => {
    const data = share(Uint8Array.from({ length: 40 }, (_, i) => i))
    const options = { chunks: fixed({ size: 1 }), only: [5, 6, 30] }
    expect(await engine().run(data, earlyFold, options)).toEqual(await sequential().run(data, earlyFold, options))
  })

  test('a sample is spread over the data, has its share of the chunks, and follows from the seed', async () => {
    const index = (_: Readonly<Uint8Array>, chunk: Chunk): number => chunk.index
    const cases = fc.record({
      count: fc.integer({ min: 1, max: 300 }),
      sample: fc.double({ min: 0.001, max: 1, noNaN: true }),
    })
    await fc.assert(
      fc.asyncProperty(cases, fc.nat(), async ({ count, sample }, seed) => {
        const options = { chunks: fixed({ size: 1 }), sample, seed }
        const found = await engine().map(range(count), index, options)
        const pieces = Math.max(1, Math.round(count * sample))
        expect(found).toHaveLength(pieces)
        for (const [piece, chunk] of found.entries()) {
          expect(chunk).toBeGreaterThanOrEqual(Math.floor((piece * count) / pieces))
          expect(chunk).toBeLessThan(Math.floor(((piece + 1) * count) / pieces))
        }
        expect(await sequential().map(range(count), index, options)).toEqual(found)
      }),
      { numRuns: 20 },
    )
    expect(await engine().map(range(0), index, { sample: 0.5 })).toEqual([])
    const of = (seed: number) => engine().map(range(1000), index, { chunks: fixed({ size: 1 }), sample: 0.01, seed })
    expect(await of(1)).not.toEqual(await of(2))
  })

  test('wrong choices are refused', () => {
    const chunks = fixed({ size: 1 })
    for (const options of [{ only: [10] }, { only: [-1] }, { only: [0.5] }, { only: 5 }, { only: ['1'] }]) {
      expect(() => engine().map(range(10), see, { chunks, ...(options as object) })).toThrow(/^options\.only: expected/)
    }
    for (const sample of [0, -1, 1.5, Number.NaN, '1%']) {
      expect(() => engine().map(range(10), see, { chunks, sample: sample as number })).toThrow(/^options\.sample: /)
    }
    expect(() => engine().map(range(10), see, { chunks, only: [1], sample: 1 })).toThrow(/has only or sample/)
    expect(() => engine().map(range(0), see, { only: [0] })).toThrow(/^options\.only: /)
    expect(() => engine().part(range(10), drawsPlugin, { from: 0, to: 1 }, { only: [0] })).toThrow(/a part runs/)
  })

  test('a trace has each chunk once, with the lane and the worker that ran it', async () => {
    const events: TraceEvent[] = []
    const before = Date.now()
    const run = engine()
      .map(range(200), async (_, { index }) => [index], { chunks: fixed({ size: 1 }) })
      .reduce(concat<number>())
      .on('trace', (some) => events.push(...some))
    await run
    const after = Date.now()
    const chunks = events.filter(({ kind }) => kind === 'chunk')
    expect(chunks.map(({ chunk }) => chunk).sort((a, b) => a! - b!)).toEqual(Array.from({ length: 200 }, (_, i) => i))
    const lanes = events.filter(({ kind }) => kind === 'lane')
    expect(lanes.length).toBeGreaterThan(0)
    for (const { lane, worker, startMs, ms } of chunks) {
      expect(worker).toBeGreaterThan(0)
      expect(ms).toBeGreaterThanOrEqual(0)
      expect(lanes.map((each) => [each.lane, each.worker])).toContainEqual([lane, worker])
      // Clocks of other threads and processes may differ a little.
      expect(startMs).toBeGreaterThan(before - 1000)
      expect(startMs + ms).toBeLessThan(after + 1000)
    }
    for (const { lane, kind } of events) expect(lane === -1).toBe(kind === 'merge')
  })

  test('without a listener nothing is measured, and a failed run has a trace of what was done', async () => {
    const events: TraceEvent[] = []
    const quiet = engine().map(range(5), see)
    await quiet
    const fails = (_: Readonly<Uint8Array>, { index }: Chunk): number => {
      if (index === 40) throw new Error('forty')
      return index
    }
    const run = engine()
      .map(range(50), fails, { chunks: fixed({ size: 1 }) })
      .on('trace', (some) => events.push(...some))
    await expect(run).rejects.toMatchObject({ chunk: { index: 40 } })
    const done = events.filter(({ kind, chunk }) => kind === 'chunk' && chunk !== undefined && chunk < 40)
    expect(new Set(done.map(({ chunk }) => chunk)).size).toBe(40)
  })
}
