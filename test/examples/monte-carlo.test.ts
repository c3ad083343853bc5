// monte-carlo: the same points on any engine, and about π.

import { monteCarlo } from '@onecopy/examples'
import { createEngine, fixed, range, sequential } from '@onecopy/node'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { randomNumbersOf } from '../naive/threefry.js'

const engine = createEngine({ workers: 4 })
afterAll(() => engine.close())

test('any number of points in chunks of any size: those of the published generator', async () => {
  const cases = fc.record({
    points: fc.integer({ min: 1, max: 300 }),
    size: fc.integer({ min: 1, max: 100 }),
    seed: fc.maxSafeNat(),
  })
  await fc.assert(
    fc.asyncProperty(cases, async ({ points, size, seed }) => {
      let inside = 0
      for (let start = 0; start < points; start += size) {
        const count = Math.min(size, points - start)
        const numbers = randomNumbersOf(seed, start / size, 2 * count)
        for (let i = 0; i < count; i++) if (numbers[2 * i]! ** 2 + numbers[2 * i + 1]! ** 2 < 1) inside++
      }
      const found = await engine.run(range(points), monteCarlo, { seed, chunks: fixed({ size }) })
      expect(found).toMatchObject({ points, inside, pi: (4 * inside) / points })
    }),
    { numRuns: 20 },
  )
})

test('is near π, as near as it says, and the same on any number of workers', async () => {
  const alone = await sequential().run(range(1_000_000), monteCarlo, { seed: 3 })
  expect(Math.abs(alone.pi - Math.PI)).toBeLessThan(5 * alone.standardError)
  expect(alone.standardError).toBeCloseTo(1.642 / 1000, 5)
  for (const workers of [1, 2, 3, 4]) {
    expect(await engine.run(range(1_000_000), monteCarlo, { seed: 3, workers })).toEqual(alone)
  }
})

test('no points are no estimate', async () => {
  expect((await engine.run(range(0), monteCarlo)).pi).toBeNaN()
})
