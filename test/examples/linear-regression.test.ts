// linear-regression: the same line, in every bit, for any chunks and any order of the points.

import { checkPlugin } from '@onecopy/core/testing'
import { generateLinePoints, linearRegression } from '@onecopy/examples'
import { createEngine, records, sequential, share } from '@onecopy/node'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'

const engine = createEngine({ workers: 3 })
afterAll(() => engine.close())

test('keeps the laws of plugins', () => checkPlugin(linearRegression, { data: Float64Array.of(1, 2, 3, 5, 0.1, -0.7) }))

test('points on a line give that line', async () => {
  expect(await engine.run(share(Float64Array.of(0, 1, 1, 3, 2, 5)), linearRegression)).toEqual({
    points: 3,
    slope: 2,
    intercept: 1,
  })
})

test('one point gives no line', async () => {
  expect(await engine.run(share(Float64Array.of(4, 5)), linearRegression)).toMatchObject({
    points: 1,
    slope: Number.NaN,
  })
})

test('the bits are the same for any size of chunks and any order of the points', async () => {
  const point = fc.tuple(fc.double({ min: -1e6, max: 1e6 }), fc.double({ min: -1e6, max: 1e6 }))
  const cases = fc.array(point, { minLength: 2, maxLength: 40 }).chain((points) =>
    fc.record({
      points: fc.constant(points),
      shuffled: fc.shuffledSubarray(points, { minLength: points.length }),
      size: fc.integer({ min: 1, max: 90 }),
    }),
  )
  await fc.assert(
    fc.asyncProperty(cases, async ({ points, shuffled, size }) => {
      const whole = await sequential().run(share(Float64Array.from(points.flat())), linearRegression)
      const chunks = records({ length: 2, size })
      expect(await engine.run(share(Float64Array.from(shuffled.flat())), linearRegression, { chunks })).toEqual(whole)
    }),
    { numRuns: 60 },
  )
})

test('generated points lie around the line that they say', async () => {
  const { points, slope, intercept } = await engine.run(generateLinePoints(50_000), linearRegression)
  expect(points).toBe(50_000)
  expect(slope).toBeCloseTo(2.5, 2)
  expect(Math.abs(intercept + 7)).toBeLessThan(1)
})
