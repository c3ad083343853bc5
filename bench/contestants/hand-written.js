// What an expert for worker threads would write for a single program: threads that claim parts of a shared buffer with Atomics.
// It has no errors, no cancelling, no order and no retries.

import { Worker } from 'node:worker_threads'
import { addUp } from './jobs.js'

/** @typedef {import('./jobs.js').Answer} Answer */

/** Threads that stay alive between jobs. They do not keep the process alive. */
export class HandWrittenThreads {
  /** @type {Worker[]} */
  #workers

  /** @param {number} workers */
  constructor(workers) {
    const url = new URL('hand-written-worker.js', import.meta.url)
    this.#workers = Array.from({ length: workers }, () => new Worker(url))
    for (const worker of this.#workers) worker.unref()
  }

  /**
   * @param {import('./jobs.js').Task['job']} job
   * @param {SharedArrayBuffer} buffer
   * @param {number} partBytes
   * @returns {Promise<Answer | undefined>}
   */
  async run(job, buffer, partBytes) {
    const cursor = new Int32Array(new SharedArrayBuffer(4))
    const answers = this.#workers.map(
      (worker) =>
        new Promise((resolve, reject) => {
          worker.ref()
          worker.once('error', reject)
          worker.once('message', (answer) => {
            worker.off('error', reject)
            worker.unref()
            resolve(answer)
          })
          worker.postMessage({ job, buffer, partBytes, cursor })
        }),
    )
    /** @type {Answer | undefined} */
    let total
    for (const answer of await Promise.all(answers)) if (answer !== undefined) total = addUp(total, answer)
    return total
  }

  async close() {
    await Promise.all(this.#workers.map((worker) => worker.terminate()))
  }
}
