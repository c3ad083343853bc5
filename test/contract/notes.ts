// What chunk functions skip and count: each exactly once, in the order of the data, whoever runs the chunks.

import {
  alloc,
  assemble,
  type Chunk,
  concat,
  decodePart,
  type Engine,
  encodePart,
  fixed,
  lines,
  type RunStats,
  range,
  type Skipped,
  sequential,
  share,
  sum,
} from '@onecopy/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldedLines, notedLines } from '../plugins/notes.js'

/** Lines of a few letters; `x` is skipped, `!` throws. */
const texts = fc
  .array(fc.string({ unit: fc.constantFrom('a', 'b', 'x', '!', '\n', '\n', 'c'), maxLength: 30 }), { maxLength: 20 })
  .map((parts) => parts.join('\n'))

function naiveSkips(text: string): Skipped['ranges'] {
  const skips: { start: number; end: number; why: string }[] = []
  let start = 0
  for (const line of text.split('\n')) {
    if (line.includes('x')) skips.push({ start, end: start + line.length, why: `x in ${line}` })
    start += line.length + 1
  }
  return skips
}

const odd = (_: Readonly<Uint8Array>, chunk: Chunk): number => {
  if (chunk.index % 2 === 1) throw new Error(`odd ${chunk.index}`)
  chunk.count('even')
  return chunk.index
}
const single = fixed({ size: 1 })

