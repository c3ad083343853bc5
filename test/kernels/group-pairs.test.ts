// Rows of a key and one number, which the kernel reads in a shorter way if they are short: the same answer as the plain twin's.

import { type GroupByOptions, groupBy } from '@onecopy/kernels'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type NaiveColumn, naiveGroups } from '../naive/group.js'
import { fingerprint } from '../support/fingerprint.js'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** The answer with SIMD, after it was compared with the one without and with the naive twin. */
function checked(text: string, column: { type: 'integer' } | { type: 'decimal'; digits: number }): void {
  const options: GroupByOptions<'n'> = { separator: ';', columns: { n: column } }
  const bytes = bytesOf(text)
  const [fast, plain] = [true, false].map((simd) => {
    const by = groupBy({ ...options, simd })
    return by.reduce.finish!(by.ofRows(bytes))
  })
  expect(fingerprint(fast!)).toBe(fingerprint(plain!))
  const columns: readonly NaiveColumn[] = [{ name: 'n', field: 1, ...column }]
  const naive = naiveGroups(bytes, columns, { separator: ';' })
  const units = 10 ** (column.type === 'decimal' ? column.digits : 0)
  expect(fast!.malformed).toBe(naive.malformed)
  const found = Array.from(fast!, ({ key, count, n }) => [key, count, n.sum, n.min, n.max])
  expect(found).toEqual(
    naive.groups.map(({ key, count, numbers }) => {
      const list = (numbers[0] as bigint[]).map(Number)
      const sum = list.reduce((a, b) => a + b, 0)
      return [key.toString(), count, sum / units, Math.min(...list) / units, Math.max(...list) / units]
    }),
  )
}

const columns = [
  { type: 'integer' },
  ...[0, 1, 2, 6, 7].map((digits) => ({ type: 'decimal' as const, digits })),
] as const

describe.each(columns)('a column of %j', (column) => {
  test.each([
    ['numbers of one to nine digits', Array.from({ length: 9 }, (_, i) => `k;${'123456789'.slice(i)}`)],
    ['signs', ['k;-1', 'k;+1', 'k;--1', 'k;-', 'k;-0', 'k;-.5', 'k;-0.0']],
    [
      'points',
      ['k;.', 'k;1.', 'k;.1', 'k;1.2', 'k;12.34', 'k;1.2.3', 'k;-.12', 'k;1234567.8', 'k;1.234567', 'k;.123456'],
    ],
    [
      'what is next to digits',
      [':', '/', ' ', '\0', 'a', '\u00b1', '\u007f'].flatMap((c) => [`k;1${c}`, `k;${c}1`, `k;1${c}1`]),
    ],
    ['lines that are not rows', ['', ';', 'k', 'k;', ';;', '\r', 'k\r', 'k;\r', 'key;x']],
    ['more fields, and carriage returns', ['k;1;2', 'k;1;', 'k;1\r', 'k;1.5\r', 'k;1;x\r', 'k\r;1']],
    ['empty keys, and zeros in keys', [';1', ';2', '\0;1', '\0\0;1', 'a\0;1', 'a;1']],
    ['lines around 32 bytes', Array.from({ length: 40 }, (_, i) => `${'x'.repeat(i)};12.3`)],
  ])('%s', (_name, lines) => {
    checked(lines.join('\n'), column)
    checked(`${lines.join('\n')}\n`, column)
  })

  test('any lines', () => {
    const number = fc.oneof(
      fc.stringMatching(/^[-+]?\d{0,7}(\.\d{0,7})?$/),
      fc.constantFrom('0.5', '-12.3', '99.99', '7', 'x', '', '1;2'),
    )
    const key = fc.oneof(fc.constantFrom('', 'a', 'ab', 'a\0'), fc.stringMatching(/^[a-z]{0,34}$/))
    const line = fc.tuple(key, number, fc.constantFrom('', '\r', ';more')).map(([k, n, end]) => `${k};${n}${end}`)
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => checked(lines.join('\n'), column)),
      { numRuns: 100 },
    )
  })
})

test('a sum beyond the exact range is refused, and names its column', () => {
  const by = groupBy({ columns: { n: { type: 'integer' } } })
  expect(() => by.ofRows(bytesOf('k,9007199254740990\nk,1\nk,1\n'))).toThrow(/^n: a sum is beyond/)
})
