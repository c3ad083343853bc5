// Chunk functions that never return.

import { alloc, type Chunk, type SharedMemory, sum } from '@onecopy/node'
import { expect } from 'vitest'
import { data, onEachEngine, sharedCounter, sumOfBytes, tenBytes, total } from './harness.js'

onEachEngine('an endless loop: ERR_CHUNK_TIMEOUT with the chunk', async (engine) => {
  const hanging = (bytes: Readonly<Uint8Array>, chunk: Chunk): number => {
    if (chunk.index === 42) for (;;);
    return bytes.length
  }
  await expect(engine.map(data, hanging, { ...tenBytes, chunkTimeoutMs: 100 })).rejects.toMatchObject({
    code: 'ERR_CHUNK_TIMEOUT',
    chunk: { index: 42, start: 420, end: 430 },
  })
})

onEachEngine('a promise that never settles: ERR_CHUNK_TIMEOUT with the chunk', async (engine) => {
  const pending = (bytes: Readonly<Uint8Array>, chunk: Chunk): number | Promise<number> =>
    chunk.index === 42 ? new Promise<number>(() => {}) : bytes.length
  await expect(engine.map(data, pending, { ...tenBytes, chunkTimeoutMs: 100 })).rejects.toMatchObject({
    code: 'ERR_CHUNK_TIMEOUT',
    chunk: { index: 42, start: 420, end: 430 },
  })
})

onEachEngine('without a timeout an endless loop ends by cancel, after the grace period', async (engine) => {
  const counter = sharedCounter()
  const hanging = (_: Readonly<Uint8Array>, chunk: Chunk<{ counter: typeof counter }>): number => {
    const view = chunk.params.counter.view()
    Atomics.store(view, 0, 1)
    Atomics.notify(view, 0)
    for (;;);
  }
  const run = engine.map(data, hanging, { ...tenBytes, params: { counter } }).start()
  await Atomics.waitAsync(counter.view(), 0, 0).value
  const reason = new Error('enough')
  run.cancel(reason)
  await expect(run).rejects.toBe(reason)
})

onEachEngine('a setup that never returns ends by cancel', async (engine) => {
  const { hangsInSetup } = await import('../plugins/hangs-in-setup.js')
  const counter = sharedCounter()
  const run = engine.run(data, hangsInSetup, { params: { counter } }).start()
  await Atomics.waitAsync(counter.view(), 0, 0).value
  run.cancel('enough')
  await expect(run).rejects.toBe('enough')
})

onEachEngine('the time counts from the start of the chunk, not of the run', async (engine) => {
  // 100 chunks that each take a part of the timeout: together far more than it.
  const slow = (bytes: Readonly<Uint8Array>): number => {
    const end = performance.now() + 20
    while (performance.now() < end);
    let n = 0
    for (const byte of bytes) n += byte
    return n
  }
  await expect(engine.map(data, slow, { ...tenBytes, chunkTimeoutMs: 1500 }).reduce(sum())).resolves.toBe(total)
})

onEachEngine('a hanging chunk hurts its own run alone', async (engine, workers) => {
  if (workers === 1) return
  const hanging = engine.map(
    data,
    () => {
      for (;;);
    },
    { chunkTimeoutMs: 200 },
  )
  const healthy = engine.map(data, (bytes) => bytes.length, tenBytes).reduce(sum())
  hanging.start()
  await expect(healthy).resolves.toBe(1000)
  await expect(hanging).rejects.toMatchObject({ code: 'ERR_CHUNK_TIMEOUT' })
})

onEachEngine('a setup that hangs in one lane does not hold a run that the others have done', async (engine) => {
  const { slowSetup } = await import('../plugins/slow-setup.js')
  await expect(engine.map(data, slowSetup, { params: { hangsInSecond: true } })).resolves.toHaveLength(10)
})

onEachEngine('a chunk that fails beside a setup that is slower than the grace period: the failure', async (engine) => {
  const { slowSetup } = await import('../plugins/slow-setup.js')
  const params = { setupMs: 250, throwsAt: 1 }
  await expect(engine.map(data, slowSetup, { params })).rejects.toMatchObject({
    code: 'ERR_CHUNK_FAILED',
    chunk: { index: 1 },
  })
})

