// Runs emit events about lost workers in the async context of their own caller.

import { AsyncLocalStorage } from 'node:async_hooks'
import { type Chunk, createEngine, fixed, type SharedMemory, share } from '@onecopy/node'
import { expect, test } from 'vitest'
import { createSharedGate } from '../support/gate.js'

const diesOnce = (_bytes: unknown, { index, params }: Chunk<{ deaths: SharedMemory<Int32Array> }>): number => {
  if (index === 3 && Atomics.add(params.deaths.view(), 0, 1) === 0) process.exit(1)
  return index
}

test('workerLost and retry are emitted in the context of the run whose worker died', async () => {
  await using engine = createEngine({ workers: 1 })
  const context = new AsyncLocalStorage<string>()
  const ofEngine: unknown[] = []
  engine.on('workerLost', ({ run }) => ofEngine.push([run.name, context.getStore()]))
  const names = ['A', 'B', 'C']
  const seen = await Promise.all(
    names.map((name) =>
      context.run(name, async () => {
        const heard: unknown[] = []
        const params = { deaths: createSharedGate() }
        await engine
          .map(share(new Uint8Array(6)), diesOnce, { chunks: fixed({ size: 1 }), params, name })
          .on('workerLost', () => heard.push(['workerLost', context.getStore()]))
          .on('retry', () => heard.push(['retry', context.getStore()]))
        return heard
      }),
    ),
  )
  expect(seen).toEqual(
    names.map((name) => [
      ['workerLost', name],
      ['retry', name],
    ]),
  )
  expect(ofEngine.sort()).toEqual(names.map((name) => [name, name]))
})
