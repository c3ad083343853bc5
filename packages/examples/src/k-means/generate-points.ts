// Generates points in the plane that form clusters.

import { alloc, type SharedMemory } from '@onecopy/core'
import { normal, pick, seededRandom } from '../generators/random.js'

/**
 * Make `count` points in the plane, in shared memory, as `x` and `y` in turn. The same seed makes the same points. They are
 * normally distributed around `clusters` centres. Each centre lies in its own square with sides of 100, and has its own spread.
 *
 * @param count - integer >= 0
 * @param clusters - integer >= 1, default 8
 * @param seed - default 1
 * @throws {RangeError} a number is out of range
 */
export function generatePoints(count: number, clusters: number = 8, seed: number = 1): SharedMemory<Float64Array> {
  if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`count: expected an integer >= 0, got ${count}`)
  if (!Number.isSafeInteger(clusters) || clusters < 1)
    throw new RangeError(`clusters: expected an integer >= 1, got ${clusters}`)
  const points = alloc(Float64Array, 2 * count)
  const random = seededRandom(seed)
  // One centre per cell of a grid, near the middle of the cell, so that no two are near each other.
  const side = Math.ceil(Math.sqrt(clusters))
  const centres = Array.from({ length: clusters }, (_, i) => ({
    x: 100 * ((i % side) + 0.25 + random() / 2),
    y: 100 * (Math.floor(i / side) + 0.25 + random() / 2),
    spread: 10 + 15 * random(),
  }))
  const values = points.view()
  for (let i = 0; i < values.length; i += 2) {
    const { x, y, spread } = pick(random, centres)
    values[i] = x + spread * normal(random)
    values[i + 1] = y + spread * normal(random)
  }
  return points
}
