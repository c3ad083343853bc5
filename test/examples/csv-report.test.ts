// csv-report: figures per city from quoted CSV, on any chunks.

import { checkPlugin } from '@onecopy/core/testing'
import { csvReport, generateSales } from '@onecopy/examples'
import { createEngine, csvRecords, sequential, share } from '@onecopy/node'
import fc from 'fast-check'
import papaparse from 'papaparse'
import { afterAll, expect, test } from 'vitest'

const engine = createEngine({ workers: 3 })
afterAll(() => engine.close())

test('keeps the laws of plugins', () =>
  checkPlugin(csvReport, { data: 'id,city,note,amount\n1,Oslo,"a\n""b""",1.50\n2,"Bern, CH",,20.00\n' }))

test('any sales in chunks of any size: what Papa Parse and a plain loop give', async () => {
  const sale = fc.record({
    city: fc.constantFrom('Oslo', 'Bern, CH', 'a "b"\nc', ''),
    note: fc.string({ unit: fc.constantFrom('x', '"', '\n', '\r', ',') }),
    cents: fc.nat(99_999),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(sale, { maxLength: 12 }), fc.integer({ min: 1, max: 90 }), async (sales, size) => {
      const rows = sales.map(({ city, note, cents }, id) => [String(id), city, note, (cents / 100).toFixed(2)])
      const text = papaparse.unparse([['id', 'city', 'note', 'amount'], ...rows], { newline: '\n' })
      const found = await engine.run(share(text), csvReport, { chunks: csvRecords({ size, malformed: 'skip' }) })
      const cities = [...new Set(sales.map(({ city }) => city))].sort()
      expect(found.map(({ city }) => city)).toEqual(cities)
      for (const { city, sales: n, total, median } of found) {
        const amounts = sales.filter((each) => each.city === city).map(({ cents }) => cents)
        expect([n, total]).toEqual([amounts.length, amounts.reduce((sum, cents) => sum + cents, 0)])
        const exact = amounts.sort((a, b) => a - b)[Math.ceil(amounts.length / 2) - 1]!
        expect(Math.abs(median - exact)).toBeLessThanOrEqual(0.01 * exact)
      }
    }),
    { numRuns: 40 },
  )
})

test('malformed records are left out', async () => {
  const [oslo, ...others] = await sequential().run(
    share('id,city,note,amount\n1,Oslo,5" pipe,9.00\n2,Oslo,"x"y,9.00\n3,Oslo,,1.25\n4,Oslo,"open,9.00\n'),
    csvReport,
  )
  expect(oslo).toMatchObject({ city: 'Oslo', sales: 1, total: 125 })
  expect(others).toEqual([])
})

test('generated sales are the same for the same seed', () => {
  const text = (seed?: number): string => Buffer.from(generateSales(500, seed).view()).toString()
  expect(text()).toBe(text(1))
  expect(text(2)).not.toBe(text())
  expect(
    papaparse
      .parse<string[]>(text())
      .data.slice(0, -1)
      .every(({ length }) => length === 4),
  ).toBe(true)
})
