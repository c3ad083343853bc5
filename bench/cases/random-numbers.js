// Random numbers: those of chunks, which are the same on any number of workers, against Math.random in one loop.

import { createEngine, fixed, range, sequential, sum } from '@onecopy/node'
import { timesAsFast } from '../case.js'

/** @type {import('../case.js').Case} */
export const randomNumbers = {
  title: '20 million random numbers, added up',
  measures: 'time',
  inputs: [],
  prepare({ workers, quick }) {
    const count = quick ? 100_000 : 20_000_000
    const numbers = range(count)
    const engine = createEngine({ workers })
    const alone = sequential()
    const options = { chunks: fixed({ size: 2 ** 16 }), seed: 1 }
    // The sum of numbers from 0 to 1 is half their number; it is off by more than 0.02 of it in none of a million runs.
    const judged = (/** @type {number} */ total) => Math.abs(total / count - 0.5) < 0.02
    const all = `onecopy, ${workers} workers`
    return {
      expected: true,
      contestants: [
        { name: all, run: async () => judged(await engine.map(numbers, addUp, options).reduce(sum())) },
        {
          name: 'onecopy, 1 worker',
          run: async () => judged(await engine.map(numbers, addUp, { ...options, workers: 1 }).reduce(sum())),
        },
        {
          name: 'onecopy, sequential engine',
          run: async () => judged(await alone.map(numbers, addUp, options).reduce(sum())),
        },
        { name: 'Math.random, one loop', note: 'other numbers each time', run: () => judged(addMathRandom(count)) },
      ],
      targets: [timesAsFast(all, 'onecopy, 1 worker', 1.7)],
      close: () => Promise.all([engine, alone].map((each) => each.close())),
    }
  },
}

/**
 * @param {Readonly<Uint8Array>} _
 * @param {import('@onecopy/node').Chunk} chunk
 */
function addUp(_, { start, end, random }) {
  let total = 0
  for (let i = start; i < end; i++) total += random()
  return total
}

/** @param {number} count */
function addMathRandom(count) {
  let total = 0
  for (let i = 0; i < count; i++) total += Math.random()
  return total
}
