// The plugin of k-means: one step, which assigns each point to the nearest centroid and adds up the points of each centroid.

import { alloc, definePlugin, type Plugin, records, type SharedMemory } from '@onecopy/core'

/** The parameters. */
export interface NearestParams {
  /** The coordinates, one centroid after the other. In shared memory, so that they are not sent again when they change. */
  readonly centroids: SharedMemory<Float64Array>
  /** Coordinates per point; integer >= 1. */
  readonly dimensions: number
}

/** The sums over the points of each centroid. */
export interface Nearest {
  /** For each centroid, the sums of its points' coordinates. */
  readonly sums: Float64Array
  /** How many points each centroid has. */
  readonly counts: Float64Array
  /** The sum of the squares of all points' distances to their centroids. */
  inertia: number
}

const noCentroids: NearestParams = { centroids: alloc(Float64Array, 0), dimensions: 1 }

/**
 * One step of Lloyd's algorithm over points, given as coordinates one after the other. Of equally near centroids, the first one
 * gets the point.
 *
 * Do not write to the centroids during a run.
 *
 * @example const { sums, counts } = await engine.run(points, nearest, { params: { centroids, dimensions: 2 } })
 */
export const nearest: Plugin<NearestParams, Nearest, Nearest | undefined, Float64Array> = definePlugin(
  import.meta.url,
  {
    name: 'k-means',
    description: 'Clusters of points: one step of Lloyd’s algorithm per run.',
    params: noCentroids,
    chunks: ({ dimensions }: NearestParams) => records({ length: dimensions }),
    setup: ({ centroids }) => centroids.view(),

    map(points: Readonly<Float64Array>, { params: { dimensions }, state: centroids }): Nearest {
      const sums = new Float64Array(centroids.length)
      const counts = new Float64Array(centroids.length / dimensions)
      let inertia = 0
      for (let point = 0; point < points.length; point += dimensions) {
        let best = 0
        let least = Number.POSITIVE_INFINITY
        for (let centroid = 0; centroid < centroids.length; centroid += dimensions) {
          let square = 0
          for (let i = 0; i < dimensions; i++) {
            const way = points[point + i]! - centroids[centroid + i]!
            square += way * way
          }
          if (square < least) {
            least = square
            best = centroid
          }
        }
        for (let i = 0; i < dimensions; i++) sums[best + i]! += points[point + i]!
        counts[best / dimensions]!++
        inertia += least
      }
      return { sums, counts, inertia }
    },

    reduce: {
      init: (): Nearest | undefined => undefined,
      add: addUp,
      merge: (left, right) => (right === undefined ? left : addUp(left, right)),
    },
  },
)

function addUp(left: Nearest | undefined, right: Nearest): Nearest {
  if (left === undefined) return right
  for (let i = 0; i < left.sums.length; i++) left.sums[i]! += right.sums[i]!
  for (let i = 0; i < left.counts.length; i++) left.counts[i]! += right.counts[i]!
  left.inertia += right.inertia
  return left
}
