// The spread of measured times.

/** Median, least and most. */
export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
}

/**
 * The spread of some values. Of an even number of values, the median is the mean of the two in the middle.
 *
 * @param values - at least one
 * @throws {RangeError} there is no value
 */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError('values: expected at least one, got none')
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
  return { median, least: sorted[0]!, most: sorted.at(-1)! }
}
