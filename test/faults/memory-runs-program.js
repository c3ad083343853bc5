// A program that performs many runs of all kinds with one engine and one signal, and prints what it holds before and after, to
// show that nothing of a run stays behind. Its argument: the number of runs. Start it with --expose-gc.

import { getEventListeners } from 'node:events'
import { readdirSync } from 'node:fs'
import { createEngine, fixed, share, sum } from '@onecopy/node'

const runs = Number(process.argv[2])
const data = share(new Uint8Array(4096))
const options = { chunks: fixed({ size: 512 }), signal: new AbortController().signal }
const engine = createEngine({ workers: 2 })

const kinds = [
  () => engine.map(data, (bytes) => bytes.length, options).reduce(sum()),
  () => engine.map(data, (bytes) => bytes.slice(), options),
  async () => {
    for await (const _ of engine.map(data, (bytes) => bytes.length, options));
  },
  async () => {
    for await (const _ of engine.map(data, (bytes) => bytes.length, options)) break
  },
  () =>
    engine.map(
      data,
      () => {
        throw new Error('on purpose')
      },
      options,
    ),
  () => {
    const run = engine.map(data, (bytes) => bytes.length, options).start()
    run.cancel('enough')
    return run
  },
]

/** @param {number} amount */
async function work(amount) {
  for (let done = 0; done < amount; done += 20) {
    await Promise.allSettled(Array.from({ length: 20 }, (_, i) => kinds[(done + i) % kinds.length]?.()))
  }
}

function countThreads() {
  try {
    return readdirSync('/proc/self/task').length
  } catch {
    // Only Linux lists them there.
    return 0
  }
}

async function look() {
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => setImmediate(resolve))
    globalThis.gc?.()
  }
  // What is put off to the next turn is not left behind. If it never ended, neither would this.
  while (process.getActiveResourcesInfo().includes('Immediate')) await new Promise((resolve) => setImmediate(resolve))
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage()
  const listeners = getEventListeners(options.signal, 'abort').length
  // Sorted, because the order may differ by chance.
  const resources = process.getActiveResourcesInfo().sort()
  return { rss, heapUsed, arrayBuffers, listeners, resources, threads: countThreads() }
}

// What is loaded and compiled once does not count as growth.
await work(runs / 4)
const before = await look()
await work(runs)
const after = await look()
await engine.close()
console.log(JSON.stringify({ before, after }))
