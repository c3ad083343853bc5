// A job in parts: cut in any way, run by any engines, added in any order and twice. The answer is that of one run, bit for bit.

import { deserialize, serialize } from 'node:v8'
import {
  type Assembly,
  assemble,
  type Engine,
  fixed,
  type Part,
  type Plugin,
  type SharedData,
  type Span,
  sequential,
  share,
  type TypedArray,
} from '@onecopy/core'
import { createEngine } from '@onecopy/node'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as plugins from '../plugins/parts.js'
import { createRandom, randomBytes, randomFloats } from '../support/bytes.js'
import { fingerprint } from '../support/fingerprint.js'

const engines: Engine[] = []
beforeAll(() => {
  engines.push(sequential(), createEngine({ workers: 1 }), createEngine({ workers: 3 }))
})
afterAll(() => Promise.all(engines.map((engine) => engine.close())))

const ways: readonly ((part: Part) => Part)[] = [
  (part) => part,
  (part) => structuredClone(part),
  (part) => deserialize(serialize(part)),
]

interface Job {
  readonly data: (length: number, seed: number) => SharedData<TypedArray>
  // `any`: each plugin has types of its own.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly plugin: Plugin<any, any, any, any, any>
}

const bytes = (length: number, seed: number) =>
  share(Uint8Array.from(randomBytes(length, seed), (byte) => (byte < 40 ? 10 : byte)))
/** Quoted CSV, some of it malformed. */
const csv = (length: number, seed: number) =>
  share(Uint8Array.from(randomBytes(length, seed), (byte) => '""\n\r,abcde'.charCodeAt(byte % 10)))
const jobs: readonly Job[] = [
  { plugin: plugins.floatSum, data: (length, seed) => share(randomFloats(length, seed)) },
  { plugin: plugins.lineList, data: bytes },
  { plugin: plugins.recordList, data: csv },
  { plugin: plugins.eachChunk, data: bytes },
  { plugin: plugins.numbersOnly, data: bytes },
  { plugin: plugins.anyOrder, data: bytes },
  { plugin: plugins.bareMerge, data: bytes },
  { plugin: plugins.foldedValues, data: bytes },
]

/** Random spans that cover all chunks, at the borders that the assembly allows; some of them are empty. */
function cut({ plan, unit }: Assembly<unknown>, cuts: readonly number[]): Span[] {
  const edges = [
    0,
    plan.count,
    ...cuts.map((cut) => Math.min(plan.count, unit * Math.floor((cut * plan.count) / unit))),
  ]
  edges.sort((a, b) => a - b)
  return edges.slice(1).map((to, i) => ({ from: edges[i]!, to }))
}

function shuffle<V>(list: readonly V[], random: () => number): V[] {
  return list
    .map((value) => [random(), value] as const)
    .sort(([a], [b]) => a - b)
    .map(([, value]) => value)
}

describe.each(jobs)('$plugin.name', ({ plugin, data: make }) => {
  test('any parts, by any engines, in any order, some twice: the bits of one run', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1500, max: 2500 })),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }),
        fc.integer(),
        async (length, cuts, seed) => {
          const data = make(length, seed)
          const random = createRandom(seed)
          const pick = <V>(list: readonly V[]): V => list[Math.floor(random() * list.length)]!
          const assembly = assemble(data, plugin)
          const parts: Part[] = []
          for (const span of cut(assembly, cuts)) {
            const part = await pick(engines).part(data, plugin, span)
            parts.push(pick(ways)(part))
            if (random() < 0.3) parts.push(pick(ways)(part))
          }
          for (const part of shuffle(parts, random)) {
            const isFirst = assembly.missing().some((gap) => isIn(part, gap))
            expect(assembly.add(part)).toBe(isFirst || part.ranges.length === 0)
          }
          expect(assembly.missing()).toEqual([])
          const [theirs, ours] = [
            await outcome(() => engines[0]!.run(data, plugin)),
            await outcome(() => assembly.result()),
          ]
          expect(ours).toBe(theirs)
        },
      ),
      { numRuns: 40 },
    )
  }, 120_000)

  test('parts of parts: what is in, as one part, is added to another assembly', async () => {
    const data = make(1800, 5)
    const first = assemble(data, plugin)
    const second = assemble(data, plugin)
    const { count } = first.plan
    const edges = [0, 0.1, 0.4, 0.45, 0.8, 1].map((at) =>
      Math.min(count, first.unit * Math.ceil((at * count) / first.unit)),
    )
    const spans = edges.slice(1).map((to, i) => ({ from: edges[i]!, to }))
    const parts = await Promise.all(spans.map((span) => engines[2]!.part(data, plugin, span)))
    for (const i of [3, 0, 1]) first.add(parts[i]!)
    const compact = first.part()
    // What is added later must not change the part that was given.
    const before = fingerprint(compact)
    for (const i of [2, 4]) first.add(parts[i]!)
    expect(fingerprint(compact)).toBe(before)
    expect(second.add(parts[4]!)).toBe(true)
    expect(second.add(compact)).toBe(true)
    expect(second.add(parts[1]!)).toBe(false)
    expect(second.missing()).toEqual([spans[2]])
    expect(second.add(parts[2]!)).toBe(true)
    expect(fingerprint(second.result())).toBe(fingerprint(await engines[0]!.run(data, plugin)))
    expect(fingerprint(first.part().ranges)).toBe(fingerprint(count > 0 ? [0, count] : []))
    expect(fingerprint(first.result())).toBe(fingerprint(second.result()))
  })
})

