// Chooses the first centroids of k-means: points that are far from each other.

import type { SharedData } from '@onecopy/core'
import { seededRandom } from '../generators/random.js'

/** How many points are considered. More would take longer, and the start would hardly be better. */
const mostPoints = 4096

/**
 * Choose the first centroids of k-means++ from some thousand points that are spread evenly over the data. The first centroid is
 * random. Each other one is chosen with a probability that grows with the square of its distance to the nearest one so far.
 *
 * @returns coordinates, one centroid after the other
 * @see D. Arthur, S. Vassilvitskii, k-means++: the advantages of careful seeding (2007)
 */
export function firstCentroids(
  points: SharedData<Float64Array>,
  k: number,
  dimensions: number,
  seed: number,
): Float64Array {
  const sample = samplePoints(points, dimensions, Math.max(k, mostPoints))
  const random = seededRandom(seed)
  const chosen = [sample[Math.floor(random() * sample.length)]!]
  const squares = sample.map(() => Number.POSITIVE_INFINITY)
  while (chosen.length < k) {
    const last = chosen.at(-1)!
    sample.forEach((point, i) => {
      squares[i] = Math.min(squares[i]!, squareDistance(point, last))
    })
    chosen.push(sample[indexByWeight(squares, random())]!)
  }
  return Float64Array.from(chosen.flatMap((point) => [...point]))
}

/** The index at which the running sum of the weights passes `part` of the total. Larger weights are hit more often. */
function indexByWeight(weights: readonly number[], part: number): number {
  const limit = part * weights.reduce((sum, weight) => sum + weight, 0)
  let sum = 0
  const found = weights.findIndex((weight) => {
    sum += weight
    return sum > limit
  })
  // If all points are centroids already (they are few, or equal), no sum passes it. Then any point is right.
  return Math.max(0, found)
}

function samplePoints(points: SharedData<Float64Array>, dimensions: number, most: number): Float64Array[] {
  const count = points.length / dimensions
  const taken = Math.min(count, most)
  const reader = points.open()
  try {
    return Array.from({ length: taken }, (_, i) => {
      const at = Math.floor((i * count) / taken) * dimensions
      return reader.view(at, at + dimensions)
    })
  } finally {
    reader.close()
  }
}

function squareDistance(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0)
}
