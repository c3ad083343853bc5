// Small inputs: the time for one on a warm engine, and the time to the first result of a new process.

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createEngine, share, sum } from '@onecopy/node'
import { Timed, timesAsLong } from '../case.js'
import { countLineFeeds, firstByte } from '../contestants/jobs.js'
import { openTinypool } from '../contestants/pools.js'

const byteLength = 64 * 1024

/** @type {import('../case.js').Case} */
export const smallInput = {
  title: '64 KiB on a warm engine, one after the other',
  measures: 'time',
  inputs: [],
  rounds: 10,
  prepare({ workers, quick }) {
    const trips = quick ? 10 : 2000
    const data = share(new Uint8Array(byteLength).fill(10))
    const { buffer } = data
    const engine = createEngine({ workers })
    const pool = openTinypool(workers)
    const task = { buffer, start: 0, end: byteLength }
    return {
      expected: 10,
      contestants: [
        { name: 'onecopy, reads one byte', run: () => mean(trips, () => engine.map(data, firstByte).reduce(sum())) },
        { name: 'tinypool, reads one byte', run: () => mean(trips, () => pool.run({ ...task, job: 'firstByte' })) },
        {
          name: 'onecopy, counts line feeds',
          expected: byteLength,
          run: () => mean(trips, () => engine.map(data, countLineFeeds).reduce(sum())),
        },
        {
          name: 'tinypool, counts line feeds',
          expected: byteLength,
          run: () => mean(trips, () => pool.run({ ...task, job: 'countLineFeeds' })),
        },
      ],
      targets: [
        timesAsLong('onecopy, reads one byte', 'tinypool, reads one byte', 2),
        timesAsLong('onecopy, counts line feeds', 'tinypool, counts line feeds', 2),
      ],
      close: () => Promise.all([engine, pool].map((each) => each.close())),
    }
  },
}

/** @type {import('../case.js').Case} */
export const firstResult = {
  title: 'First result of 64 KiB from cold, each time in a new process',
  measures: 'time',
  inputs: [],
  rounds: 20,
  prepare: ({ workers }) => ({
    expected: 1000,
    contestants: [
      { name: 'onecopy', run: () => cold('first-result-onecopy.js', workers).whole },
      { name: 'tinypool', run: () => cold('first-result-tinypool.js').whole },
      { name: `tinypool, ${workers} threads`, run: () => cold('first-result-tinypool.js', workers).whole },
      { name: 'onecopy, from import to result', run: () => cold('first-result-onecopy.js', workers).inside },
      { name: 'tinypool, from import to result', run: () => cold('first-result-tinypool.js').inside },
    ],
    targets: [timesAsLong('onecopy', 'tinypool', 1.25)],
  }),
}

/**
 * The mean of many trips, one after the other, because the clock is too coarse for one. As many trips before them do not count:
 * the garbage collection before each turn drops compiled code, and a warm engine has its code compiled.
 *
 * @param {number} trips
 * @param {() => PromiseLike<unknown>} trip
 */
async function mean(trips, trip) {
  let answer
  for (let i = 0; i < trips; i++) await trip()
  const begun = performance.now()
  for (let i = 0; i < trips; i++) answer = await trip()
  return new Timed(answer, (performance.now() - begun) / trips)
}

/**
 * @param {string} script
 * @param {number} [workers]
 */
function cold(script, workers) {
  const path = fileURLToPath(new URL(`../contestants/${script}`, import.meta.url))
  const begun = performance.now()
  const { stdout, status } = spawnSync(process.execPath, [path, ...(workers === undefined ? [] : [String(workers)])], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ms = performance.now() - begun
  if (status !== 0) throw new Error(`${script}: ended with exit code ${status}`)
  const { answer, insideMs } = JSON.parse(stdout)
  return { whole: new Timed(answer, ms), inside: new Timed(answer, insideMs) }
}
