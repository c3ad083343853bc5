// A worker that is terminated from outside, by another part of the program.

import type { Worker } from 'node:worker_threads'
import type { SharedMemory } from '@onecopy/node'
import { type DeadlyChunk, testDeaths } from './deaths.js'

const workers = new Map<number, Worker>()
process.on('worker', (worker) => workers.set(worker.threadId, worker))

/** Terminate each worker that wrote its thread's number into the second counter and notified the first. */
function terminateOnNotice(counter: SharedMemory<Int32Array>): void {
  const view = counter.view()
  const noticed = Atomics.waitAsync(view, 0, Atomics.load(view, 0)).value
  Promise.resolve(noticed).then(() => {
    workers.get(Atomics.load(view, 1))?.terminate()
    terminateOnNotice(counter)
  })
}

testDeaths(
  'a worker terminated from outside',
  async (bytes: Readonly<Uint8Array>, chunk: DeadlyChunk) => {
    const { counter, times } = chunk.params
    const view = counter.view()
    if (chunk.index === 42 && Atomics.load(view, 0) < times) {
      Atomics.store(view, 1, process.getBuiltinModule('node:worker_threads').threadId)
      Atomics.add(view, 0, 1)
      Atomics.notify(view, 0)
      await new Promise(() => {
        setTimeout(() => {}, 1_000_000)
      })
    }
    let n = 0
    for (const byte of bytes) n += byte
    return n
  },
  terminateOnNotice,
)
