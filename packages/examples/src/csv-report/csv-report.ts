// The csv-report plugin: sales per city from quoted CSV, with the exact total and quantiles of their amounts.

import {
  all,
  count,
  csvRecords,
  definePlugin,
  eachCsvRecord,
  groupBy,
  type Plugin,
  quantiles,
  sumExact,
} from '@onecopy/core'

/** What is known of the sales in one city. */
export interface CityReport {
  readonly city: string
  readonly sales: number
  /** In cents. */
  readonly total: number
  /** In cents, within 1 %. */
  readonly median: number
  /** In cents, within 1 %. */
  readonly p99: number
}

/** A sale, as `groupBy` takes it. */
export interface Sale {
  readonly city: string
  /** The amount, once for each of the reducers that take it. */
  readonly n: number
  readonly total: number
  readonly amounts: number
}

const csv = csvRecords({ malformed: 'skip' })
const byCity = groupBy('city', all({ n: count(), total: sumExact(), amounts: quantiles([0.5, 0.99]) }))

/**
 * Sales per city, sorted by city. The columns are id, city, note and amount; the first record is the header. Malformed records are left
 * out.
 *
 * @example const cities = await engine.run(file('sales.csv'), csvReport)
 */
export const csvReport: Plugin<undefined, Sale[], CityReport[]> = definePlugin(import.meta.url, {
  name: 'csv-report',
  description: 'Sales per city from quoted CSV: number, exact total, median and 99th percentile.',
  chunks: csv,

  map(bytes, chunk): Sale[] {
    const sales: Sale[] = []
    eachCsvRecord(bytes, csv, (record) => {
      // The header is the first record of the data.
      if (chunk.index === 0 && record.start === 0) return
      const cents = Math.round(100 * record.number(3))
      sales.push({ city: record.text(1), n: cents, total: cents, amounts: cents })
    })
    return sales
  },

  reduce: {
    ...byCity,
    finish: (groups): CityReport[] =>
      [...byCity.finish!(groups)]
        .map(([city, { n, total, amounts }]) => ({
          city: String(city),
          sales: n,
          total,
          median: amounts?.[0] ?? Number.NaN,
          p99: amounts?.[1] ?? Number.NaN,
        }))
        .sort((a, b) => (a.city < b.city ? -1 : 1)),
  },
})
