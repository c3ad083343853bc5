// Numbers as text for people.

/** @param {number} ms */
export function formatMs(ms) {
  if (ms < 1) return `${(ms * 1000).toPrecision(3)} µs`
  return ms < 1000 ? `${ms.toPrecision(3)} ms` : `${(ms / 1000).toPrecision(3)} s`
}

/** @param {number} bytes */
export function formatMebibytes(bytes) {
  return `${Math.round(bytes / 2 ** 20).toLocaleString('en-US')} MiB`
}

/**
 * A measured value as text.
 *
 * @param {'time' | 'memory'} measures
 * @param {number} value
 */
export function format(measures, value) {
  return measures === 'time' ? formatMs(value) : formatMebibytes(value)
}

/** @param {number} n */
export function formatRatio(n) {
  return n >= 100 ? Math.round(n).toLocaleString('en-US') : n.toPrecision(3)
}
