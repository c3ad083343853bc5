// Runs that are no longer wanted: cancelled before, while and after they run.

import { getEventListeners } from 'node:events'
import { type Chunk, createEngine, type SharedMemory, sequential, sum } from '@onecopy/node'
import { expect, test } from 'vitest'
import {
  countThreads,
  data,
  expectThreads,
  onEachEngine,
  sharedCounter,
  sumOfBytes,
  tenBytes,
  total,
} from './harness.js'

interface Params {
  readonly counter: SharedMemory<Int32Array>
}

/** Says that it has begun, then loops until it is told to stop. */
const polling = (_: Readonly<Uint8Array>, chunk: Chunk<Params>): boolean => {
  const view = chunk.params.counter.view()
  Atomics.store(view, 0, 1)
  Atomics.notify(view, 0)
  while (!chunk.cancelled);
  Atomics.store(view, 1, 1)
  return true
}

const begun = (counter: SharedMemory<Int32Array>): unknown => Atomics.waitAsync(counter.view(), 0, 0).value

test('a signal that is aborted already: its reason, and no worker is started', async () => {
  const before = countThreads()
  const engine = createEngine({ workers: 2 })
  const reason = { any: 'thing' }
  await expect(engine.map(data, sumOfBytes, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  await expectThreads(before)
  await engine.close()
})

test('a run cancelled before its start: its reason, and no worker is started', async () => {
  const before = countThreads()
  const engine = createEngine({ workers: 2 })
  const run = engine.map(data, sumOfBytes)
  run.cancel('never mind')
  await expect(run).rejects.toBe('never mind')
  await expectThreads(before)
  await engine.close()
})

onEachEngine(
  'cancel while running, in a loop that polls chunk.cancelled: the worker goes on living',
  async (engine) => {
    const counter = sharedCounter()
    const losses: unknown[] = []
    const controller = new AbortController()
    const run = engine.map(data, polling, { ...tenBytes, params: { counter }, signal: controller.signal })
    run.on('workerLost', (event) => losses.push(event)).start()
    await begun(counter)
    const reason = new Error('enough')
    controller.abort(reason)
    await expect(run).rejects.toBe(reason)
    // The lane left by itself.
    expect(counter.view()[1]).toBe(1)
    expect(losses).toEqual([])
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  },
)

onEachEngine('cancel without a reason: an AbortError', async (engine) => {
  const counter = sharedCounter()
  const run = engine.map(data, polling, { ...tenBytes, params: { counter } }).start()
  await begun(counter)
  run.cancel()
  await expect(run).rejects.toMatchObject({ name: 'AbortError' })
})

onEachEngine('cancel while queued behind another run: the other one is unharmed', async (engine) => {
  const counter = sharedCounter()
  const first = engine.map(data, polling, { ...tenBytes, params: { counter } }).start()
  await begun(counter)
  const queued = engine.map(data, sumOfBytes, tenBytes).reduce(sum()).start()
  const healthy = engine.map(data, sumOfBytes, tenBytes).reduce(sum()).start()
  queued.cancel('not you')
  await expect(queued).rejects.toBe('not you')
  first.cancel('nor you')
  await expect(first).rejects.toBe('nor you')
  await expect(healthy).resolves.toBe(total)
})

onEachEngine('cancel after the end does nothing', async (engine) => {
  const run = engine.map(data, sumOfBytes, tenBytes).reduce(sum())
  await run
  run.cancel('too late')
  await expect(run).resolves.toBe(total)
})

onEachEngine('a listener that cancels: the run rejects, the engine goes on', async (engine) => {
  const run = engine.map(data, sumOfBytes, tenBytes)
  engine.on('runStart', ({ id }) => {
    if (id === 1) run.cancel('at once')
  })
  await expect(run).rejects.toBe('at once')
})

test('a thousand runs on one signal: no warning, and no listener is left', async () => {
  const warnings: Error[] = []
  const onWarning = (warning: Error): number => warnings.push(warning)
  process.on('warning', onWarning)
  const { signal } = new AbortController()
  const engine = createEngine({ workers: 2 })
  const runs = Array.from({ length: 1000 }, () => engine.map(data, sumOfBytes, { signal }).reduce(sum()))
  expect(new Set(await Promise.all(runs))).toEqual(new Set([total]))
  await engine.close()
  // Warnings are emitted in a tick of their own.
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', onWarning)
  expect(warnings).toEqual([])
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

test('a thousand runs that one signal cancels all reject with its reason', async () => {
  const controller = new AbortController()
  const engine = createEngine({ workers: 2 })
  const { signal } = controller
  const runs = Array.from({ length: 1000 }, () => engine.map(data, sumOfBytes, { signal }).start())
  controller.abort('all of you')
  const outcomes = await Promise.allSettled(runs)
  expect(new Set(outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : 'resolved')))).toEqual(
    new Set(['all of you']),
  )
  expect(getEventListeners(signal, 'abort')).toEqual([])
  await engine.close()
})

test('the sequential engine can be cancelled between chunks, and gives up a promise that never settles', async () => {
  const engine = sequential()
  const run = engine.map(data, () => new Promise<number>(() => {}), tenBytes).start()
  await new Promise((resolve) => setImmediate(resolve))
  run.cancel('enough')
  await expect(run).rejects.toBe('enough')
  await engine.close()
})
