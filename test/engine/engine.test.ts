// Engines: how many workers they have, whose turn it is, and the default one that nobody has to make.

import { availableParallelism } from 'node:os'
import { alloc, type Engine, fixed, sequential, share, sum } from '@onecopy/core'
import { createEngine, fold, map, run } from '@onecopy/node'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { countByte } from '../plugins/count-byte.js'
import { createSharedGate, opened, untilCancelled } from '../support/gate.js'

const data = share('0123456789')
const chunks = fixed({ size: 1 })

test('an engine has as many workers as it was asked for, by default as many as the system runs at once', () => {
  expect(createEngine({ workers: 3 }).workers).toBe(3)
  expect(createEngine().workers).toBe(availableParallelism())
  expect(createEngine({ workers: undefined }).workers).toBe(availableParallelism())
  expect(sequential().workers).toBe(1)
})

test('the top-level map, fold and run use an engine that nobody has to make', async () => {
  expect(await map(data, (bytes) => bytes.length, { chunks }).reduce(sum())).toBe(10)
  expect(await fold(data, (n, bytes) => n + bytes.length, sum(), { chunks })).toBe(10)
  expect(await run(data, countByte, { params: { wanted: 48 } })).toBe(1)
})

test('all workers work on a run at the same time', async () => {
  await using engine = createEngine({ workers: 3 })
  const arrived = alloc(Int32Array, 1)
  // Each chunk waits for all others. With one lane less, none would ever continue.
  const met = await engine.map(
    share(new Uint8Array(3)),
    (_bytes, { params }) => {
      const word = params.arrived.view()
      Atomics.add(word, 0, 1)
      Atomics.notify(word, 0)
      for (let seen = Atomics.load(word, 0); seen < 3; seen = Atomics.load(word, 0)) {
        if (Atomics.wait(word, 0, seen, 30_000) === 'timed-out') return false
      }
      return true
    },
    { chunks, params: { arrived } },
  )
  expect(met).toEqual([true, true, true])
})

test('a run never has more lanes than the data has chunks', async () => {
  await using engine = createEngine({ workers: 4 })
  const run = engine.map(data, (bytes) => bytes.length, { chunks: fixed({ size: 5 }) })
  await run
  expect(run.stats!.workers).toBeLessThanOrEqual(2)
})

test('a run settles when its chunks are done, even if it still waits for more slots', async () => {
  const engine = createEngine({ workers: 2 })
  onTestFinished(() => engine.close())
  const [first, second, go] = [createSharedGate(), createSharedGate(), createSharedGate()]
  const whole = { workers: 1, chunks: fixed() }
  const busy = engine.map(data, untilCancelled, { params: { gate: first }, ...whole }).start()
  await opened(first)
  // Two chunks, so it asks for two lanes and gets the one that is left; that one runs both, and waits in the second.
  const done = engine
    .map(
      data,
      async (bytes, { index, params }) => {
        if (index === 0) return bytes.length
        Atomics.store(params.second.view(), 0, 1)
        Atomics.notify(params.second.view(), 0)
        while (Atomics.load(params.go.view(), 0) === 0) await new Promise((resolve) => setImmediate(resolve))
        return bytes.length
      },
      { params: { second, go }, chunks: fixed({ size: 5 }) },
    )
    .start()
  await opened(second)
  // This one will take the lane that becomes free, and keep it.
  const next = engine.map(data, untilCancelled, { params: { gate: createSharedGate() }, ...whole, priority: 1 }).start()
  await new Promise((resolve) => setImmediate(resolve))
  Atomics.store(go.view(), 0, 1)
  expect(await done).toEqual([5, 5])
  for (const run of [busy, next]) run.cancel()
  await Promise.allSettled([busy, next])
}, 5_000)

describe.each([
  ['sequential', sequential],
  ['threads, 1 worker', () => createEngine({ workers: 1 })],
])('of the runs that wait for a lane: %s', (_name, make) => {
  let engine: Engine
  beforeAll(() => {
    engine = make()
  })
  afterAll(() => engine.close())

  /** The order in which runs of these priorities get the only lane, when they have all been waiting for it. */
  async function orderOf(priorities: readonly number[]): Promise<number[]> {
    const gate = createSharedGate()
    const turns = alloc(Int32Array, priorities.length + 1)
    const first = engine.map(data, untilCancelled, { params: { gate }, priority: 1000 }).start()
    await opened(gate)
    const waiting = priorities.map((priority, i) =>
      engine
        .map(
          share('x'),
          (_bytes, { params }) => {
            const turn = params.turns.view()
            turn[params.i + 1] = Atomics.add(turn, 0, 1)
          },
          { params: { turns, i }, priority },
        )
        .start(),
    )
    // Each run that has been started stands in the line by then.
    await new Promise((resolve) => setImmediate(resolve))
    first.cancel()
    await first.catch(() => {})
    await Promise.all(waiting)
    const order = [...turns.view(1)]
    return priorities.map((_, turn) => priorities[order.indexOf(turn)]!)
  }

  test('the one with the highest priority goes first', async () => {
    expect(await orderOf([-1, 5, 0, 2.5])).toEqual([5, 2.5, 0, -1])
  })
})
