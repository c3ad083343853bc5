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
  title: 'One small chunk on a warm engine: in a loop of its own, and in turn with tinypool',
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
    const readByte = {
      onecopy: () => engine.map(data, firstByte).reduce(sum()),
      tinypool: () => pool.run({ ...task, job: 'firstByte' }),
    }
    /** @type {{ onecopy: Timed, tinypool: Timed } | undefined} */
    let inTurn
    return {
      expected: 10,
      contestants: [
        { name: 'onecopy, reads one byte', run: () => mean(trips, readByte.onecopy) },
        { name: 'tinypool, reads one byte', run: () => mean(trips, readByte.tinypool) },
        {
          name: 'onecopy, in turn with tinypool',
          run: async () => {
            inTurn = await meansInTurn(trips, readByte.onecopy, readByte.tinypool)
            return inTurn.onecopy
          },
        },
        {
          name: 'tinypool, in turn with onecopy',
          run: () => inTurn?.tinypool,
          note: 'measured in the loop of the row above',
        },
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
        timesAsLong('onecopy, reads one byte', 'tinypool, reads one byte', 1.2),
        timesAsLong('onecopy, in turn with tinypool', 'tinypool, in turn with onecopy', 1.2),
        timesAsLong('onecopy, counts line feeds', 'tinypool, counts line feeds', 1.2),
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
    targets: [timesAsLong('onecopy', `tinypool, ${workers} threads`, 1.15)],
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
 * The means of two kinds of trips that take turns, so that each finds the other's threads awake or asleep as it left them.
 *
 * @param {number} trips
 * @param {() => PromiseLike<unknown>} onecopy
 * @param {() => PromiseLike<unknown>} tinypool
 */
async function meansInTurn(trips, onecopy, tinypool) {
  /** @type {unknown[]} */
  let answers = []
  let [ofOnecopy, ofTinypool] = [0, 0]
  for (let i = -trips; i < trips; i++) {
    const begun = performance.now()
    const first = await onecopy()
    const between = performance.now()
    const second = await tinypool()
    answers = [first, second]
    if (i < 0) continue
    ofOnecopy += between - begun
    ofTinypool += performance.now() - between
  }
  return { onecopy: new Timed(answers[0], ofOnecopy / trips), tinypool: new Timed(answers[1], ofTinypool / trips) }
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
