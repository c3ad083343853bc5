// A histogram of whole numbers whose buckets grow with the numbers. It gives percentiles with a limited relative error, in
// little memory.
//
// Each number below 256 has its own bucket. Above, each power of two is cut into 128 buckets of equal width. So a bucket that
// starts at `low` is narrower than low/128, and its middle differs by less than 1/256 from any number in it.
//
// Two histograms are added bucket by bucket, which is what a reducer needs. Sorted lists would have to be kept whole.

const subBuckets = 128
const subBits = 7
const mostBits = 40

/** The largest number that has its own bucket range: 2^40 - 1. Larger numbers count as this one. */
export const largestValue: number = 2 ** mostBits - 1

/** The largest relative error of a percentile. */
export const relativeError: number = 1 / (2 * subBuckets)

/** The number of buckets. */
export const bucketCount: number = (mostBits - subBits + 1) * subBuckets

/**
 * The bucket of a number.
 *
 * @param value - integer >= 0; above {@link largestValue} it counts as that
 * @see https://github.com/HdrHistogram/HdrHistogram Gil Tene's HdrHistogram, for the idea
 */
export function bucketOf(value: number): number {
  if (value < subBuckets) return value
  if (value > largestValue) return bucketCount - 1
  const exponent = value < 2 ** 32 ? 31 - Math.clz32(value) : 63 - Math.clz32(value / 2 ** 32)
  const shift = exponent - subBits
  return shift * subBuckets + Math.floor(value / 2 ** shift)
}

/** The number in the middle of a bucket. */
export function middleOf(bucket: number): number {
  if (bucket < 2 * subBuckets) return bucket
  const shift = Math.floor(bucket / subBuckets) - 1
  const width = 2 ** shift
  return (bucket - shift * subBuckets) * width + (width - 1) / 2
}

/**
 * The percentile of the numbers in a histogram: the smallest number such that at least `percent` % of all numbers are not
 * larger (by nearest rank), with an error of at most {@link relativeError} of it.
 *
 * @param counts - how many numbers are in each bucket
 * @param percent - greater than 0, at most 100
 * @throws {RangeError} there are no numbers, or `percent` is out of range
 */
export function percentile(counts: ArrayLike<number>, percent: number): number {
  if (!(percent > 0 && percent <= 100)) throw new RangeError(`percent: expected 0 < percent <= 100, got ${percent}`)
  let total = 0
  for (let bucket = 0; bucket < counts.length; bucket++) total += counts[bucket]!
  if (total === 0) throw new RangeError('counts: expected at least one number, got none')
  // Slightly less than the product, because rounding may raise it: 99.9 % of 41,000 are 40,959, and not 40,960.
  const rank = Math.ceil(((percent * total) / 100) * (1 - 4 * Number.EPSILON))
  let below = 0
  let bucket = -1
  while (below < rank) below += counts[++bucket]!
  return middleOf(bucket)
}
