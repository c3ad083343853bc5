// A hand-written thread: it claims parts until none is left, adds up its results, and posts the sum.

import { parentPort } from 'node:worker_threads'
import { addUp, runTask } from './jobs.js'

parentPort?.on('message', ({ job, buffer, partBytes, cursor }) => {
  /** @type {import('./jobs.js').Answer | undefined} */
  let total
  for (;;) {
    const start = Atomics.add(cursor, 0, 1) * partBytes
    if (start >= buffer.byteLength) break
    const end = Math.min(buffer.byteLength, start + partBytes)
    total = addUp(total, runTask({ job, buffer, start, end }))
  }
  parentPort?.postMessage(total)
})