function isIn({ ranges }: Part, gap: Span): boolean {
  return ranges.length > 0 && ranges[0]! >= gap.from && ranges.at(-1)! <= gap.to
}

/** The fingerprint of an answer, or the code of an error: empty data has no answer without an identity. */
async function outcome(answer: () => unknown): Promise<string> {
  try {
    return fingerprint(await answer())
  } catch (error) {
    // `as`: an error of onecopy has a code.
    return (error as { code: string }).code
  }
}

const text = share('one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n')

describe('an assembly', () => {
  test('needs nothing of the data but its outline', async () => {
    const outline = { elementType: 'Uint8Array', length: text.length, byteLength: text.byteLength }
    const assembly = assemble(outline, plugins.lineList)
    expect(assembly.add(await engines[1]!.part(text, plugins.lineList, { from: 0, to: assembly.plan.count }))).toBe(
      true,
    )
    expect(fingerprint(assembly.result())).toBe(fingerprint(await engines[0]!.run(text, plugins.lineList)))
  })

  test('counts what is in, and names what is missing', async () => {
    const assembly = assemble(text, plugins.lineList)
    const { count } = assembly.plan
    expect(assembly.unit).toBe(1)
    expect(assembly.missing()).toEqual([{ from: 0, to: count }])
    assembly.add(await engines[0]!.part(text, plugins.lineList, { from: 1, to: 3 }))
    expect(assembly.done).toBe(2)
    expect(assembly.missing()).toEqual([
      { from: 0, to: 1 },
      { from: 3, to: count },
    ])
    expect(() => assembly.result()).toThrow(
      expect.objectContaining({
        code: 'ERR_PART_MISSING',
        message: `parts are missing: chunks 0 and 3 to ${count - 1}`,
      }),
    )
  })

  test('takes nothing of a part of which one chunk is in', async () => {
    const assembly = assemble(text, plugins.lineList)
    assembly.add(await engines[0]!.part(text, plugins.lineList, { from: 2, to: 4 }))
    expect(assembly.add(await engines[0]!.part(text, plugins.lineList, { from: 3, to: 6 }))).toBe(false)
    expect(assembly.add(await engines[0]!.part(text, plugins.lineList, { from: 0, to: 3 }))).toBe(false)
    expect(assembly.done).toBe(2)
  })

  test('leaves a part as it is, also if its reducer writes into what it merges', async () => {
    const assembly = assemble(text, plugins.bareMerge)
    const { count } = assembly.plan
    const parts = await Promise.all(
      [0, 1, 2, 3, 4, 5].map((from) =>
        engines[0]!.part(text, plugins.bareMerge, { from, to: from === 5 ? count : from + 1 }),
      ),
    )
    const before = fingerprint(parts)
    for (const part of parts) assembly.add(part)
    assembly.result()
    expect(fingerprint(parts)).toBe(before)
  })

  test('finishes once', async () => {
    const assembly = assemble(text, plugins.finishes)
    assembly.add(await engines[0]!.part(text, plugins.finishes, { from: 0, to: assembly.plan.count }))
    expect(assembly.result()).toBe(assembly.result())
    expect(() => assembly.part()).toThrow(TypeError)
  })

  test('of data without chunks has the answer of a run', async () => {
    const none = share('')
    const assembly = assemble(none, plugins.floatSum as never)
    expect(assembly.plan.count).toBe(0)
    expect(assembly.add(await engines[1]!.part(none, plugins.floatSum as never, { from: 0, to: 0 }))).toBe(true)
    expect(assembly.result()).toBe(0)
    expect(() => assemble(none, plugins.bareMerge).result()).toThrow(
      expect.objectContaining({ code: 'ERR_EMPTY_INPUT' }),
    )
  })

  test('of a fold has units of whole blocks', async () => {
    const data = share(new Uint8Array(2000))
    const assembly = assemble(data, plugins.foldedValues)
    expect(assembly.unit).toBe(4)
    await expect(async () => engines[1]!.part(data, plugins.foldedValues, { from: 0, to: 6 })).rejects.toThrow(
      'span.to: expected a multiple of 4 (chunks per block of this fold) or the number of chunks, 2000; got 6',
    )
    expect((await engines[1]!.part(data, plugins.foldedValues, { from: 8, to: 2000 })).ranges).toEqual([8, 2000])
  })

  test('reports what the reducer throws, and cannot be used after that', async () => {
    const data = share(Uint8Array.of(1, 66, 3))
    const assembly = assemble(data, plugins.throwsInMerge)
    const parts = await Promise.all(
      [0, 1, 2].map((from) => engines[0]!.part(data, plugins.throwsInMerge, { from, to: from + 1 })),
    )
    assembly.add(parts[0]!)
    const failed = expect.objectContaining({ code: 'ERR_CHUNK_FAILED', cause: expect.any(RangeError) })
    expect(() => assembly.add(parts[1]!)).toThrow(failed)
    expect(() => assembly.add(parts[2]!)).toThrow(failed)
    expect(() => assembly.result()).toThrow(failed)
  })
})

