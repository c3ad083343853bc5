// Runs that may end early, and may skip up to a limit: what is skipped behind what is enough does not count, also in parts. The answer,
// or the chunk in which too much was skipped, is that of a whole run, however the data is cut into parts and in whichever order they come.

import {
  type Assembly,
  assemble,
  decodePart,
  type Engine,
  encodePart,
  isOnecopyError,
  type Part,
  type Plugin,
  type SkipOptions,
  type Span,
  sequential,
  share,
} from '@onecopy/core'
import { createEngine } from '@onecopy/node'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chooseSeed } from '../faults/seeded.js'
import { type Deed, skippingFirst, skippingFold, skippingTake } from '../plugins/early-skips.js'
import { createRandom } from '../support/bytes.js'

let threads: Engine
beforeAll(() => {
  threads = createEngine({ workers: 3 })
})
afterAll(() => threads.close())

type AnyPlugin = Plugin<{ deeds: readonly Deed[] }, unknown, unknown>
// `as`: all three take the same parameters.
const plugins = [skippingTake, skippingFirst, skippingFold] as unknown as AnyPlugin[]

interface Job {
  readonly plugin: AnyPlugin
  readonly deeds: readonly Deed[]
  readonly most: number
}

const skips: Deed = { skips: 1, gives: false }
const gives: Deed = { skips: 0, gives: true }
const nothing: Deed = { skips: 0, gives: false }

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(nothing) },
  { weight: 2, arbitrary: fc.constant(gives) },
  { weight: 2, arbitrary: fc.constant<Deed>('throws') },
  { weight: 2, arbitrary: fc.record({ skips: fc.integer({ min: 1, max: 3 }), gives: fc.boolean() }) },
)
const job: fc.Arbitrary<Job> = fc.record({
  plugin: fc.constantFrom(...plugins),
  deeds: fc.array(deed, { minLength: 1, maxLength: 40, size: 'max' }),
  most: fc.nat(8),
})

const dataOf = ({ deeds }: Job) => share(new Uint8Array(2 * deeds.length))
const begin = (given: Job, most: number = given.most): Assembly<unknown> =>
  assemble(dataOf(given), given.plugin, { params: { deeds: given.deeds }, skip: { most } })
const partOf = (engine: Engine, given: Job, span: Span, skip: SkipOptions = { most: given.most }) =>
  engine.part(dataOf(given), given.plugin, span, { params: { deeds: given.deeds }, skip })

/** How a job ends: with its answer, or with too many skips. */
async function outcomeOf(answer: () => unknown): Promise<object> {
  try {
    return { answer: await answer() }
  } catch (error) {
    if (!isOnecopyError(error, 'ERR_TOO_MANY_SKIPPED')) throw error
    return { tooMany: error.chunk, message: error.message }
  }
}

const whole = (given: Job) =>
  outcomeOf(() => {
    const { plugin, deeds, most } = given
    return sequential().run(dataOf(given), plugin, { params: { deeds }, skip: { most } })
  })

/** Spans that cover all chunks, in random order. */
function spansOf(count: number, random: () => number): Span[] {
  const edges = new Set([0, count])
  for (let cuts = Math.floor(random() * 8); cuts > 0; cuts--) edges.add(Math.floor(random() * count))
  const sorted = [...edges].sort((a, b) => a - b)
  const spans = sorted.slice(1).map((to, i) => ({ from: sorted[i]!, to }))
  const keyed = spans.map((span) => ({ span, key: random() }))
  return keyed.sort((a, b) => a.key - b.key).map(({ span }) => span)
}

/** Send a part through bytes, as machines and folders do, or leave it. */
const send = (part: Part, random: () => number): Part => (random() < 0.5 ? decodePart(encodePart(part)) : part)

test.each([
  ['all parts are added', false],
  ['only what is still needed is run', true],
])('parts end as a whole run does: %s', async (_, isFrugal) => {
  await fc.assert(
    fc.asyncProperty(job, fc.nat(), async (given, seed) => {
      const random = createRandom(seed)
      const engine = random() < 0.1 ? threads : sequential()
      const assembly = begin(given)
      // Some parts are put together before, or were made with another limit.
      const before = begin(given, 100)
      const outcome = await outcomeOf(async () => {
        for (const span of spansOf(given.deeds.length, random)) {
          if (isFrugal && assembly.needed <= span.from) continue
          const part = await partOf(engine, given, span, {
            most: random() < 0.7 ? given.most : Math.floor(random() * 20),
          })
          if (!isFrugal && random() < 0.3) {
            expect(before.add(send(part, random))).toBe(true)
            continue
          }
          expect(assembly.add(send(part, random))).toBe(true)
          if (random() < 0.3) expect(assembly.add(part)).toBe(false)
        }
        if (before.done > 0) assembly.add(send(before.part(), random))
        expect(assembly.missing()).toEqual([])
        return assembly.result()
      })
      expect(outcome).toEqual(await whole(given))
    }),
    { numRuns: 150, seed: chooseSeed() },
  )
})

/** Chunks 0 to 9: chunk 2 skips, chunk 4 gives a value, and from 6 on all throw. */
const mixed: Job = {
  plugin: plugins[1]!,
  deeds: [nothing, nothing, skips, nothing, gives, nothing, 'throws', 'throws', 'throws', 'throws'],
  most: 1,
}

