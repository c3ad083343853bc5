// The log-stats plugin: counts and percentiles of an access log.

import { definePlugin, eachLine, lines, type Plugin } from '@onecopy/core'
import { bucketCount, bucketOf, percentile } from './log-linear.js'
import { type LogLine, methods, parseLine } from './parse-line.js'

/** A quantity in the reducer: a histogram, and exact figures. */
export interface Quantity {
  readonly histogram: Float64Array
  count: number
  sum: number
  max: number
}

/** The accumulator for neighbouring lines. */
export interface LineCounts {
  lines: number
  malformed: number
  /** Counts by class, from 1xx to 5xx. */
  readonly statuses: Float64Array
  /** Counts in the order of `methods`. */
  readonly methods: Float64Array
  readonly bytes: Quantity
  readonly micros: Quantity
}

/** A quantity in the answer. Sum, count and maximum are exact. Percentiles have an error below 1/256. */
export interface Distribution {
  readonly count: number
  readonly sum: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly p999: number
  readonly max: number
}

/** The answer. */
export interface LogStats {
  /** All lines, including malformed ones. A last line without a line feed counts. */
  readonly lines: number
  /** Lines that are not of an access log, including empty ones. */
  readonly malformed: number
  /** How often each class occurs: `1xx` to `5xx`. */
  readonly statuses: Readonly<Record<string, number>>
  /** How often each method occurs. Methods other than those of RFC 9110 and PATCH are `other`. */
  readonly methods: Readonly<Record<string, number>>
  /** Lengths of responses in bytes, if the log has them; null if it has none. */
  readonly bytes: Distribution | null
  /** Times in microseconds, if the log has them; null if it has none. */
  readonly micros: Distribution | null
}

const carriageReturn = 0x0d

/**
 * Requests by status and method, and percentiles of lengths and times.
 *
 * Lines are in the Common Log Format, with or without the time taken in microseconds at the end; see `parseLine`.
 *
 * @example const { statuses, micros } = await engine.run(file('access.log'), logStats)
 */
export const logStats: Plugin<undefined, never, LogStats> = definePlugin(import.meta.url, {
  name: 'log-stats',
  description: 'Requests of an access log by status and method, percentiles of lengths and times.',
  chunks: lines(),

  // Folds, because the tables of a chunk are larger than what the lines of a small chunk put into them.
  fold(counts: LineCounts, bytes): LineCounts {
    const line: LogLine = { method: 0, status: 0, bytes: 0, micros: 0 }
    eachLine(bytes, (start, feed) => {
      const end = feed > start && bytes[feed - 1] === carriageReturn ? feed - 1 : feed
      counts.lines++
      if (parseLine(bytes, start, end, line)) countLine(counts, line)
      else counts.malformed++
    })
    return counts
  },

  reduce: {
    init: noLines,
    merge: addUp,
    finish: (counts): LogStats => ({
      lines: counts.lines,
      malformed: counts.malformed,
      statuses: Object.fromEntries([...counts.statuses].map((count, i) => [`${i + 1}xx`, count])),
      methods: Object.fromEntries([...counts.methods].map((count, i) => [methods[i], count])),
      bytes: distribution(counts.bytes),
      micros: distribution(counts.micros),
    }),
  },
})

function noLines(): LineCounts {
  const none = (): Quantity => ({ histogram: new Float64Array(bucketCount), count: 0, sum: 0, max: 0 })
  return {
    lines: 0,
    malformed: 0,
    statuses: new Float64Array(5),
    methods: new Float64Array(methods.length),
    bytes: none(),
    micros: none(),
  }
}

function countLine(counts: LineCounts, { status, method, bytes, micros }: LogLine): void {
  counts.statuses[Math.floor(status / 100) - 1]!++
  counts.methods[method]!++
  if (bytes >= 0) countValue(counts.bytes, bytes)
  if (micros >= 0) countValue(counts.micros, micros)
}

function countValue(quantity: Quantity, value: number): void {
  quantity.histogram[bucketOf(value)]!++
  quantity.count++
  quantity.sum += value
  if (value > quantity.max) quantity.max = value
}

function addUp(left: LineCounts, right: LineCounts): LineCounts {
  left.lines += right.lines
  left.malformed += right.malformed
  addArrays(left.statuses, right.statuses)
  addArrays(left.methods, right.methods)
  addQuantities(left.bytes, right.bytes)
  addQuantities(left.micros, right.micros)
  return left
}

function addQuantities(left: Quantity, right: Quantity): void {
  addArrays(left.histogram, right.histogram)
  left.count += right.count
  left.sum += right.sum
  left.max = Math.max(left.max, right.max)
}

function addArrays(left: Float64Array, right: Float64Array): void {
  for (let i = 0; i < left.length; i++) left[i]! += right[i]!
}

function distribution({ histogram, count, sum, max }: Quantity): Distribution | null {
  if (count === 0) return null
  // The middle of the last bucket may be above every number in it.
  const at = (percent: number): number => Math.min(max, percentile(histogram, percent))
  return { count, sum, p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max }
}
