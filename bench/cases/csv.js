// Quoted CSV: the sum of one column, with line feeds and quotes in another one.

import { readFileSync } from 'node:fs'
import { createEngine, file } from '@onecopy/node'
import { inferSchema, initParser } from 'udsv'
import { timesAsFast } from '../case.js'
import { sumAmounts } from '../contestants/csv-plugin.js'

/** @type {import('../case.js').Case} */
export const quotedCsv = {
  title: 'Sum a column of CSV whose records have line feeds and quotes in quotes; file',
  measures: 'time',
  inputs: ['csv'],
  prepare({ inputs, workers }) {
    const { path, ...expected } = /** @type {NonNullable<typeof inputs.csv>} */ (inputs.csv)
    const engine = createEngine({ workers })
    const all = `onecopy, ${workers} workers`
    const udsv = 'uDSV, one thread'
    return {
      expected,
      contestants: [
        // A new object each time, so that the first pass is part of each run.
        { name: all, run: () => engine.run(file(path), sumAmounts) },
        { name: 'onecopy, 1 worker', run: () => engine.run(file(path), sumAmounts, { workers: 1 }) },
        {
          name: udsv,
          run() {
            const text = readFileSync(path, 'utf8')
            let cents = 0
            /** @type {string[][]} */
            const rows = initParser(inferSchema(text)).stringArrs(text)
            for (const row of rows) cents += Math.round(100 * Number(row[3]))
            return { records: rows.length, cents }
          },
        },
      ],
      targets: [timesAsFast(all, udsv, 2)],
      close: () => engine.close(),
    }
  },
}
