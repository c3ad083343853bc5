// k-means in the gallery. Its check is a plain loop from the same first centroids, which remembers the cluster of each point.

import { share } from '@onecopy/node'
import { firstCentroids } from '../k-means/first-centroids.js'
import { generatePoints } from '../k-means/generate-points.js'
import { type KMeans, kMeans } from '../k-means/k-means.js'
import { nearest } from '../k-means/nearest.js'
import type { GeneratedExample } from './example.js'
import { formatCount } from './format.js'

const points = 400_000
const k = 8
const seed = 2
/** How far the check's numbers may differ from the answer's, relatively: sums in another order have other last bits. */
const tolerance = 1e-9

/** The example. */
export const kMeansExample: GeneratedExample<KMeans, KMeans, Float64Array> = {
  plugin: nearest,
  teaches:
    'many runs over one shared copy on one engine, parameters in shared memory, floats that are the same on any number of workers',
  generated: `${formatCount(points, 'point')} in the plane`,
  generate: () => generatePoints(points, k),
  run: (engine, data, { workers }) => kMeans(engine, data, { k, seed, workers }),
  answer: (clusters) => clusters,
  check: loopOverPoints,
  agrees: (answer, expected) =>
    answer.steps === expected.steps &&
    answer.isStable === expected.isStable &&
    areNear(answer.counts, expected.counts) &&
    areNear(answer.centroids.flat(), expected.centroids.flat()) &&
    areNear([answer.inertia], [expected.inertia]),
  against: 'Lloyd’s algorithm as a plain loop, on one thread, within 1e-9',
  summary: ({ centroids, steps }) => `${formatCount(centroids.length, 'cluster')}\n${formatCount(steps, 'step')}`,
  details: ({ centroids, counts }) =>
    centroids
      .map((at, i) => `  (${at.map((value) => value.toFixed(3)).join(', ')}): ${formatCount(counts[i]!, 'point')}`)
      .join('\n'),
}

function areNear(values: readonly number[], expected: readonly number[]): boolean {
  return (
    values.length === expected.length &&
    values.every((value, i) => Math.abs(value - expected[i]!) <= tolerance * Math.max(1, Math.abs(expected[i]!)))
  )
}

interface Cluster {
  x: number
  y: number
}

async function loopOverPoints(pieces: AsyncIterable<Uint8Array>): Promise<KMeans> {
  const parts: Uint8Array[] = []
  for await (const piece of pieces) parts.push(piece.slice())
  const bytes = Uint8Array.from(Buffer.concat(parts))
  const values = new Float64Array(bytes.buffer)
  const first = firstCentroids(share(values), k, 2, seed)
  const clusters: Cluster[] = Array.from({ length: k }, (_, i) => ({ x: first[2 * i]!, y: first[2 * i + 1]! }))
  const owners = new Int32Array(values.length / 2).fill(-1)
  for (let steps = 1; ; steps++) {
    const hasMoved = assign(values, clusters, owners)
    const counts = clusters.map(() => 0)
    const means = clusters.map(() => ({ x: 0, y: 0 }))
    let inertia = 0
    owners.forEach((owner, i) => {
      const [x, y] = [values[2 * i]!, values[2 * i + 1]!]
      const { x: centreX, y: centreY } = clusters[owner]!
      inertia += (x - centreX) ** 2 + (y - centreY) ** 2
      // A running mean, instead of a sum that is divided at the end.
      const n = ++counts[owner]!
      const mean = means[owner]!
      mean.x += (x - mean.x) / n
      mean.y += (y - mean.y) / n
    })
    if (!hasMoved) {
      return { centroids: clusters.map(({ x, y }) => [x, y]), counts, inertia, steps, isStable: true }
    }
    means.forEach((mean, i) => {
      if (counts[i]! > 0) clusters[i] = mean
    })
  }
}

/** Assign each point to its nearest cluster. Returns whether a point moved to another cluster. */
function assign(values: Float64Array, clusters: readonly Cluster[], owners: Int32Array): boolean {
  let hasMoved = false
  for (let i = 0; i < owners.length; i++) {
    let owner = 0
    let least = Number.POSITIVE_INFINITY
    clusters.forEach(({ x, y }, c) => {
      const distance = Math.sqrt((values[2 * i]! - x) ** 2 + (values[2 * i + 1]! - y) ** 2)
      if (distance < least) {
        least = distance
        owner = c
      }
    })
    hasMoved ||= owner !== owners[i]
    owners[i] = owner
  }
  return hasMoved
}
