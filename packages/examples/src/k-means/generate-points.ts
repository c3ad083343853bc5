// Points in the plane that lie in clusters, generated.

import { alloc, type SharedMemory } from '@onecopy/node'
import { normal, pick, seededRandom } from '../generated/random.js'

/**
 * `count` points in the plane in shared memory, `x` and `y` in turn, the same ones for the same seed: they scatter normally about
 * `clusters` centres in a square of side 100, each with a spread of its own.
 *
 * @param count - integer >= 0
 * @param clusters - integer >= 1, default 8
 * @param seed - default 1
 * @throws {RangeError} a number is out of its range
 */
export function generatePoints(count: number, clusters: number = 8, seed: number = 1): SharedMemory<Float64Array> {
  if (!Number.isSafeInteger(clusters) || clusters < 1)
    throw new RangeError(`clusters: expected an integer >= 1, got ${clusters}`)
  const points = alloc(Float64Array, 2 * count)
  const random = seededRandom(seed)
  const centres = Array.from({ length: clusters }, () => ({
    x: 100 * random(),
    y: 100 * random(),
    spread: 2 + 5 * random(),
  }))
  const values = points.view()
  for (let i = 0; i < values.length; i += 2) {
    const { x, y, spread } = pick(random, centres)
    values[i] = x + spread * normal(random)
    values[i + 1] = y + spread * normal(random)
  }
  return points
}
