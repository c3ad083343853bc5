// Time that does not count for a chunk: the process was suspended, or its event loop was busy.

import type { Chunk, SharedMemory } from '@onecopy/node'
import { expect } from 'vitest'
import { data, onEachEngine, sharedCounter } from './harness.js'

onEachEngine('a look that comes late counts as one interval of chunkTimeoutMs only', async (engine) => {
  const counter = sharedCounter()
  const view = counter.view()
  const untilTold = (_: Readonly<Uint8Array>, { params }: Chunk<{ counter: SharedMemory<Int32Array> }>): number => {
    const words = params.counter.view()
    Atomics.store(words, 0, 1)
    Atomics.notify(words, 0)
    Atomics.wait(words, 1, 0)
    return 1
  }
  const chunkTimeoutMs = 1000
  let onProgress = (): void => {}
  const run = engine
    .map(data, untilTold, { params: { counter }, chunkTimeoutMs })
    .on('progress', () => onProgress())
    .start()
  await Atomics.waitAsync(view, 0, 0).value
  // Progress shows that the chunk has been seen in flight.
  await new Promise<void>((resolve) => {
    onProgress = resolve
  })
  // As if everything was suspended: no check can run meanwhile.
  for (const end = performance.now() + 1.5 * chunkTimeoutMs; performance.now() < end; );
  // The next check is due, and runs before the chunk can end.
  await new Promise((resolve) => setImmediate(resolve))
  Atomics.store(view, 1, 1)
  Atomics.notify(view, 1)
  await expect(run).resolves.toEqual([1])
})
