// k-means: the same clusters as a plain loop, and the same bits on any number of workers.

import { generatePoints, kMeans, nearest } from '@onecopy/examples'
import { alloc, createEngine, records, sequential, share } from '@onecopy/node'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'

const engine = createEngine({ workers: 4 })
afterAll(() => engine.close())
const alone = sequential()

/** One step, point by point: which centroid each point belongs to, first of all. */
function naiveStep(points: number[][], centroids: number[][]): { sums: number[][]; counts: number[]; inertia: number } {
  // Squares: of whole numbers they are exact, and equal distances are equal.
  const distance = (a: number[], b: number[]): number => a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0)
  const owners = points.map((point) => {
    const distances = centroids.map((centroid) => distance(point, centroid))
    return distances.indexOf(Math.min(...distances))
  })
  const members = centroids.map((_, c) => points.filter((_, i) => owners[i] === c))
  return {
    sums: members.map((list, c) => centroids[c]!.map((_, i) => list.reduce((sum, point) => sum + point[i]!, 0))),
    counts: members.map((list) => list.length),
    inertia: points.reduce((sum, point, i) => sum + distance(point, centroids[owners[i]!]!), 0),
  }
}

const shareRows = (rows: number[][]) => share(Float64Array.from(rows.flat()))

describe('one step', () => {
  test('gives each point to the nearest centroid, on chunks of any size', async () => {
    // Small integers: distances are compared exactly, and sums of any order are the same.
    const coordinate = fc.integer({ min: -9, max: 9 })
    const rows = (dimensions: number, minLength: number) =>
      fc.array(fc.array(coordinate, { minLength: dimensions, maxLength: dimensions }), { minLength, maxLength: 30 })
    const cases = fc
      .integer({ min: 1, max: 3 })
      .chain((dimensions) => fc.tuple(fc.constant(dimensions), rows(dimensions, 1), rows(dimensions, 1)))
    await fc.assert(
      fc.asyncProperty(cases, fc.integer({ min: 1, max: 40 }), async ([dimensions, points, at], recordsPerChunk) => {
        const params = { centroids: shareRows(at), dimensions }
        const chunks = records({ length: dimensions, size: recordsPerChunk * dimensions })
        const found = await alone.run(shareRows(points), nearest, { params, chunks })
        const { sums, counts, inertia } = naiveStep(points, at)
        expect([...found!.sums].map((sum) => sum + 0)).toEqual(sums.flat().map((sum) => sum + 0))
        expect([...found!.counts]).toEqual(counts)
        expect(found!.inertia).toBeCloseTo(inertia, 6)
      }),
    )
  })

  test('of no points gives nothing', async () => {
    const params = { centroids: alloc(Float64Array, 2), dimensions: 2 }
    expect(await engine.run(alloc(Float64Array, 0), nearest, { params })).toBeUndefined()
  })

  test('sees what was written to the shared centroids since the last run', async () => {
    const points = shareRows([[1], [2]])
    const params = { centroids: shareRows([[0], [5]]), dimensions: 1 }
    expect([...(await engine.run(points, nearest, { params }))!.counts]).toEqual([2, 0])
    params.centroids.view().set([2, 1])
    expect([...(await engine.run(points, nearest, { params }))!.counts]).toEqual([1, 1])
  })
})

