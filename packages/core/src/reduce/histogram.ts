// How many numbers lie between which edges.

import { checkCount, checkInteger, readOptions, show } from '../base/check.js'
import type { Reducer } from './contract.js'
import { type Numbers, numbersOf } from './numbers-of.js'
import { withRecipe } from './with-recipe.js'

/** What {@link histogram} gives. */
export interface Histogram {
  /** The edges of the bins, ascending: one more than there are bins. */
  edges: number[]
  /** How many numbers are in each bin: bin `i` is from `edges[i]` up to `edges[i + 1]`. */
  counts: number[]
  /** How many numbers are below the first edge. */
  below: number
  /** How many numbers are above the last edge. */
  above: number
  /** How many are NaN. */
  nan: number
}

/** The accumulator of {@link histogram}. Not the tallies alone, because those could be taken for a list of numbers. */
export interface HistogramState {
  /** How many numbers are below, in each bin, above, and NaN. */
  readonly tallies: Float64Array
}

/** Bins of one width. */
export interface EqualBins {
  /** The lower edge of the first bin. */
  readonly from: number
  /** The upper edge of the last bin; more than `from`. */
  readonly to: number
  /** How many bins; an integer from 1 to 2^20. */
  readonly bins: number
}

const mostBins = 2 ** 20

/**
 * How many numbers are in each bin. All are counted: those outside of the bins and NaN have counts of their own.
 *
 * A bin begins at its lower edge and ends before its upper edge; the last bin includes its upper edge. Takes per chunk a number,
 * or a list of numbers (an array or a typed array).
 *
 * @param bins - the edges: 2 or more numbers, each larger than the one before; the first may be -Infinity and the last Infinity.
 *   Or bins of one width: `{ from, to, bins }`
 * @throws {TypeError | RangeError} `bins` is neither
 * @throws in the worker (`ERR_CHUNK_FAILED`): a result is neither a number nor a list of numbers
 * @example const { counts } = await engine.map(numbers, (part) => part).reduce(histogram({ from: 0, to: 100, bins: 10 }))
 * @example histogram([0, 10, 100, Infinity]) // [0, 10), [10, 100), [100, Infinity]
 */
export function histogram(bins: readonly number[] | EqualBins): Reducer<Numbers, HistogramState, Histogram> {
  checkCount('histogram', 1, arguments.length)
  const edges = Array.isArray(bins) ? checkEdges(bins) : equalEdges(bins as EqualBins)
  const last = edges.length - 1
  const placeOf = Array.isArray(bins) ? (x: number): number => search(edges, x) : equalPlace(edges)
  return withRecipe('histogram', [Array.isArray(bins) ? edges : { from: edges[0], to: edges[last], bins: last }], {
    init: () => ({ tallies: new Float64Array(last + 3) }),
    add: (acc, value) => {
      const { tallies } = acc
      const numbers = numbersOf('histogram', value)
      for (let i = 0; i < numbers.length; i++) {
        const x = numbers[i]!
        if (x < edges[0]!) tallies[0]!++
        else if (x < edges[last]!) tallies[placeOf(x) + 1]!++
        else if (x === edges[last]) tallies[last]!++
        else tallies[x > edges[last]! ? last + 1 : last + 2]!++
      }
      return acc
    },
    merge: (left, right) => {
      for (let i = 0; i < left.tallies.length; i++) left.tallies[i]! += right.tallies[i]!
      return left
    },
    finish: ({ tallies }) => ({
      edges: [...edges],
      counts: Array.from(tallies.subarray(1, last + 1)),
      below: tallies[0]!,
      above: tallies[last + 1]!,
      nan: tallies[last + 2]!,
    }),
  })
}

function checkEdges(edges: readonly unknown[]): number[] {
  if (edges.length < 2) throw new RangeError(`bins: expected 2 or more edges, got ${show(edges)}`)
  checkInteger('bins', edges.length - 1, 1, mostBins)
  // Array.from, because map leaves out holes.
  return Array.from(edges, (edge, i) => {
    // `as`: the edge before was checked.
    if (typeof edge === 'number' && (i === 0 ? !Number.isNaN(edge) : edge > (edges[i - 1] as number))) return edge
    const expected = i === 0 ? 'a number' : `a number larger than ${show(edges[i - 1])}`
    throw new RangeError(`bins[${i}]: expected ${expected}, got ${show(edge)}`)
  })
}

function equalEdges(options: EqualBins): number[] {
  if (options === undefined) throw new TypeError('bins: expected a list of edges or { from, to, bins }, got undefined')
  const { from, to, bins } = readOptions('bins', options, ['from', 'to', 'bins'])
  if (!Number.isFinite(from)) throw new RangeError(`from: expected a finite number, got ${show(from)}`)
  if (!Number.isFinite(to) || to <= from)
    throw new RangeError(`to: expected a finite number larger than ${show(from)}, got ${show(to)}`)
  checkInteger('bins', bins, 1, mostBins)
  const scale = scaleOf(from, to)
  const edges = Array.from({ length: bins + 1 }, (_, i) =>
    i === bins ? to : (from * scale + (to * scale - from * scale) * (i / bins)) / scale,
  )
  for (let i = 1; i <= bins; i++) {
    if (edges[i]! > edges[i - 1]!) continue
    throw new RangeError(
      `bins: ${bins} bins are too many between ${show(from)} and ${show(to)}, for lack of numbers between`,
    )
  }
  return edges
}

/** Half of each, if `to - from` is too large for a double. Not always, because the smallest doubles have no half. */
function scaleOf(from: number, to: number): number {
  return Number.isFinite(to - from) ? 1 : 0.5
}

/** The index of the last edge that is not above `x`; there is one. */
function search(edges: readonly number[], x: number): number {
  let low = 0
  let high = edges.length - 1
  while (high - low > 1) {
    const middle = (low + high) >>> 1
    if (x < edges[middle]!) high = middle
    else low = middle
  }
  return low
}

/** As `search`, for edges at equal distances: a guess, which rounding may make wrong by one. */
function equalPlace(edges: readonly number[]): (x: number) => number {
  const last = edges.length - 1
  const from = edges[0]!
  const scale = scaleOf(from, edges[last]!)
  const start = from * scale
  const width = edges[last]! * scale - start
  return (x) => {
    let place = Math.min(last - 1, Math.floor(((x * scale - start) / width) * last))
    while (x < edges[place]!) place--
    while (x >= edges[place + 1]!) place++
    return place
  }
}
