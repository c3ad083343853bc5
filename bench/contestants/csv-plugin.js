// The plugin of the case that reads CSV.

import { csvRecords, definePlugin, eachCsvRecord } from '@onecopy/node'

const csv = csvRecords()

/** The number of records, and the sum of their amounts in cents. */
export const sumAmounts = definePlugin(import.meta.url, {
  name: 'sum-amounts',
  chunks: csv,
  map(/** @type {Readonly<Uint8Array>} */ bytes, chunk) {
    let records = 0
    let cents = 0
    eachCsvRecord(bytes, csv, (record) => {
      if (chunk.index === 0 && record.start === 0) return
      records++
      cents += Math.round(100 * record.number(3))
    })
    return { records, cents }
  },
  reduce: (left, right) => ({ records: left.records + right.records, cents: left.cents + right.cents }),
})
