// Plugins over quoted CSV: the checker makes data with quotes, and finds a plugin that reads other quotes than its chunker cuts.

import { concat, csvRecords, definePlugin, eachCsvRecord, sum } from '@onecopy/core'
import { checkPlugin } from '@onecopy/core/testing'
import { expect, test } from 'vitest'

const csv = csvRecords({ malformed: 'keep' })

test('a plugin that reads records as its chunker cuts them keeps all laws', () =>
  checkPlugin(
    definePlugin(import.meta.url, {
      name: 'first-fields',
      chunks: csv,
      map(bytes): string[] {
        const texts: string[] = []
        eachCsvRecord(bytes, csv, (record) => texts.push(record.text(0)))
        return texts
      },
      reduce: concat<string>(),
    }),
  ))

test('a plugin that reads other quotes than its chunker cuts is found, with a small counterexample', async () => {
  const readsApostrophes = definePlugin(import.meta.url, {
    name: 'reads-apostrophes',
    chunks: csv,
    map(bytes): number {
      let records = 0
      eachCsvRecord(bytes, { quote: "'", malformed: 'keep' }, () => records++)
      return records
    },
    reduce: sum(),
  })
  await expect(checkPlugin(readsApostrophes, { data: "a,'b\nc'\nd\n", seed: 1 })).rejects.toThrow(
    /chunk-size: the answer is the same for any chunk size\n.*in chunks of \d/,
  )
})

test('a plugin that cuts at line feeds in quotes is found', async () => {
  const cutsLines = definePlugin(import.meta.url, {
    name: 'cuts-lines',
    chunks: { kind: 'delimited', delimiter: [10] },
    map(bytes): number {
      let records = 0
      eachCsvRecord(bytes, csv, () => records++)
      return records
    },
    reduce: sum(),
  })
  await expect(checkPlugin(cutsLines, { data: 'a,"b\nc"\nd\n', seed: 1 })).rejects.toThrow(/✗ (chunk-size|borders)/)
})
