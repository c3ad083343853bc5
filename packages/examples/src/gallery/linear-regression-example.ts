// linear-regression in the gallery. Its check adds up whole numbers, without any rounding.

import { generateLinePoints } from '../linear-regression/generate-line-points.js'
import { type Line, linearRegression } from '../linear-regression/linear-regression.js'
import type { GeneratedExample } from './example.js'
import { formatCount } from './format.js'

const points = 500_000
/** Coordinates are multiples of 1 / steps. */
const steps = 1024
const doubleBytes = 8

/** The example. */
export const linearRegressionExample: GeneratedExample<Line, Line, Float64Array> = {
  plugin: linearRegression,
  teaches: '`sumExact()`: sums that are correctly rounded, so that not even the size of the chunks shows in the answer',
  generated: `${formatCount(points, 'point')} around a line`,
  generate: () => generateLinePoints(points),
  run: (engine, data, { workers, watch }) => watch(engine.run(data, linearRegression, { workers })),
  answer: (line) => line,
  check: addWholeNumbers,
  agrees: (answer, expected) =>
    answer.points === expected.points &&
    Math.abs(answer.slope - expected.slope) <= 1e-12 * Math.abs(expected.slope) &&
    Math.abs(answer.intercept - expected.intercept) <= 1e-9 * Math.abs(expected.intercept),
  against: 'fractions of whole numbers in BigInt, on one thread; within 1e-9',
  summary: ({ slope, intercept }) => `y = ${intercept.toFixed(3)} + ${slope.toFixed(5)} x`,
  details: ({ points: n, slope, intercept }) =>
    `  the line nearest to ${formatCount(n, 'point')}: y = ${intercept} + ${slope} x`,
}

async function addWholeNumbers(pieces: AsyncIterable<Uint8Array>): Promise<Line> {
  const sums = { n: 0n, x: 0n, y: 0n, xx: 0n, xy: 0n }
  let open = new Uint8Array(0)
  for await (const piece of pieces) {
    const bytes = new Uint8Array(open.length + piece.length)
    bytes.set(open)
    bytes.set(piece, open.length)
    const whole = bytes.length - (bytes.length % (2 * doubleBytes))
    open = bytes.slice(whole)
    const view = new DataView(bytes.buffer, 0, whole)
    for (let at = 0; at < whole; at += 2 * doubleBytes) {
      const x = BigInt(view.getFloat64(at, true) * steps)
      const y = BigInt(view.getFloat64(at + doubleBytes, true) * steps)
      sums.n++
      sums.x += x
      sums.y += y
      sums.xx += x * x
      sums.xy += x * y
    }
  }
  const { n, x, y, xx, xy } = sums
  const below = n * xx - x * x
  const slope = quotient(n * xy - x * y, below)
  // The intercept is (y·xx - x·xy) / (n·xx - x·x), in steps.
  return { points: Number(n), slope, intercept: quotient(y * xx - x * xy, below) / steps }
}

/** A quotient to about 18 digits after the point. */
function quotient(above: bigint, below: bigint): number {
  return Number((above * 10n ** 18n) / below) / 1e18
}
