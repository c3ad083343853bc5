// Several runs at once on one engine: each has its share, its own cancel and its own failure.

import { type Chunk, createEngine, fixed, type SharedMemory, sum } from '@onecopy/node'
import { expect, test } from 'vitest'
import { data, onEachEngine, sharedCounter, sumOfBytes, tenBytes, total } from './harness.js'

interface Params {
  readonly counter: SharedMemory<Int32Array>
}

/** Continues, chunk after chunk, until the counter's second word is set. It counts chunks in the first word. */
const untilTold = (bytes: Readonly<Uint8Array>, chunk: Chunk<Params>): number => {
  const view = chunk.params.counter.view()
  Atomics.add(view, 0, 1)
  Atomics.notify(view, 0)
  if (Atomics.load(view, 1) === 0) Atomics.wait(view, 1, 0, 5)
  return bytes.length
}

onEachEngine('a short run gets its share beside a long one that would go on', async (engine) => {
  const counter = sharedCounter()
  const long = engine.map(data, untilTold, { chunks: fixed({ size: 1 }), params: { counter } }).reduce(sum())
  let isOver = false
  const ended = long.then((value) => {
    isOver = true
    return value
  })
  await Atomics.waitAsync(counter.view(), 0, 0).value
  for (let i = 0; i < 3; i++) {
    await expect(engine.map(data, sumOfBytes, tenBytes).reduce(sum())).resolves.toBe(total)
  }
  expect(isOver).toBe(false)
  Atomics.store(counter.view(), 1, 1)
  await expect(ended).resolves.toBe(1000)
})

onEachEngine('more runs than workers all end, each with its own answer', async (engine) => {
  const runs = Array.from({ length: 20 }, (_, i) =>
    engine.map(data, (bytes, chunk) => bytes.length * chunk.params, { ...tenBytes, params: i }).reduce(sum()),
  )
  expect(await Promise.all(runs)).toEqual(runs.map((_, i) => 1000 * i))
})

test('of two that wait, the one with the higher priority goes first', async () => {
  const engine = createEngine({ workers: 1 })
  const counter = sharedCounter()
  const first = engine.map(data, untilTold, { params: { counter }, priority: 9 }).start()
  await Atomics.waitAsync(counter.view(), 0, 0).value
  const order: string[] = []
  const low = engine.map(data, sumOfBytes, { ...tenBytes, priority: -1 }).then(() => order.push('low'))
  const middle = engine.map(data, sumOfBytes, tenBytes).then(() => order.push('middle'))
  const high = engine.map(data, sumOfBytes, { ...tenBytes, priority: 1 }).then(() => order.push('high'))
  Atomics.store(counter.view(), 1, 1)
  await Promise.all([first, low, middle, high])
  expect(order).toEqual(['high', 'middle', 'low'])
  await engine.close()
})

test('a run with a higher priority makes one with a lower priority leave', async () => {
  const engine = createEngine({ workers: 2 })
  const counter = sharedCounter()
  const long = engine
    .map(data, untilTold, { chunks: fixed({ size: 1 }), params: { counter } })
    .reduce(sum())
    .start()
  await Atomics.waitAsync(counter.view(), 0, 0).value
  await expect(engine.map(data, sumOfBytes, { ...tenBytes, priority: 1 }).reduce(sum())).resolves.toBe(total)
  expect(long.stats).toBeUndefined()
  Atomics.store(counter.view(), 1, 1)
  await expect(long).resolves.toBe(1000)
  await engine.close()
})

onEachEngine("one run's failure and cancel are its own", async (engine) => {
  const failing = engine.map(
    data,
    () => {
      throw new Error('mine')
    },
    tenBytes,
  )
  const counter = sharedCounter()
  const cancelled = engine.map(data, untilTold, { chunks: fixed({ size: 1 }), params: { counter } }).start()
  const healthy = engine.map(data, sumOfBytes, tenBytes).reduce(sum()).start()
  await expect(failing).rejects.toMatchObject({ code: 'ERR_CHUNK_FAILED' })
  cancelled.cancel('yours')
  await expect(cancelled).rejects.toBe('yours')
  await expect(healthy).resolves.toBe(total)
})

onEachEngine("one run's deaths do not reach another run", async (engine) => {
  const deadly = engine.map(data, (): number => process.exit(7), { ...tenBytes, retries: 1 }).start()
  const healthy = Array.from({ length: 5 }, () => engine.map(data, sumOfBytes, tenBytes).reduce(sum()))
  expect(new Set(await Promise.all(healthy))).toEqual(new Set([total]))
  await expect(deadly).rejects.toMatchObject({ code: 'ERR_WORKER_LOST' })
})

onEachEngine('an engine inside a worker of another engine works', async (engine) => {
  const nested = await import('../plugins/nested-engine.js')
  await expect(engine.run(data, nested.nestedEngine)).resolves.toBe(total)
})

onEachEngine('runs whose setup takes longer than a turn all end', async (engine) => {
  const { slowSetup } = await import('../plugins/slow-setup.js')
  const runs = Array.from({ length: 6 }, () => engine.map(data, slowSetup, { params: { setupMs: 80 } }))
  for (const list of await Promise.all(runs)) expect(list).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
})
