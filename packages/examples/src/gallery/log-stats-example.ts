// log-stats in the gallery. Its check matches lines with a regular expression and sorts all values.

import { isDeepStrictEqual } from 'node:util'
import { generateLog } from '../log-stats/generate-log.js'
import { relativeError } from '../log-stats/log-linear.js'
import { type Distribution, type LogStats, logStats } from '../log-stats/log-stats.js'
import type { GeneratedExample } from './example.js'
import { formatCount } from './format.js'

const requests = 200_000

/** The example. */
export const logStatsExample: GeneratedExample<LogStats, LogStats, Uint8Array> = {
  plugin: logStats,
  teaches: '`lines()`: records of any length; and percentiles from histograms, which can be added, unlike sorted lists',
  generated: `an access log of ${formatCount(requests, 'line')}`,
  generate: () => generateLog(requests),
  run: (engine, data, { workers, watch }) => watch(engine.run(data, logStats, { workers })),
  answer: (stats) => stats,
  check: sortAll,
  agrees: (answer, expected) => isDeepStrictEqual(exactPart(answer), exactPart(expected)) && isNear(answer, expected),
  against: 'a regular expression and sorted values, on one thread; percentiles within 1/256',
  summary: ({ lines, statuses }) => `${formatCount(lines, 'line')}\n${formatCount(statuses['5xx'] ?? 0)} with 5xx`,
  details: describe,
}

/** In thousandths, so that ranks are computed with whole numbers. */
const percentiles = { p50: 500, p90: 900, p99: 990, p999: 999 } as const
const percentileNames = ['p50', 'p90', 'p99', 'p999'] as const

function describe({ malformed, statuses, methods, bytes, micros }: LogStats): string {
  const counts = (all: Readonly<Record<string, number>>): string =>
    Object.entries(all)
      .map(([key, n]) => `${key} ${formatCount(n)}`)
      .join('  ')
  const row = (title: string, from: Distribution | null): string =>
    `  ${title} ${from === null ? 'none' : [...percentileNames.map((name) => from[name]), from.max].map((value) => formatCount(Math.round(value)).padStart(12)).join('')}`
  return [
    `  ${counts(statuses)}  malformed ${formatCount(malformed)}`,
    `  ${counts(methods)}`,
    `              ${['p50', 'p90', 'p99', 'p99.9', 'max'].map((title) => title.padStart(12)).join('')}`,
    row('bytes       ', bytes),
    row('microseconds', micros),
  ].join('\n')
}

/** Everything but the percentiles. */
function exactPart({ bytes, micros, ...rest }: LogStats): object {
  const exact = (from: Distribution | null): object | null =>
    from && { count: from.count, sum: from.sum, max: from.max }
  return { ...rest, bytes: exact(bytes), micros: exact(micros) }
}

function isNear(answer: LogStats, expected: LogStats): boolean {
  return (['bytes', 'micros'] as const).every((quantity) =>
    percentileNames.every((name) => {
      const exact = expected[quantity]?.[name] ?? 0
      return Math.abs((answer[quantity]?.[name] ?? 0) - exact) <= relativeError * exact
    }),
  )
}

const commonLogLine =
  /^[^ ]+ [^ ]+ [^ ]+ \[[^\]]*\] "((?:\\.|[^"\\])*)" ([1-5])[0-9]{2} (-|[0-9]{1,12})(?: ([0-9]{1,12}))?$/s

async function sortAll(pieces: AsyncIterable<Uint8Array>): Promise<LogStats> {
  const statuses: Record<string, number> = { '1xx': 0, '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0 }
  const methods: Record<string, number> = Object.fromEntries(
    'GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH other'.split(' ').map((method) => [method, 0]),
  )
  const bytes: number[] = []
  const micros: number[] = []
  let lines = 0
  let malformed = 0
  for await (const line of linesOf(pieces)) {
    lines++
    const match = commonLogLine.exec(line)
    if (match === null) {
      malformed++
      continue
    }
    const [, request = '', status, size, time] = match
    const method = request.split(' ', 1)[0]!
    statuses[`${status}xx`]!++
    methods[method !== 'other' && method in methods ? method : 'other']!++
    if (size !== '-') bytes.push(Number(size))
    if (time !== undefined) micros.push(Number(time))
  }
  return { lines, malformed, statuses, methods, bytes: exactly(bytes), micros: exactly(micros) }
}

/** Percentiles of all values, sorted. */
function exactly(values: readonly number[]): Distribution | null {
  if (values.length === 0) return null
  const sorted = Float64Array.from(values).sort()
  const at = (thousandths: number): number => sorted[Math.ceil((thousandths * sorted.length) / 1000) - 1]!
  return {
    count: values.length,
    sum: values.reduce((sum, value) => sum + value, 0),
    p50: at(percentiles.p50),
    p90: at(percentiles.p90),
    p99: at(percentiles.p99),
    p999: at(percentiles.p999),
    max: sorted.at(-1)!,
  }
}

async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let open = ''
  for await (const piece of pieces) {
    const rows = (open + Buffer.from(piece).toString('latin1')).split('\n')
    open = rows.pop()!
    for (const row of rows) yield row.replace(/\r$/, '')
  }
  if (open !== '') yield open
}
