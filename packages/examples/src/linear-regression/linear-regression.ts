// The linear-regression plugin: the straight line nearest to points, from exact sums.

import { all, definePlugin, type Plugin, records, sum, sumExact } from '@onecopy/core'

/** The line `y = intercept + slope * x` with the least squared distances to the points. */
export interface Line {
  readonly points: number
  readonly slope: number
  readonly intercept: number
}

const sums = all({ n: sum(), x: sumExact(), y: sumExact(), xx: sumExact(), xy: sumExact() })

/**
 * Fit a line to points. The data is `x, y, x, y, …`.
 *
 * All sums are correctly rounded. So the answer is the same for any size of chunks and any order of the points, in every bit. Fewer than two
 * different values of `x` give no line: NaN.
 *
 * @example const { slope, intercept } = await engine.run(share(Float64Array.of(0, 1, 1, 3)), linearRegression) // 2 and 1
 */
export const linearRegression: Plugin<undefined, LineParts, Line, Float64Array> = definePlugin(import.meta.url, {
  name: 'linear-regression',
  description: 'The straight line nearest to points, the same in every bit for any chunks.',
  chunks: records({ length: 2 }),

  map(points: Readonly<Float64Array>): LineParts {
    const n = points.length / 2
    const x = new Float64Array(n)
    const y = new Float64Array(n)
    const xx = new Float64Array(n)
    const xy = new Float64Array(n)
    for (let i = 0; i < n; i++) {
      const [a, b] = [points[2 * i]!, points[2 * i + 1]!]
      x[i] = a
      y[i] = b
      xx[i] = a * a
      xy[i] = a * b
    }
    return { n, x, y, xx, xy }
  },

  reduce: {
    ...sums,
    finish(acc): Line {
      const { n, x, y, xx, xy } = sums.finish!(acc)
      const slope = (n * xy - x * y) / (n * xx - x * x)
      return { points: n, slope, intercept: (y - slope * x) / n }
    },
  },
})

/** What one chunk adds to the sums. */
export interface LineParts {
  readonly n: number
  readonly x: Float64Array
  readonly y: Float64Array
  readonly xx: Float64Array
  readonly xy: Float64Array
}