onEachEngine('a teardown that never returns, nor leaves its thread, ends by cancel', async (engine) => {
  const { noted, withTeardown } = await import('../plugins/teardown.js')
  const notes = alloc(Int32Array, 6)
  const run = engine.run(data, withTeardown, { params: { notes, teardown: 'blocks' } }).start()
  await Atomics.waitAsync(notes.view(), noted.gate, 0).value
  run.cancel('enough')
  await expect(run).rejects.toBe('enough')
})

onEachEngine('a chunk that fails before a teardown that never returns: the failure', async (engine) => {
  const { withTeardown } = await import('../plugins/teardown.js')
  const run = engine.run(data, withTeardown, { params: { throwsAt: 0, teardown: 'blocks' } })
  await expect(run).rejects.toMatchObject({ code: 'ERR_CHUNK_FAILED', chunk: { index: 0 } })
})

onEachEngine('what is run again for a run that failed is not held by a teardown either', async (engine) => {
  const { withTeardown } = await import('../plugins/teardown.js')
  // The chunks before it had not been sent when their worker was ended. They run again, on a lane with a teardown.
  const params = { loopsAt: 5, teardown: 'blocks' }
  await expect(engine.run(data, withTeardown, { params, chunkTimeoutMs: 100, workers: 1 })).rejects.toMatchObject({
    code: 'ERR_CHUNK_TIMEOUT',
    chunk: { index: 5 },
  })
})

onEachEngine('a teardown may take longer than the grace period while the run goes well', async (engine) => {
  const { noted, withTeardown } = await import('../plugins/teardown.js')
  const notes = alloc(Int32Array, 6)
  const run = engine.run(data, withTeardown, { params: { notes, teardown: 'takes 250 ms' } })
  await expect(run).resolves.toBe(1000)
  expect(run.stats).toMatchObject({ workersLost: 0 })
  expect(notes.view()[noted.teardowns]).toBe(notes.view()[noted.setups])
})

onEachEngine('a worker that dies in its teardown takes no results along', async (engine) => {
  const { noted, withTeardown } = await import('../plugins/teardown.js')
  const notes = alloc(Int32Array, 6)
  // Nothing is lost, so nothing counts against the retries.
  const run = engine.run(data, withTeardown, { params: { notes, teardown: 'exits' }, retries: 0 })
  await expect(run).resolves.toBe(1000)
  expect(notes.view()[noted.chunks]).toBe(1000)
  expect(run.stats!.workersLost).toBe(notes.view()[noted.setups])
})

/** A chunk that returns at once, and leaves something behind that blocks its thread forever. */
const leavesLoop = (_: Readonly<Uint8Array>, { params }: Chunk<{ counter: SharedMemory<Int32Array> }>): void => {
  setTimeout(() => {
    Atomics.add(params.counter.view(), 0, 1)
    Atomics.notify(params.counter.view(), 0)
    for (;;);
  })
}

onEachEngine('a thread that an earlier run has left held does not hold a run that is cancelled', async (engine) => {
  const counter = sharedCounter()
  await engine.map(data, leavesLoop, { params: { counter }, workers: 1 })
  await Atomics.waitAsync(counter.view(), 0, 0).value
  // The pool gives it the same thread.
  const run = engine.map(data, (bytes) => bytes.length, { workers: 1, signal: AbortSignal.timeout(50) })
  await expect(run).rejects.toMatchObject({ name: 'TimeoutError' })
})

onEachEngine(
  'a thread that an earlier run has left held does not hold a run that the others have done',
  async (engine) => {
    if (engine.workers === 1) return
    const counter = sharedCounter()
    await engine.map(data, leavesLoop, { params: { counter }, workers: 1 })
    await Atomics.waitAsync(counter.view(), 0, 0).value
    await expect(engine.map(data, sumOfBytes, tenBytes).reduce(sum())).resolves.toBe(total)
  },
)
