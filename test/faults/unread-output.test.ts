// An engine in a worker thread whose output nobody reads: what chunk functions print goes no further, and runs settle.

import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'

const program = `
  import { createEngine, fixed, share, sum } from ${JSON.stringify(import.meta.resolve('@onecopy/node'))}
  import { parentPort } from 'node:worker_threads'
  const print = (bytes) => {
    for (let i = 0; i < 200; i++) console.log('x'.repeat(1000))
    return bytes.length
  }
  const engine = createEngine({ workers: 2, graceMs: 100 })
  const options = { chunks: fixed({ size: 10 }) }
  const lengths = []
  for (let i = 0; i < 2; i++) lengths.push(await engine.map(share(new Uint8Array(100)), print, options).reduce(sum()))
  await engine.close()
  parentPort.postMessage(lengths)`

test('runs settle where the reader of their thread’s output never reads', async () => {
  const url = new URL(`data:text/javascript,${encodeURIComponent(program)}`)
  // With these options the output waits for a reader here; there is none.
  const worker = new Worker(url, { stdout: true, stderr: true })
  try {
    const lengths = await new Promise((resolve, reject) => worker.on('message', resolve).on('error', reject))
    expect(lengths).toEqual([100, 100])
  } finally {
    await worker.terminate()
  }
}, 20_000)
