// Runs that end early, without threads: whatever the order of steps and wherever lanes die, the answer is that of a loop that stops,
// and no lane runs far ahead.

import { alloc, any, type Engine, every, first, fixed, sequential, share, some, take } from '@onecopy/core'
import { createHostEngine } from '@onecopy/core/host'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chooseSeed, seededRandom } from '../faults/seeded.js'
import { SteppedHost } from './stepped-host.js'

/** What the chunks of a job do: give nothing, give so many values, or fail. */
type Behaviour = number | 'fails'

interface Given {
  readonly behaviours: readonly Behaviour[]
  readonly ran: ReturnType<typeof alloc<Int32Array>>
}

/** The values of a chunk are all different. */
const valuesOf = async (
  _: Readonly<Uint8Array>,
  { index, params }: { readonly index: number; readonly params: Given },
): Promise<number[]> => {
  Atomics.add(params.ran.view(), 0, 1)
  const behaviour = params.behaviours[index]!
  if (behaviour === 'fails') throw new Error('bad')
  return Array.from({ length: behaviour }, (_, i) => 100 * index + i)
}

/** The answer of a loop that stops as soon as it has enough, how many chunks it looks at, or the chunk that fails. */
function naive<Answer>(
  behaviours: readonly Behaviour[],
  answer: (values: readonly number[][]) => Answer,
  isEnough: (answer: Answer) => boolean,
): { readonly answer: Answer; readonly chunks: number } | { readonly failed: number } {
  const values: number[][] = []
  for (const [index, behaviour] of behaviours.entries()) {
    if (behaviour === 'fails') return { failed: index }
    values.push(Array.from({ length: behaviour }, (_, i) => 100 * index + i))
    if (isEnough(answer(values))) break
  }
  return { answer: answer(values), chunks: values.length }
}

async function outcomeOf<Answer>(run: PromiseLike<Answer>): Promise<{ answer: Answer } | { failed: number }> {
  try {
    return { answer: await run }
  } catch (error) {
    return { failed: (error as { chunk: { index: number } }).chunk.index }
  }
}

/** All ready-made reducers on one engine, against the loop. */
async function compare(engine: Engine, behaviours: readonly Behaviour[], n: number, hasDeaths: boolean): Promise<void> {
  const data = share(new Uint8Array(behaviours.length))
  const ran = alloc(Int32Array, 1)
  const options = { chunks: fixed({ size: 1 }), params: { behaviours, ran }, retries: 1_000_000 }
  const start = () => engine.map(data, valuesOf, options)
  const check = async <Answer>(
    name: string,
    run: PromiseLike<Answer>,
    answer: (values: readonly number[][]) => Answer,
    isEnough: (answer: Answer) => boolean,
    isExact: boolean,
  ): Promise<void> => {
    Atomics.store(ran.view(), 0, 0)
    const found = await outcomeOf(run)
    const expected = naive(behaviours, answer, isEnough)
    const chunks = 'chunks' in expected ? expected.chunks : undefined
    expect(found, name).toEqual('answer' in expected ? { answer: expected.answer } : expected)
    if (chunks === undefined || hasDeaths || !isExact) return
    // The last chunk of the loop is the one with the match.
    expect(Atomics.load(ran.view(), 0), name).toBeLessThanOrEqual(chunks - 1 + 2 * engine.workers)
  }
  const firstList = {
    ...first<number[]>(),
    add: (acc: number[] | undefined, value: number[] | undefined) => acc ?? (value!.length > 0 ? value : undefined),
  }
  const isKnown = (value: unknown): boolean => value !== undefined
  await check('first', start().reduce(firstList), (v) => v.find((each) => each.length > 0), isKnown, true)
  await check(
    'take',
    start().reduce(take(n)),
    (v) => v.flat().slice(0, n),
    ({ length }) => length === n,
    n === 1,
  )
  const has = { ...some(), add: (acc: boolean, value: unknown) => acc || (value as number[]).length > 0 }
  // `as`: it takes lists.
  await check('some', start().reduce(has as never) as PromiseLike<boolean>, (v) => v.flat().length > 0, Boolean, true)
  const lacks = { ...every(), add: (acc: boolean, value: unknown) => acc && (value as number[]).length === 0 }
  await check(
    'every',
    start().reduce(lacks as never) as PromiseLike<boolean>,
    (v) => v.flat().length === 0,
    (answer) => !answer,
    true,
  )
  const folded = engine.fold(
    data,
    async (acc: number[], bytes, chunk: { readonly index: number; readonly params: Given }) => {
      if (chunk.params.behaviours[chunk.index] === 'fails') throw new Error('bad')
      for (let i = 0; i < (chunk.params.behaviours[chunk.index] as number); i++) acc.push(100 * chunk.index + i)
      return bytes.length === 1 ? acc : []
    },
    take<number>(n),
    options,
  )
  await check(
    'a fold',
    folded,
    (v) => v.flat().slice(0, n),
    ({ length }) => length === n,
    false,
  )
}

