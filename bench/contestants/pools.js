// The worker pools of npm behind one interface. Each is set up as its documentation shows, with a fixed number of threads.

import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import { FixedThreadPool } from 'poolifier'
import { Tinypool } from 'tinypool'
import workerpool from 'workerpool'
import { addUp } from './jobs.js'

/** @typedef {import('./jobs.js').Task} Task */
/** @typedef {import('./jobs.js').Answer} Answer */

/**
 * @typedef {object} Pool
 * @property {string} name
 * @property {(task: Task) => PromiseLike<Answer>} run
 * @property {() => unknown} close
 */

/** @param {string} name */
const pathOf = (name) => fileURLToPath(new URL(name, import.meta.url))

/**
 * @param {number} workers
 * @returns {Pool}
 */
export function openTinypool(workers) {
  const filename = new URL('pool-task.js', import.meta.url).href
  const pool = new Tinypool({ filename, minThreads: workers, maxThreads: workers })
  return { name: 'tinypool', run: (task) => pool.run(task), close: () => pool.destroy() }
}

/**
 * @param {number} workers
 * @returns {Pool[]}
 */
export function openPools(workers) {
  const piscina = new Piscina({ filename: pathOf('pool-task.js'), minThreads: workers, maxThreads: workers })
  const pool = workerpool.pool(pathOf('workerpool-worker.js'), {
    workerType: 'thread',
    minWorkers: workers,
    maxWorkers: workers,
  })
  /** @type {FixedThreadPool<Task, Answer>} */
  const poolifier = new FixedThreadPool(workers, pathOf('poolifier-worker.js'))
  return [
    openTinypool(workers),
    { name: 'piscina', run: (task) => piscina.run(task), close: () => piscina.destroy() },
    { name: 'workerpool', run: (task) => pool.exec('runTask', [task]), close: () => pool.terminate() },
    {
      name: 'poolifier',
      run: (task) => poolifier.execute(task),
      // Not awaited: in version 5.3.2, the promise sometimes stays pending when nothing is left to wait for.
      close: () => void poolifier.destroy(),
    },
  ]
}

/**
 * Cut a buffer into tasks of `partBytes`, submit all of them to a pool at once, and add up the answers.
 *
 * @param {Pool} pool
 * @param {Task['job']} job
 * @param {SharedArrayBuffer} buffer
 * @param {number} partBytes
 * @param {number} [byteLength] of the part of the buffer that is used
 */
export async function runParts(pool, job, buffer, partBytes, byteLength = buffer.byteLength) {
  const tasks = []
  for (let start = 0; start < byteLength; start += partBytes) {
    tasks.push(pool.run({ job, buffer, start, end: Math.min(byteLength, start + partBytes) }))
  }
  /** @type {Answer | undefined} */
  let total
  for (const answer of await Promise.all(tasks)) total = addUp(total, answer)
  return total
}