describe('a part of another job is refused', () => {
  const { floatSum, lineList } = plugins
  const numbers = share(randomFloats(100, 1))
  const part = () => engines[0]!.part(numbers, floatSum, { from: 0, to: 2 }, { params: { size: 7 } })

  test.each([
    ['another plugin', () => assemble(numbers, plugins.finishes as never), 'it was made by the plugin'],
    [
      'another digest of the plugin',
      () => assemble(numbers, floatSum, { digest: 'abc' }),
      'and this is "float-sum@abc"',
    ],
    [
      'other parameters',
      () => assemble(numbers, floatSum, { params: { size: 8 } }),
      'it was made with other parameters',
    ],
    [
      'data of another length',
      () => assemble(share(randomFloats(99, 1)), floatSum),
      '"800 bytes", and this is "792 bytes"',
    ],
    [
      'data of another identity',
      () => assemble(numbers, floatSum, { identity: 'mine' }),
      '"800 bytes", and this is "mine"',
    ],
    [
      'chunks of another size',
      () => assemble(numbers, floatSum, { chunks: fixed({ size: 8 }) }),
      'size is 7, and here it is 8',
    ],
  ])('%s', async (_what, make, message) => {
    const assembly = make()
    const given = await part()
    expect(() => assembly.add(given)).toThrow(
      expect.objectContaining({ code: 'ERR_PART_MISMATCH', message: expect.stringContaining(message) }),
    )
    expect(assembly.done).toBe(0)
  })

  test('a later version of parts', async () => {
    const later = { ...(await part()), version: 2 as never }
    expect(() => assemble(numbers, floatSum).add(later)).toThrow(expect.objectContaining({ code: 'ERR_PART_MISMATCH' }))
  })

  test('parameters are compared with the content of shared data in them', async () => {
    const params = (byte: number) => ({ size: 7, mask: share(Uint8Array.of(byte)) }) as { size: number }
    const withMask = { ...floatSum, params: params(0) }
    const one = await engines[0]!.part(numbers, withMask, { from: 0, to: 2 }, { params: params(1) })
    expect(() => assemble(numbers, withMask, { params: params(2) }).add(one)).toThrow('other parameters')
    expect(assemble(numbers, withMask, { params: params(1) }).add(one)).toBe(true)
  })

  test.each([
    ['nothing', undefined],
    ['text', 'part'],
    ['an object', {}],
    ['a plan alone', { plan: {} }],
  ])('%s is no part', (_what, value) => {
    expect(() => assemble(text, lineList).add(value as never)).toThrow(TypeError)
  })
})

