// Generates points that scatter around a line.

import { alloc, type SharedMemory } from '@onecopy/core'
import { normal, seededRandom } from '../generators/random.js'

/**
 * Make `count` points `x, y` near `y = 2.5 * x - 7` in shared memory. Coordinates are multiples of 1/1024. The same seed makes the same
 * points.
 *
 * @param count - integer >= 0
 * @param seed - default 1
 * @example const { slope } = await engine.run(generateLinePoints(100_000), linearRegression)
 */
export function generateLinePoints(count: number, seed: number = 1): SharedMemory<Float64Array> {
  const random = seededRandom(seed)
  const points = alloc(Float64Array, 2 * count)
  const values = points.view()
  const onGrid = (value: number): number => Math.round(1024 * value) / 1024
  for (let i = 0; i < count; i++) {
    const x = onGrid(1000 * random())
    values[2 * i] = x
    values[2 * i + 1] = onGrid(2.5 * x - 7 + 20 * normal(random))
  }
  return points
}
