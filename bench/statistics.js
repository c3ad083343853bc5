// Summarizes a list of measured values: the median, and the spread.

/**
 * @typedef {object} Summary
 * @property {number} median  of an even number of values: the mean of the two in the middle
 * @property {number} min
 * @property {number} max
 */

/**
 * @param {readonly number[]} values  at least one; they are left in their order
 * @returns {Summary}
 */
export function summarize(values) {
  if (values.length === 0) throw new RangeError('values: expected at least one, got none')
  const sorted = values.toSorted((a, b) => a - b)
  /** @param {number} i */
  const at = (i) => sorted[i] ?? Number.NaN
  const half = sorted.length >> 1
  const median = sorted.length % 2 === 1 ? at(half) : (at(half - 1) + at(half)) / 2
  return { median, min: at(0), max: at(sorted.length - 1) }
}