export function promiseNotes(engine: () => Engine): void {
  test('skipped records are those of the sequential engine, and of a plain loop, however the data is cut', async () => {
    const cases = fc.record({
      text: texts,
      size: fc.integer({ min: 1, max: 40 }),
      list: fc.integer({ min: 0, max: 5 }),
    })
    await fc.assert(
      fc.asyncProperty(cases, async ({ text: given, size, list }) => {
        const text = given.replaceAll('!', '')
        const run = engine().run(share(text), notedLines, { chunks: lines({ size }), skip: { list } })
        const skips = naiveSkips(text)
        const last = text.endsWith('\n') || text === '' ? 1 : 0
        expect(await run).toEqual(
          text
            .split('\n')
            .slice(0, last === 1 ? -1 : undefined)
            .filter((line) => !line.includes('x')),
        )
        expect(run.stats?.skipped).toEqual({ count: skips.length, ranges: skips.slice(0, list) })
      }),
      { numRuns: 25 },
    )
  })

  test('chunks that throw are skipped, and the answer, the skips and the counters are those of the sequential engine', async () => {
    const cases = fc.record({
      text: texts,
      size: fc.integer({ min: 1, max: 40 }),
      most: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 0, max: 6 })),
      plugin: fc.constantFrom(notedLines, foldedLines),
    })
    await fc.assert(
      fc.asyncProperty(cases, async ({ text, size, most, plugin }) => {
        const options = { chunks: lines({ size }), skip: { most } }
        const outcomeOn = async (each: Engine) => {
          const run = each.run(share(text), plugin, options)
          try {
            const value = await run
            const { skipped, counters } = run.stats as RunStats
            return { value, skipped, counters }
          } catch (error) {
            const { code, chunk, message } = error as { code: string; chunk: unknown; message: string }
            return { code, chunk, message }
          }
        }
        expect(await outcomeOn(engine())).toEqual(await outcomeOn(sequential()))
      }),
      { numRuns: 40 },
    )
  })

  test('a fold folds without the chunk that throws, even if that has changed the accumulator', async () => {
    // So many chunks that several share an accumulator.
    const data = range(5000)
    const add = (acc: number[], _: Readonly<Uint8Array>, { index, skip, count, start, end }: Chunk): number[] => {
      acc.push(index)
      count('folded')
      if (index % 5 === 4) skip(start, end, 'five')
      if (index % 1000 === 999) throw new Error('thousand')
      return acc
    }
    const run = engine().fold(data, add, concat<number>(), { chunks: single, skip: { most: 5000, list: 5000 } })
    const all = Array.from({ length: 5000 }, (_, i) => i)
    expect(await run).toEqual(all.filter((i) => i % 1000 !== 999))
    expect(run.stats?.counters).toEqual({ folded: 4995 })
    expect(run.stats?.skipped.ranges).toEqual(
      all
        .filter((i) => i % 5 === 4)
        .map((i) => ({ start: i, end: i + 1, why: i % 1000 === 999 ? 'Error: thousand' : 'five' })),
    )
  })

  test('in a list, a stream and a reduction, the results of skipped chunks are missing', async () => {
    const options = { chunks: single, skip: { most: 50 } }
    const even = Array.from({ length: 50 }, (_, i) => 2 * i)
    expect(await engine().map(range(100), odd, options)).toEqual(even)
    const seen: number[] = []
    const stream = engine().map(range(100), odd, options)
    for await (const value of stream) seen.push(value)
    expect(seen).toEqual(even)
    expect(stream.stats?.skipped.count).toBe(50)
    const run = engine().map(range(100), odd, options).reduce(sum())
    expect(await run).toBe(2450)
    expect(run.stats).toMatchObject({ doneChunks: 100, counters: { even: 50 } })
    expect(run.stats?.skipped.ranges[0]).toEqual({ start: 1, end: 2, why: 'Error: odd 1' })
    const anyOrder = { ...sum(), order: 'any' } as const
    expect(await engine().map(range(100), odd, options).reduce(anyOrder)).toBe(2450)
  })

  test('over the budget, the chunk in which that happens is named, always the same', async () => {
    for (const most of [0, 1, 7, 49]) {
      const run = engine().map(range(100), odd, { chunks: single, skip: { most } })
      const index = 2 * most + 1
      await expect(run).rejects.toMatchObject({
        code: 'ERR_TOO_MANY_SKIPPED',
        chunk: { index, start: index, end: index + 1 },
      })
      expect(run.stats?.skipped.count).toBeGreaterThan(most)
    }
    const records = (_: Readonly<Uint8Array>, { start, end, skip }: Chunk): null => {
      for (let i = start; i < end; i++) skip(i, i + 1, 'all')
      return null
    }
    await expect(
      engine().map(range(1000), records, { chunks: fixed({ size: 10 }), skip: { most: 25 } }),
    ).rejects.toMatchObject({ code: 'ERR_TOO_MANY_SKIPPED', chunk: { index: 2 } })
  })

  test('a lower failure is reported before a budget, and a budget before a higher failure', async () => {
    const uncloneable = (_: Readonly<Uint8Array>, { index, params }: Chunk<number>): unknown => {
      if (index === params) return () => {}
      if (index % 2 === 1) throw new Error('odd')
      return index
    }
    const run = (params: number) => engine().map(range(60), uncloneable, { chunks: single, params, skip: { most: 10 } })
    await expect(run(20)).rejects.toMatchObject({ code: 'ERR_RESULT_NOT_CLONEABLE', chunk: { index: 20 } })
    await expect(run(22)).rejects.toMatchObject({ code: 'ERR_TOO_MANY_SKIPPED', chunk: { index: 21 } })
  })

  test('without the option, a chunk that throws fails the run, and records may be skipped', async () => {
    await expect(engine().map(range(4), odd, { chunks: single })).rejects.toMatchObject({ code: 'ERR_CHUNK_FAILED' })
    await expect(engine().map(range(4), odd, { chunks: single, skip: { list: 3 } })).rejects.toMatchObject({
      code: 'ERR_CHUNK_FAILED',
    })
  })

  test('a name from outside, data that cannot be viewed and a missing accumulator are no reason to skip', async () => {
    // No constant, because Bun writes constants into the functions that use them.
    const outside = Number('1')
    const skip = { most: 100 }
    await expect(
      engine().map(range(4), () => (globalThis as { none?: object }).none === undefined && outside, { skip }),
    ).rejects.toMatchObject({ code: 'ERR_INLINE_CAPTURE' })
    await expect(engine().fold(range(4), (() => undefined) as never, sum(), { skip })).rejects.toMatchObject({
      code: 'ERR_CHUNK_FAILED',
    })
  })

  test('what a skipped chunk has written in place is cleared', async () => {
    const write = (
      _: Readonly<Uint8Array>,
      { index, out }: Chunk<undefined, Uint8Array, undefined, Uint8Array>,
    ): void => {
      out.fill(index + 1)
      if (index % 2 === 1) throw new Error('odd')
    }
    const out = alloc(Uint8Array, 6)
    await engine().map(share(new Uint8Array(6)), write, { into: out, chunks: fixed({ size: 2 }), skip: { most: 3 } })
    expect([...out.view()]).toEqual([1, 1, 0, 0, 3, 3])
  })

  test('what is noted in a run that is written in place is there', async () => {
    const write = (
      _: Readonly<Uint8Array>,
      { index, out, skip, count, start }: Chunk<undefined, Uint8Array, undefined, Uint8Array>,
    ): void => {
      out.fill(1)
      count('chunks')
      if (index === 2) skip(start, start + 1, 'two')
    }
    const run = engine().map(share(new Uint8Array(8)), write, {
      into: alloc(Uint8Array, 8),
      chunks: fixed({ size: 2 }),
    })
    await run
    expect(run.stats?.counters).toEqual({ chunks: 4 })
    expect(run.stats?.skipped).toEqual({ count: 1, ranges: [{ start: 4, end: 5, why: 'two' }] })
  })

  test('what is noted before a chunk throws counts for nothing', async () => {
    const noteAndThrow = (_: Readonly<Uint8Array>, { index, start, end, skip, count }: Chunk): number => {
      count('calls')
      skip(start, end, 'noted')
      if (index === 1) throw 'thrown'
      return index
    }
    const run = engine().map(range(3), noteAndThrow, { chunks: single, skip: { most: 3 } })
    expect(await run).toEqual([0, 2])
    expect(run.stats?.counters).toEqual({ calls: 2 })
    expect(run.stats?.skipped).toEqual({
      count: 3,
      ranges: [
        { start: 0, end: 1, why: 'noted' },
        { start: 1, end: 2, why: '"thrown"' },
        { start: 2, end: 3, why: 'noted' },
      ],
    })
  })

  test('a million skips and a chunk with many take no more than their count', async () => {
    const skipAll = (_: Readonly<Uint8Array>, { start, end, skip }: Chunk): null => {
      for (let i = end - 1; i >= start; i--) skip(i, i + 1, `${i}`)
      return null
    }
    const run = engine().map(range(200_000), skipAll, { chunks: fixed({ size: 10_000 }) })
    await run
    const ranges = Array.from({ length: 100 }, (_, i) => ({ start: i, end: i + 1, why: `${i}` }))
    expect(run.stats?.skipped).toEqual({ count: 200_000, ranges })
  })

  test('reasons are cut, and errors are reasons', async () => {
    const cases = (_: Readonly<Uint8Array>, { skip }: Chunk): null => {
      skip(0, 0, 'a'.repeat(1000))
      skip(1, 3, new SyntaxError('broken'))
      return null
    }
    const run = engine().map(range(3), cases)
    await run
    expect(run.stats?.skipped.ranges).toEqual([
      { start: 0, end: 0, why: `${'a'.repeat(199)}…` },
      { start: 1, end: 3, why: 'SyntaxError: broken' },
    ])
  })

  test.each([
    [
      'an offset of the chunk',
      (chunk: Chunk) => chunk.skip(0, 12, 'x'),
      /chunk\.skip: start: .* from chunk\.start \(10\)/,
    ],
    [
      'an offset behind the chunk',
      (chunk: Chunk) => chunk.skip(21, 22, 'x'),
      /chunk\.skip: start: .*chunk\.end \(20\)/,
    ],
    [
      'an end before the start',
      (chunk: Chunk) => chunk.skip(12, 11, 'x'),
      /chunk\.skip: end: expected an integer from 12/,
    ],
    ['an end behind the data', (chunk: Chunk) => chunk.skip(12, 31, 'x'), /chunk\.skip: end: .*to 30, got 31/],
    [
      'no reason',
      (chunk: Chunk) => chunk.skip(12, 13, undefined as never),
      /chunk\.skip: why: expected text or an error/,
    ],
    ['a counter without a name', (chunk: Chunk) => chunk.count(''), /chunk\.count: name: expected text/],
    ['half a count', (chunk: Chunk) => chunk.count('half', 0.5), /chunk\.count: n: expected an integer >= 0, got 0\.5/],
    ['a count below 0', (chunk: Chunk) => chunk.count('less', -1), /chunk\.count: n: expected an integer >= 0, got -1/],
  ] as const)('%s is refused', async (_name, call, message) => {
    const source = call.toString()
    const fn = new Function('bytes', 'chunk', `if (chunk.index === 1) return (${source})(chunk)`) as never
    const second = { chunks: fixed({ size: 10 }), params: undefined }
    const refused = engine().map(range(30), fn, second)
    await expect(refused).rejects.toMatchObject({ code: 'ERR_CHUNK_FAILED' })
    await expect(refused).rejects.toMatchObject({ cause: { message: expect.stringMatching(message) } })
  })

  test('counters are sums by name, and too many names fail the run', async () => {
    const each = (_: Readonly<Uint8Array>, { index, count }: Chunk): null => {
      count('chunks')
      count('__proto__', index)
      count('zero', 0)
      return null
    }
    const run = engine().map(range(100), each, { chunks: single })
    await run
    expect(Object.entries(run.stats?.counters ?? {})).toEqual([
      ['__proto__', 4950],
      ['chunks', 100],
      ['zero', 0],
    ])
    const names = (_: Readonly<Uint8Array>, { index, count }: Chunk): void => count(`name ${index}`)
    await expect(engine().map(range(1001), names, { chunks: single })).rejects.toMatchObject({
      code: 'ERR_CHUNK_FAILED',
      message: expect.stringContaining('countByKey()'),
    })
    await engine().map(range(1000), names, { chunks: single })
  })

  test('parts carry their notes, and their assembly has those of the run', async () => {
    const text = 'a\nxa\n!\nbb\nx\nab\n!a\ncc\n'.repeat(9)
    const options = { skip: { most: 1000, list: 7 }, chunks: lines({ size: 3 }) }
    for (const plugin of [notedLines, foldedLines]) {
      const whole = sequential().run(share(text), plugin, options)
      const answer = await whole
      const assembly = assemble(share(text), plugin, options)
      const middle = Math.floor(assembly.plan.count / 2 / assembly.unit) * assembly.unit
      for (const span of [
        { from: middle, to: assembly.plan.count },
        { from: 0, to: middle },
      ]) {
        const part = await engine().part(share(text), plugin, span, options)
        assembly.add(decodePart(encodePart(structuredClone(part))))
        expect(assembly.add(part)).toBe(false)
      }
      const again = assemble(share(text), plugin, options)
      again.add(decodePart(encodePart(assembly.part())))
      for (const each of [assembly, again]) {
        expect(each.result()).toEqual(answer)
        expect(each.skipped).toEqual(whole.stats?.skipped)
        expect(each.counters).toEqual(whole.stats?.counters)
      }
    }
  })

  test('an assembly has the budget of the whole job', async () => {
    const options = { skip: { most: 30 }, chunks: lines({ size: 3 }) }
    const text = 'a\n!\n'.repeat(20)
    const { plan } = assemble(share(text), notedLines, options)
    const parts = [
      await engine().part(share(text), notedLines, { from: 0, to: 5 }, options),
      await engine().part(share(text), notedLines, { from: 5, to: plan.count }, options),
    ]
    const strict = assemble(share(text), notedLines, { ...options, skip: { most: 3 } })
    const add = () => {
      for (const part of parts) strict.add(part)
    }
    expect(add).toThrow(expect.objectContaining({ code: 'ERR_TOO_MANY_SKIPPED' }))
    expect(() => strict.result()).toThrow(expect.objectContaining({ code: 'ERR_TOO_MANY_SKIPPED' }))
  })

  test('wrong options are refused', () => {
    for (const skip of [{ most: -1 }, { most: 0.5 }, { most: '1' }, { list: -1 }, { list: 1e7 }, { some: 1 }, 5]) {
      expect(() => engine().map(range(1), odd, { skip: skip as never })).toThrow(/^options\.skip/)
      expect(() => assemble(range(1), notedLines, { skip: skip as never })).toThrow(/^options\.skip/)
    }
  })
}