test('a part with too many skips is a part: those before it tell whether they count', async () => {
  const assembly = begin(mixed)
  expect(assembly.add(await partOf(threads, mixed, { from: 6, to: 10 }))).toBe(true)
  // Only what is before the chunk with too many skips can be enough.
  expect(assembly.needed).toBe(7)
  expect(assembly.missing()).toEqual([{ from: 0, to: 6 }])
  expect(assembly.skipped.count).toBe(4)
  assembly.add(await partOf(threads, mixed, { from: 3, to: 6 }))
  expect(assembly.needed).toBe(6)
  assembly.add(await partOf(threads, mixed, { from: 0, to: 3 }))
  expect(assembly.result()).toBe(4)
})

test('a part is merged as far as no chunk with skips has anything to its left in its node', async () => {
  const nodesOf = async (given: Job) => {
    const { payload } = await partOf(threads, given, { from: 0, to: given.deeds.length })
    return payload.kind === 'tree' ? payload.nodes.map(({ level, index }) => [level, index]) : []
  }
  const deeds = Array.from({ length: 16 }, (): Deed => nothing)
  expect(await nodesOf({ ...mixed, deeds })).toEqual([[4, 0]])
  expect(await nodesOf({ ...mixed, deeds: deeds.with(8, 'throws') })).toEqual([
    [3, 0],
    [3, 1],
  ])
  expect(await nodesOf({ ...mixed, deeds: deeds.with(0, skips).with(5, skips).with(15, skips) })).toEqual([
    [2, 0],
    [0, 4],
    [0, 5],
    [1, 3],
    [2, 2],
    [1, 6],
    [0, 14],
    [0, 15],
  ])
})

test('it fails when nothing before the chunk with too many skips is enough, and not before that', async () => {
  const given = { ...mixed, deeds: mixed.deeds.with(4, nothing) }
  const assembly = begin(given)
  assembly.add(await partOf(threads, given, { from: 5, to: 10 }))
  expect(assembly.needed).toBe(7)
  const rest = await partOf(threads, given, { from: 0, to: 5 })
  const tooMany = expect.objectContaining({ code: 'ERR_TOO_MANY_SKIPPED', chunk: { index: 6, start: 12, end: 14 } })
  expect(() => assembly.add(rest)).toThrow(tooMany)
  expect(() => assembly.result()).toThrow(tooMany)
})

test('of a part that was made without a limit, all skips count in its first chunk', async () => {
  const given = { ...mixed, deeds: [nothing, gives, skips, gives, skips, skips] }
  const parts = await Promise.all(
    [
      { from: 0, to: 2 },
      { from: 2, to: 6 },
    ].map((span) => partOf(threads, given, span, {})),
  )
  const early = begin(given)
  for (const part of parts.toReversed()) early.add(part)
  expect(early.result()).toBe(1)

  const late = begin({ ...given, deeds: given.deeds.with(1, nothing) })
  const [, second] = parts
  const first = await partOf(threads, { ...given, deeds: given.deeds.with(1, nothing) }, { from: 0, to: 2 })
  late.add({ ...second!, params: first.params })
  expect(late.needed).toBe(2)
  expect(() => late.add(first)).toThrow(expect.objectContaining({ code: 'ERR_TOO_MANY_SKIPPED', chunk: undefined }))
})

describe('a part whose skips do not fit its chunks is refused, and nothing of it is taken', () => {
  const at = (index: number) => ({ index, start: 2 * index, end: 2 * index + 2 })
  test.each<[string, unknown]>([
    ['no list', 7],
    ['a hole', new Array(1)],
    ['no chunk', [{ count: 1 }]],
    ['a chunk that is none', [{ chunk: { index: 3 }, count: 1 }]],
    ['half a skip', [{ chunk: at(3), count: 0.5 }]],
    ['more skips than there are', [{ chunk: at(3), count: 5 }]],
    ['more skips in all than there are', [3, 4].map((index) => ({ chunk: at(index), count: 3 }))],
    ['a chunk twice', [3, 3].map((index) => ({ chunk: at(index), count: 1 }))],
    ['chunks that descend', [4, 3].map((index) => ({ chunk: at(index), count: 1 }))],
    ['a chunk of another part', [{ chunk: at(1), count: 1 }]],
    ['a chunk that does not exist', [{ chunk: { ...at(3), index: 2 ** 32 + 3 }, count: 1 }]],
  ])('%s', async (_, chunks) => {
    const given: Job = { ...mixed, deeds: Array.from({ length: 6 }, () => skips) }
    const part = await partOf(sequential(), given, { from: 2, to: 6 })
    expect(part.notes).toMatchObject({ count: 4, chunks: [2, 3, 4, 5].map((i) => ({ chunk: at(i), count: 1 })) })
    const assembly = begin(given, 9)
    const changed = { ...part, notes: { ...part.notes, chunks } } as Part
    const damaged = expect.objectContaining({ code: 'ERR_PART_DAMAGED' })
    expect(() => assembly.add(changed)).toThrow(damaged)
    expect(() => decodePart(encodePart(changed))).toThrow(damaged)
    expect(assembly.done).toBe(0)
    expect(assembly.add(part)).toBe(true)
  })
})
