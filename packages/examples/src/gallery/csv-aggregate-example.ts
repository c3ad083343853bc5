// csv-aggregate in the gallery. Its check splits the text and adds up the sums row by row.

import { type Aggregate, csvAggregate, type KeyStats } from '../csv-aggregate/csv-aggregate.js'
import { generateRows } from '../csv-aggregate/generate-rows.js'
import type { GeneratedExample } from './example.js'
import { formatCount } from './format.js'

const rows = 1_000_000
const shownKeys = 5

/** The example. */
export const csvAggregateExample: GeneratedExample<Aggregate, Aggregate, Uint8Array> = {
  plugin: csvAggregate,
  teaches: 'group by key without a string per row: keys in a hash table over bytes, and exact sums of whole numbers',
  generated: `${formatCount(rows, 'row')} such as Hamburg;12.3`,
  generate: () => generateRows(rows),
  run: (engine, data, { workers, watch }) => watch(engine.run(data, csvAggregate, { workers })),
  answer: (aggregate) => aggregate,
  check: splitAll,
  against: 'text split into rows, sums of decimals in BigInt, on one thread',
  summary: ({ keys }) =>
    `${formatCount(
      keys.reduce((sum, { count }) => sum + count, 0),
      'row',
    )}\n${formatCount(keys.length, 'key')}`,
  details: describe,
}

function describe({ keys, malformed }: Aggregate): string {
  const shown = keys.slice(0, shownKeys).map((each) => {
    const values = [each.min, each.mean, each.max].map((value) => value.toFixed(1)).join('/')
    return `  ${each.key}=${values}  (${formatCount(each.count, 'row')})`
  })
  const rest = keys.length > shownKeys ? [`  … and ${formatCount(keys.length - shownKeys)} more`] : []
  return [...shown, ...rest, `  malformed: ${formatCount(malformed)}`].join('\n')
}

interface Sums {
  min: number
  max: number
  tenths: bigint
  count: number
}

async function splitAll(pieces: AsyncIterable<Uint8Array>): Promise<Aggregate> {
  const decoder = new TextDecoder()
  const sums = new Map<string, Sums>()
  let open = ''
  for await (const piece of pieces) {
    const split = (open + decoder.decode(piece, { stream: true })).split('\n')
    open = split.pop()!
    for (const row of split) addRow(sums, row)
  }
  if (open !== '') addRow(sums, open)
  const keys = [...sums].map(([key, { min, max, tenths, count }]): KeyStats => {
    // Halves are rounded up: the floor of sum / count + 1/2. Division of bigints rounds towards 0, so it must not divide a
    // negative number.
    const n = BigInt(count)
    const away = 2_000_000n
    const mean = (2n * (tenths + away * n) + n) / (2n * n) - away
    return { key, min, mean: Number(mean) / 10, max, count }
  })
  return { keys: keys.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key))), malformed: 0 }
}

/** All rows are well-formed, because they were generated. */
function addRow(sums: Map<string, Sums>, row: string): void {
  const [key = '', text = ''] = row.split(';')
  const value = Number.parseFloat(text)
  const known = sums.get(key) ?? { min: value, max: value, tenths: 0n, count: 0 }
  known.min = Math.min(known.min, value)
  known.max = Math.max(known.max, value)
  known.tenths += BigInt(text.replace('.', ''))
  known.count++
  sums.set(key, known)
}