/** Mostly nothing, some values, and now and then a failure. */
const behaviours = (mostChunks: number, failures: boolean): fc.Arbitrary<Behaviour[]> =>
  fc.array(
    fc.oneof(
      { weight: 20, arbitrary: fc.constant(0) },
      { weight: 3, arbitrary: fc.integer({ min: 1, max: 4 }) },
      { weight: failures ? 2 : 0, arbitrary: fc.constant('fails' as const) },
    ),
    { minLength: 1, maxLength: mostChunks, size: 'max' },
  )

test('sequential(): the answers of a loop that stops', async () => {
  const engine = sequential()
  await fc.assert(
    fc.asyncProperty(behaviours(80, true), fc.integer({ min: 1, max: 9 }), (given, n) =>
      compare(engine, given, n, false),
    ),
    { numRuns: 100, seed: chooseSeed() },
  )
})

test('any interleaving of lanes: the same, and the lowest failure counts', async () => {
  await fc.assert(
    fc.asyncProperty(
      behaviours(40, true),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom(0, 0, 0.02, 0.08),
      fc.nat(),
      async (given, n, workers, deathRate, seed) => {
        const random = seededRandom(seed)
        const engine = createHostEngine(new SteppedHost(workers, { random, deathRate, tickMs: 1 }))
        await compare(engine, given, n, deathRate > 0)
        await engine.close()
      },
    ),
    { numRuns: 100, seed: chooseSeed() },
  )
})

test('any: a value of some chunk, and a failure only if a chunk fails', async () => {
  await fc.assert(
    fc.asyncProperty(behaviours(40, true), fc.integer({ min: 1, max: 5 }), fc.nat(), async (given, workers, seed) => {
      const random = seededRandom(seed)
      const engine = createHostEngine(new SteppedHost(workers, { random, deathRate: 0.03, tickMs: 1 }))
      const data = share(new Uint8Array(given.length))
      const reducer = { ...any<number[]>(), add: (acc: number[] | undefined, v: number[] | undefined) => acc ?? v }
      const run = engine
        .map(
          data,
          async (_, { index, params }) => {
            if (params[index] === 'fails') throw new Error('bad')
            return params[index] === 0 ? undefined : [index]
          },
          { chunks: fixed({ size: 1 }), params: given, retries: 1_000_000 },
        )
        .reduce(reducer)
      const found = await outcomeOf(run)
      await engine.close()
      if ('failed' in found) expect(given[found.failed]).toBe('fails')
      else if (found.answer !== undefined) expect(given[found.answer[0]!]).toBeGreaterThan(0)
      else expect(given.every((each) => each === 0)).toBe(true)
    }),
    { numRuns: 100, seed: chooseSeed() },
  )
})

test('skips behind what is enough are not too many; those before it are, whenever lanes commit', async () => {
  const skipping = fc.array(
    fc.oneof({ weight: 2, arbitrary: fc.constant(true) }, { weight: 3, arbitrary: fc.constant(false) }),
    {
      minLength: 1,
      maxLength: 40,
      size: 'max',
    },
  )
  await fc.assert(
    fc.asyncProperty(
      skipping,
      fc.integer({ min: 1, max: 12 }),
      fc.nat(8),
      fc.integer({ min: 1, max: 4 }),
      fc.nat(),
      async (skips, n, most, workers, seed) => {
        const random = seededRandom(seed)
        const engine = createHostEngine(new SteppedHost(workers, { random, deathRate: 0, tickMs: 2 }))
        const run = engine.map(
          share(new Uint8Array(skips.length)),
          async (_, { index, params }) => {
            if (params[index]) throw new Error('broken')
            return [index]
          },
          { chunks: fixed({ size: 1 }), params: skips, skip: { most } },
        )
        const found = await outcomeOf(run.reduce(take<number>(n)))
        await engine.close()
        const values: number[] = []
        let skipped = 0
        let failed: number | undefined
        for (const [index, isSkipped] of skips.entries()) {
          if (!isSkipped) values.push(index)
          else if (++skipped > most) failed = index
          if (failed !== undefined || values.length === n) break
        }
        expect(found).toEqual(failed === undefined ? { answer: values } : { failed })
      },
    ),
    { numRuns: 200, seed: chooseSeed() },
  )
})
