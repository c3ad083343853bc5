// The protocol of claims, commits and losses, without threads: whatever the order of steps and wherever lanes die, every
// chunk is in the result exactly once.

import { type FoldReducer, fixed, lines, share } from '@onecopy/core'
import { createHostEngine } from '@onecopy/core/host'
import { expect, test } from 'vitest'
import { chooseSeed, seededRandom } from '../faults/seeded.js'
import { SteppedHost } from './stepped-host.js'

const rounds = 300

const chained: FoldReducer<number[]> = { init: () => [], merge: (a, b) => [...a, ...b] }

/** A job on a stepped host that is different for each seed. */
async function playRound(seed: number): Promise<{ deaths: number; chunks: number }> {
  const random = seededRandom(seed)
  const chunks = 1 + Math.floor(random() * 60)
  // With a slow clock lanes commit at their end alone: one that dies too often would never get there.
  const isSlow = random() < 0.5
  const host = new SteppedHost(1 + Math.floor(random() * 5), {
    random,
    deathRate: isSlow ? 0.01 : random() * 0.1,
    tickMs: isSlow ? 1 : random() < 0.5 ? 200 : 3200,
  })
  const engine = createHostEngine(host)
  const data = share(Uint8Array.from({ length: chunks }, (_, i) => i))
  const options = { chunks: fixed({ size: 1 }), retries: 1_000_000 }
  const expected = Array.from({ length: chunks }, (_, i) => i)
  // Asynchronous chunks, so that lanes also die in the middle of one.
  const first = async (bytes: Readonly<Uint8Array>): Promise<number> => bytes[0]!

  const list = engine.map(data, first, options)
  const reduced = engine.map(data, first, options).reduce({
    init: (): number[] => [],
    add: (acc: number[], value: number) => [...acc, value],
    merge: (a, b) => [...a, ...b],
  })
  const streamed = (async () => {
    const seen: number[] = []
    for await (const value of engine.map(data, first, options)) seen.push(value)
    return seen
  })()
  const sum = engine.map(data, first, options).reduce({
    order: 'any',
    init: () => 0,
    add: (acc: number, value: number) => acc + value,
    merge: (a, b) => a + b,
  })
  const folded = engine.fold(data, async (acc: number[], bytes) => [...acc, bytes[0]!], chained, options)
  expect(await folded).toEqual(expected)
  expect(await list).toEqual(expected)
  expect(await reduced).toEqual(expected)
  expect(await streamed).toEqual(expected)
  expect(await sum).toBe(expected.reduce((a, b) => a + b, 0))
  await engine.close()
  return { deaths: host.deaths, chunks }
}

test(`${rounds} interleavings of five runs each: every chunk is in each result exactly once`, async () => {
  const seed = chooseSeed()
  let deaths = 0
  for (let round = 0; round < rounds; round++) {
    try {
      deaths += (await playRound(seed + round)).deaths
    } catch (cause) {
      throw new Error(`wrong in round ${round}; to see it again: SEED=${seed + round}`, { cause })
    }
  }
  expect(deaths).toBeGreaterThan(rounds)
})

test('chunks that own nothing are skipped once, wherever lanes die', async () => {
  const seed = chooseSeed()
  for (let round = 0; round < 50; round++) {
    const random = seededRandom(seed + round)
    const text = Array.from({ length: 80 }, () => (random() < 0.1 ? '\n' : 'x')).join('')
    const host = new SteppedHost(3, { random, deathRate: 0.1, tickMs: 200 })
    const engine = createHostEngine(host)
    const run = engine.map(share(text), (bytes) => String.fromCharCode(...bytes), {
      chunks: lines({ size: 3 }),
      retries: 1_000_000,
    })
    expect((await run).join(''), `SEED=${seed + round}`).toBe(text)
    expect(run.stats?.doneChunks).toBe(27)
    await engine.close()
  }
})

test('blocks of several chunks are folded as a whole, wherever lanes die', async () => {
  const seed = chooseSeed()
  const length = 1300
  const data = share(Uint16Array.from({ length }, (_, i) => i))
  for (let round = 0; round < 20; round++) {
    const random = seededRandom(seed + round)
    const workers = 1 + Math.floor(random() * 5)
    // A lane commits after about 100 steps, and lives for about 300: a lane that is alone must get some way before it dies.
    const engine = createHostEngine(new SteppedHost(workers, { random, deathRate: 0.003, tickMs: 80 }))
    const run = engine.fold(data, (acc: number[], part) => [...acc, ...part], chained, {
      chunks: fixed({ size: 1 }),
      retries: 1_000_000,
    })
    expect(await run, `SEED=${seed + round}`).toEqual([...data.view()])
    await engine.close()
  }
})

test('a failing chunk: the lowest index is reported, whatever the order', async () => {
  const seed = chooseSeed()
  for (let round = 0; round < 100; round++) {
    const random = seededRandom(seed + round)
    const host = new SteppedHost(1 + Math.floor(random() * 4), { random, deathRate: 0.05, tickMs: 100 })
    const engine = createHostEngine(host)
    const bad = [Math.floor(random() * 40), Math.floor(random() * 40), Math.floor(random() * 40)]
    const run = engine.map(
      share(new Uint8Array(40)),
      async (_, chunk) => {
        if (chunk.params.includes(chunk.index)) throw new Error('bad')
        return 1
      },
      { chunks: fixed({ size: 1 }), params: bad, retries: 1_000_000 },
    )
    await expect(run, `SEED=${seed + round}`).rejects.toMatchObject({ chunk: { index: Math.min(...bad) } })
    await engine.close()
  }
})
