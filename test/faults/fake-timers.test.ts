// Globals that tests replace: an engine goes on with the real ones, whenever they were replaced.

import { type Chunk, createEngine, type Engine, fixed, sequential, share, sum } from '@onecopy/node'
import { afterEach, expect, test, vi } from 'vitest'

const data = share('abcabcabc')
const chunks = fixed({ size: 1 })

let engine: Engine | undefined
afterEach(async () => {
  vi.useRealTimers()
  await engine?.close()
})

function fakeAll(): void {
  vi.useFakeTimers({
    toFake: [
      'setTimeout',
      'clearTimeout',
      'setInterval',
      'clearInterval',
      'setImmediate',
      'clearImmediate',
      'Date',
      'performance',
      'queueMicrotask',
    ],
  })
}

/** Several runs, one after the other and side by side, reduced, listed and read one by one. */
async function expectRuns(on: Engine): Promise<void> {
  const run = () => on.map(data, (bytes) => bytes.length, { chunks })
  for (let i = 0; i < 3; i++) expect(await run().reduce(sum())).toBe(9)
  expect(await Promise.all(Array.from({ length: 6 }, () => run().reduce(sum())))).toEqual([9, 9, 9, 9, 9, 9])
  let total = 0
  for await (const length of run()) total += length
  expect(total).toBe(9)
}

test('timers that were faked before the first run', async () => {
  fakeAll()
  engine = createEngine({ workers: 2 })
  await expectRuns(engine)
  await engine.close()
})

test('timers that are faked after the first run, and back again', async () => {
  engine = createEngine({ workers: 2 })
  await expectRuns(engine)
  fakeAll()
  await expectRuns(engine)
  vi.useRealTimers()
  await expectRuns(engine)
})

test('the engine without threads', async () => {
  fakeAll()
  engine = sequential()
  await expectRuns(engine)
})

test('a chunk that hangs under faked timers is ended: by its time-out, by cancel and by close', async () => {
  fakeAll()
  engine = createEngine({ workers: 1, graceMs: 10 })
  const hang = (_: Readonly<Uint8Array>, chunk: Chunk<{ readonly begun: { view(): Int32Array } }>) => {
    Atomics.store(chunk.params.begun.view(), 0, 1)
    for (;;);
  }
  const begun = share(new Int32Array(1))
  const params = { begun }
  await expect(engine.map(data, hang, { params, chunkTimeoutMs: 20, retries: 0 })).rejects.toMatchObject({
    code: 'ERR_CHUNK_TIMEOUT',
  })
  const cancelled = engine.map(data, hang, { params }).start()
  cancelled.cancel()
  await expect(cancelled).rejects.toThrow('cancelled')
  const closed = engine.map(data, hang, { params }).start()
  await engine.close()
  await expect(closed).rejects.toMatchObject({ code: 'ERR_ENGINE_CLOSED' })
})

test('a chunk function may replace the globals of its worker', async () => {
  engine = createEngine({ workers: 1 })
  await engine.map(data, () => {
    const globals = globalThis as unknown as Record<string, unknown>
    for (const name of ['setTimeout', 'setImmediate', 'queueMicrotask', 'structuredClone']) globals[name] = () => 0
    performance.now = () => 0
    Date.now = () => 0
  })
  await expectRuns(engine)
})
