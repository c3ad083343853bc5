// k-means: runs the step of nearest.ts over the same shared points until no centroid moves.

import { alloc, type Engine, type SharedData } from '@onecopy/core'
import { firstCentroids } from './first-centroids.js'
import { nearest } from './nearest.js'

/** The options of k-means. */
export interface KMeansOptions {
  /** How many clusters; integer >= 1, at most as many as there are points. */
  readonly k: number
  /**
   * Coordinates per point; integer >= 1.
   *
   * @default 2
   */
  readonly dimensions?: number
  /**
   * The seed for the first centroids; an integer.
   *
   * @default 1
   */
  readonly seed?: number
  /**
   * The most steps; integer >= 1.
   *
   * @default 300
   */
  readonly mostSteps?: number
  /**
   * Workers of each run.
   *
   * @default all workers of the engine
   */
  readonly workers?: number
  /** Called after each step. The next step begins when the returned promise has settled. */
  readonly onStep?: (step: KMeansStep) => unknown
}

/** What a step has brought. */
export interface KMeansStep {
  /** The clusters' centres after the step. */
  readonly centroids: readonly (readonly number[])[]
  /** The number of steps so far. */
  readonly steps: number
}

/** The answer. */
export interface KMeans {
  /** The clusters' centres. */
  readonly centroids: readonly (readonly number[])[]
  /** How many points each cluster has. */
  readonly counts: readonly number[]
  /** The sum of the squares of all points' distances to their centroids. */
  readonly inertia: number
  /** The number of runs over the points. */
  readonly steps: number
  /** Whether the last step moved no centroid. */
  readonly isStable: boolean
}

/**
 * Find clusters of points, by Lloyd's algorithm from the first centroids of k-means++.
 *
 * The result has the same bits on any number of workers. A cluster without points keeps its centroid.
 *
 * @param points - finite coordinates, one point after the other
 * @throws {RangeError} an option is out of range, a point is incomplete, or a coordinate is not finite (or so large that its
 *   square is not)
 * @example const { centroids } = await kMeans(engine, generatePoints(100_000), { k: 8 })
 */
export async function kMeans(
  engine: Engine,
  points: SharedData<Float64Array>,
  { k, dimensions = 2, seed = 1, mostSteps = 300, workers, onStep }: KMeansOptions,
): Promise<KMeans> {
  checkInteger('dimensions', dimensions)
  checkInteger('mostSteps', mostSteps)
  checkInteger('k', k)
  if (points.length % dimensions !== 0)
    throw new RangeError(`points: expected whole points of ${dimensions} coordinates, got ${points.length} coordinates`)
  if (k * dimensions > points.length)
    throw new RangeError(`k: expected at most as many as points, ${points.length / dimensions}, got ${k}`)

  // The workers see what is written here. Parameters are sent for each run, but shared data in them stays where it is.
  const centroids = alloc(Float64Array, k * dimensions)
  const at = centroids.view()
  at.set(firstCentroids(points, k, dimensions, seed))
  const options = { params: { centroids, dimensions }, ...(workers !== undefined && { workers }) }
  for (let steps = 1; ; steps++) {
    const found = await engine.run(points, nearest, options)
    const { sums, counts, inertia } = found!
    if (!Number.isFinite(inertia)) throw new RangeError('points: expected finite coordinates')
    const isStable = !move(at, sums, counts, dimensions)
    const list = (): number[][] =>
      Array.from({ length: k }, (_, i) => [...at.subarray(i * dimensions, (i + 1) * dimensions)])
    await onStep?.({ centroids: list(), steps })
    if (!isStable && steps < mostSteps) continue
    return { centroids: list(), counts: [...counts], inertia, steps, isStable }
  }
}

/** Move each centroid to the mean of its points. Returns whether one has moved. */
function move(at: Float64Array, sums: Float64Array, counts: Float64Array, dimensions: number): boolean {
  let hasMoved = false
  for (let i = 0; i < at.length; i++) {
    const count = counts[Math.floor(i / dimensions)]!
    const mean = count === 0 ? at[i]! : sums[i]! / count
    hasMoved ||= mean !== at[i]
    at[i] = mean
  }
  return hasMoved
}

function checkInteger(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`${name}: expected an integer >= 1, got ${value}`)
}
