// Cumulative sums of doubles into an array of the same length: two passes over the data, against one plain loop.

import { alloc, createEngine, share, sum } from '@onecopy/node'

/** @type {import('../case.js').Case} */
export const cumulativeSum = {
  title: 'Cumulative sums of 32 Mi doubles in memory, in place',
  measures: 'time',
  inputs: [],
  prepare({ workers, quick }) {
    const length = quick ? 2 ** 16 : 2 ** 25
    const data = share(Float64Array.from({ length }, (_, i) => i % 7))
    const into = alloc(Float64Array, length)
    const engine = createEngine({ workers })
    const prefix = {
      map: (/** @type {Readonly<Float64Array>} */ part) => {
        let total = 0
        for (let i = 0; i < part.length; i++) total += part[i] ?? 0
        return total
      },
      reduce: sum(),
    }
    /** @param {number} most */
    const scan = async (most) => {
      const sums = await engine.map(
        data,
        (part, { out, prefix }) => {
          let total = prefix
          for (let i = 0; i < part.length; i++) {
            total += part[i] ?? 0
            out[i] = total
          }
        },
        { into, prefix, workers: most },
      )
      return sums.view(length - 1)[0]
    }
    const [numbers, plain] = [data.view(), new Float64Array(length)]
    const loop = () => {
      let total = 0
      for (let i = 0; i < numbers.length; i++) {
        total += numbers[i] ?? 0
        plain[i] = total
      }
      return plain[length - 1]
    }
    // Whole weeks, and the rest.
    const rest = length % 7
    return {
      expected: ((length - rest) / 7) * 21 + (rest * (rest - 1)) / 2,
      contestants: [
        { name: `onecopy, ${workers} workers`, run: () => scan(workers) },
        { name: 'onecopy, 1 worker', run: () => scan(1) },
        { name: 'a plain loop', run: loop },
      ],
      close: () => engine.close(),
    }
  },
}
