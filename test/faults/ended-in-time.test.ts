// A lane that ends just when its grace period is over: its worker must not be ended under the next run that gets it.

import { createEngine, fixed, type SharedMemory, sum } from '@onecopy/node'
import { expect, test } from 'vitest'
import { data, sharedCounter, sumOfBytes, tenBytes, total } from './harness.js'

/** Signals that it has begun, and returns when it is told to. */
const untilTold = (_: Readonly<Uint8Array>, chunk: { params: { counter: SharedMemory<Int32Array> } }): number => {
  const view = chunk.params.counter.view()
  Atomics.store(view, 0, 1)
  Atomics.notify(view, 0)
  Atomics.wait(view, 1, 0)
  return chunk.params.counter.length
}

test('a cancelled run whose chunk ends together with its grace period: the next run on the thread loses nothing', async () => {
  const graceMs = 20
  const engine = createEngine({ workers: 1, graceMs })
  for (let round = 0; round < 20; round++) {
    const counter = sharedCounter()
    const view = counter.view()
    const cancelled = engine.map(data, untilTold, { chunks: fixed({ size: 1000 }), params: { counter } }).start()
    await Atomics.waitAsync(view, 0, 0).value
    const losses: unknown[] = []
    const behind = engine
      .map(data, sumOfBytes, { ...tenBytes, retries: 0 })
      .reduce(sum())
      .on('workerLost', (event) => losses.push(event))
      .start()
    cancelled.cancel('enough')
    // From here on, this thread is busy until the chunk has ended and the grace period is over. Its timers come next. So the
    // grace period is checked before the message that the lane has ended arrives.
    await new Promise((resolve) => setImmediate(resolve))
    Atomics.store(view, 1, 1)
    Atomics.notify(view, 1)
    for (const end = performance.now() + 2 * graceMs; performance.now() < end; );
    await expect(cancelled).rejects.toBe('enough')
    await expect(behind).resolves.toBe(total)
    expect(losses).toEqual([])
  }
  await engine.close()
})
