// A program in which a chunk uses up the heap: once, and then each time. It prints the outcome of both, and of a healthy run
// after them. Start it with a small --max-old-space-size, which its workers inherit.

import { alloc, createEngine, fixed, isOnecopyError, share, sum } from '@onecopy/node'

const data = share(new Uint8Array(100).fill(1))
const engine = createEngine(JSON.parse(process.argv[2] ?? '{}'))

/** @typedef {{ readonly times: number, readonly counter: import('@onecopy/node').SharedMemory<Int32Array> }} Params */

/**
 * @param {Readonly<Uint8Array>} bytes
 * @param {import('@onecopy/node').Chunk<Params>} chunk
 */
function greedy(bytes, chunk) {
  const { times, counter } = chunk.params
  if (chunk.index === 4 && Atomics.add(counter.view(), 0, 1) < times) {
    for (const kept = []; ; ) kept.push(new Array(1000).fill(kept.length))
  }
  return bytes.length
}

/** @param {number} times */
async function tell(times) {
  /** @type {unknown[]} */
  const retries = []
  const counter = alloc(Int32Array, 1)
  const run = engine
    .map(data, greedy, { chunks: fixed({ size: 10 }), params: { times, counter }, retries: 1 })
    .reduce(sum())
    .on('retry', ({ chunk, attempt, cause }) => {
      // `as`: what Node gives when a worker has no heap left.
      retries.push({ chunk, attempt, code: /** @type {{ code: string }} */ (cause).code })
    })
  const outcome = await run.catch((error) => (isOnecopyError(error) ? { code: error.code, chunk: error.chunk } : error))
  return { outcome, retries, deaths: run.stats?.workersLost }
}

const once = await tell(1)
const always = await tell(Number.MAX_SAFE_INTEGER)
const healthy = await tell(0)
await engine.close()
console.log(JSON.stringify({ once, always, healthy }))