describe('kMeans', () => {
  test('finds clusters that lie apart', async () => {
    const points = shareRows(
      Array.from({ length: 300 }, (_, i) => [10 * (i % 3) + (i % 7) / 10, -10 * (i % 3) + (i % 5) / 10]),
    )
    const { centroids, counts, isStable } = await kMeans(engine, points, { k: 3 })
    expect(isStable).toBe(true)
    expect([...counts].sort()).toEqual([100, 100, 100])
    expect(centroids.map(([x]) => Math.round(x! / 10)).sort()).toEqual([0, 1, 2])
  })

  test('tells each step, and waits for its listener', async () => {
    const points = generatePoints(2000, 3)
    const seen: number[] = []
    let isWaiting = false
    let last: readonly (readonly number[])[] = []
    const { steps, centroids } = await kMeans(engine, points, {
      k: 3,
      async onStep(step) {
        expect(isWaiting).toBe(false)
        isWaiting = true
        await new Promise((resolve) => setImmediate(resolve))
        isWaiting = false
        seen.push(step.steps)
        last = step.centroids
      },
    })
    expect(seen).toEqual(Array.from({ length: steps }, (_, i) => i + 1))
    expect(last).toEqual(centroids)
  })

  test('ends where a plain loop stays, too', async () => {
    const points = generatePoints(3000, 5)
    const { centroids, counts, inertia, isStable } = await kMeans(engine, points, { k: 5 })
    const values = [...points.view()]
    const rows = Array.from({ length: 3000 }, (_, i) => values.slice(2 * i, 2 * i + 2))
    const step = naiveStep(
      rows,
      centroids.map((each) => [...each]),
    )
    expect(isStable).toBe(true)
    expect(counts).toEqual(step.counts)
    expect(inertia).toBeCloseTo(step.inertia, 5)
    for (const [c, centroid] of centroids.entries())
      for (const [i, value] of centroid.entries()) expect(value).toBeCloseTo(step.sums[c]![i]! / step.counts[c]!, 9)
  })

  test('is the same to the last bit on one worker, on several and in this thread', async () => {
    const points = generatePoints(40_000, 6)
    const expected = await kMeans(alone, points, { k: 6, seed: 3 })
    expect(expected.steps).toBeGreaterThan(2)
    for (const workers of [1, 2, 3, 4])
      expect(await kMeans(engine, points, { k: 6, seed: 3, workers })).toEqual(expected)
  })

  test('a cluster that gets no point keeps its centroid', async () => {
    const points = shareRows([[7], [7], [7]])
    expect(await kMeans(engine, points, { k: 2, dimensions: 1 })).toEqual({
      centroids: [[7], [7]],
      counts: [3, 0],
      inertia: 0,
      steps: 1,
      isStable: true,
    })
  })

  test('one point is its own cluster', async () => {
    const found = await kMeans(engine, shareRows([[1, 2, 3]]), { k: 1, dimensions: 3 })
    expect(found).toMatchObject({ centroids: [[1, 2, 3]], counts: [1], inertia: 0 })
  })

  test('leaves off after the most steps', async () => {
    const found = await kMeans(engine, generatePoints(5000), { k: 8, mostSteps: 1 })
    expect(found).toMatchObject({ steps: 1, isStable: false })
  })

  test('refuses what cannot be', async () => {
    const points = shareRows([
      [1, 2],
      [3, 4],
    ])
    await expect(kMeans(engine, points, { k: 0 })).rejects.toThrow(/^k: /)
    await expect(kMeans(engine, points, { k: 3 })).rejects.toThrow(/^k: /)
    await expect(kMeans(engine, points, { k: 1, dimensions: 3 })).rejects.toThrow(/^points: /)
    await expect(kMeans(engine, points, { k: 1, dimensions: 0.5 })).rejects.toThrow(/^dimensions: /)
    await expect(kMeans(engine, points, { k: 1, mostSteps: 0 })).rejects.toThrow(/^mostSteps: /)
    await expect(kMeans(engine, shareRows([[1, Number.NaN]]), { k: 1 })).rejects.toThrow(/finite/)
    await expect(kMeans(engine, points, { k: 1, workers: 0 })).rejects.toThrow(/workers/)
    expect(() => generatePoints(10, 0)).toThrow(RangeError)
    expect(() => generatePoints(-1)).toThrow(/^count: /)
    // That would be three coordinates, and so no whole number of points.
    expect(() => generatePoints(1.5)).toThrow(/^count: /)
  })
})
