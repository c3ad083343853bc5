// csv-report in the gallery. Its check reads the text character by character, and sorts all amounts.

import { type CityReport, csvReport } from '../csv-report/csv-report.js'
import { generateSales } from '../csv-report/generate-sales.js'
import type { GeneratedExample } from './example.js'
import { formatCount } from './format.js'

const sales = 300_000

/** The example. */
export const csvReportExample: GeneratedExample<readonly CityReport[], readonly CityReport[], Uint8Array> = {
  plugin: csvReport,
  teaches:
    '`csvRecords()`: CSV with line feeds in quotes; and several figures per key in one pass, with `groupBy` over `all`',
  generated: `${formatCount(sales, 'sale')} as CSV with quotes and line feeds in quotes`,
  generate: () => generateSales(sales),
  run: (engine, data, { workers, watch }) => watch(engine.run(data, csvReport, { workers })),
  answer: (report) => report,
  check: readEachCharacter,
  agrees: (answer, expected) =>
    answer.length === expected.length && answer.every((city, i) => isNear(city, expected[i]!)),
  against: 'a reader of one character at a time, BigInt and sorted amounts, on one thread; quantiles within 1 %',
  summary: (cities) =>
    `${formatCount(
      cities.reduce((sum, city) => sum + city.sales, 0),
      'sale',
    )}\n${formatCount(cities.length)} cities`,
  details: (cities) =>
    cities
      .map(({ city, sales: n, total, median, p99 }) => {
        const [sum, middle, high] = [total, median, p99].map((cents) => (cents / 100).toFixed(2))
        return `  ${city}: ${formatCount(n, 'sale')}, total ${sum}, median ${middle}, p99 ${high}`
      })
      .join('\n'),
}

function isNear(answer: CityReport, expected: CityReport): boolean {
  const isWithin = (name: 'median' | 'p99'): boolean => Math.abs(answer[name] - expected[name]) <= 0.01 * expected[name]
  const isExact = answer.city === expected.city && answer.sales === expected.sales && answer.total === expected.total
  return isExact && isWithin('median') && isWithin('p99')
}

async function readEachCharacter(pieces: AsyncIterable<Uint8Array>): Promise<CityReport[]> {
  const decoder = new TextDecoder()
  const amounts = new Map<string, bigint[]>()
  let fields: string[] = []
  let field = ''
  let isQuoted = false
  let isHeader = true
  for await (const piece of pieces) {
    // A quote within quotes ends them and begins them again at once, which changes no border of a field.
    for (const character of decoder.decode(piece, { stream: true })) {
      if (character === '"') isQuoted = !isQuoted
      if (isQuoted || (character !== ',' && character !== '\n')) {
        if (character !== '"') field += character
        continue
      }
      fields.push(field)
      field = ''
      if (character === ',') continue
      const [, city = '', , amount = ''] = fields
      if (!isHeader) {
        const ofCity = amounts.get(city) ?? []
        amounts.set(city, ofCity)
        ofCity.push(BigInt(amount.replace('.', '')))
      }
      isHeader = false
      fields = []
    }
  }
  return [...amounts]
    .map(([city, all]) => {
      const sorted = all.map(Number).sort((a, b) => a - b)
      const at = (quantile: number): number => sorted[Math.ceil(quantile * sorted.length) - 1]!
      const total = Number(all.reduce((sum, cents) => sum + cents, 0n))
      return { city, sales: all.length, total, median: at(0.5), p99: at(0.99) }
    })
    .sort((a, b) => (a.city < b.city ? -1 : 1))
}