describe('a part whose results do not fit its chunks is refused, and nothing of it is taken', () => {
  const numbers = share(randomFloats(100, 1))
  const changes: readonly (readonly [string, (part: Part) => object])[] = [
    ['ranges that go past the end', () => ({ ranges: [2, 99] })],
    ['ranges that overlap', () => ({ ranges: [2, 4, 3, 5] })],
    ['half a range', () => ({ ranges: [2] })],
    ['no ranges', () => ({ ranges: [] })],
    ['a range more', () => ({ ranges: [2, 4, 7, 8] })],
    ['ranges that are no numbers', () => ({ ranges: ['2', '4'] })],
    ['no nodes', () => ({ payload: { kind: 'tree', nodes: [] } })],
    [
      'a node twice',
      ({ payload }) => ({
        payload: { kind: 'tree', nodes: 'nodes' in payload ? [...payload.nodes, ...payload.nodes] : [] },
      }),
    ],
    ['a node of another place', () => ({ payload: { kind: 'tree', nodes: [{ level: 1, index: 2, value: 1 }] } })],
    ['a node that is too large', () => ({ payload: { kind: 'tree', nodes: [{ level: 2, index: 0, value: 1 }] } })],
    [
      'a node of a level that does not exist',
      () => ({ payload: { kind: 'tree', nodes: [{ level: 1e9, index: 0, value: 1 }] } }),
    ],
    ['a node without its value', () => ({ payload: { kind: 'tree', nodes: [{ level: 1, index: 1 }] } })],
    ['a node that is null', () => ({ payload: { kind: 'tree', nodes: [null] } })],
    [
      'a value that cannot be cloned',
      () => ({ payload: { kind: 'tree', nodes: [{ level: 1, index: 1, value: () => 1 }] } }),
    ],
  ]
  test.each(changes)('%s', async (_what, change) => {
    const part = await engines[0]!.part(numbers, plugins.floatSum, { from: 2, to: 4 })
    const assembly = assemble(numbers, plugins.floatSum)
    expect(() => assembly.add({ ...part, ...change(part) } as Part)).toThrow(
      expect.objectContaining({ code: 'ERR_PART_DAMAGED' }),
    )
    expect(assembly.done).toBe(0)
    expect(assembly.add(part)).toBe(true)
  })

  test.each([
    ['a result less', { chunkIndices: Int32Array.of(0), values: [3] }],
    ['a result more', { chunkIndices: Int32Array.of(0, 1, 2), values: [3, 3, 3] }],
    ['a result twice', { chunkIndices: Int32Array.of(0, 0), values: [3, 3] }],
    ['a result of another chunk', { chunkIndices: Int32Array.of(0, 2), values: [3, 3] }],
    ['numbers of chunks in a list', { chunkIndices: [0, 1], values: [3, 3] }],
    ['no values', { chunkIndices: Int32Array.of(0, 1), values: 7 }],
  ])('a list with %s', async (_what, payload) => {
    const part = await engines[0]!.part(text, plugins.numbersOnly, { from: 0, to: 2 })
    const assembly = assemble(text, plugins.numbersOnly)
    expect(() => assembly.add({ ...part, payload: { kind: 'list', ...payload } } as Part)).toThrow(
      expect.objectContaining({ code: 'ERR_PART_DAMAGED' }),
    )
    expect(assembly.add(part)).toBe(true)
  })
})

describe('engine.part', () => {
  test.each([
    [undefined, 'span: expected an object { from, to }, got undefined'],
    [{ from: -1, to: 2 }, 'span.from: expected an integer from 0 to 10, got -1'],
    [{ from: 3, to: 2 }, 'span.to: expected an integer from 3 to 10, got 2'],
    [{ from: 0, to: 11 }, 'span.to: expected an integer from 0 to 10, got 11'],
    [{ from: 0.5, to: 2 }, 'span.from: expected an integer from 0 to 10, got 0.5'],
  ])('refuses the span %j', (span, message) => {
    const data = share(new Uint8Array(10))
    expect(() => engines[0]!.part(data, plugins.throwsAtByte, span as never)).toThrow(message)
  })

  test('fails with the lowest chunk of its span, and does not know of chunks outside', async () => {
    const data = share(Uint8Array.of(7, 1, 1, 7, 7, 1))
    for (const engine of engines) {
      await expect(engine.part(data, plugins.throwsAtByte, { from: 1, to: 5 })).rejects.toMatchObject({
        code: 'ERR_CHUNK_FAILED',
        chunk: { index: 3, start: 3, end: 4 },
      })
      expect((await engine.part(data, plugins.throwsAtByte, { from: 1, to: 3 })).ranges).toEqual([1, 3])
    }
  })

  test('counts the chunks and bytes of its span', async () => {
    const data = share(new Uint8Array(100))
    for (const engine of engines) {
      const run = engine.part(data, plugins.throwsAtByte, { from: 10, to: 35 })
      const seen: number[] = []
      run.on('progress', ({ bytes, chunks }) => seen.push(bytes, chunks))
      await run
      expect(run.stats).toMatchObject({ chunks: 25, doneChunks: 25, bytes: 25 })
      expect(seen.slice(-2)).toEqual([25, 25])
    }
  })
})
