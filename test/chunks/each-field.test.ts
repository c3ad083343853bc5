// Fields of quoted CSV are those that well-kept parsers read, and malformed records are refused, skipped or kept as told.

import { type CsvRecord, csvRecords, eachCsvRecord, eachField, fieldText } from '@onecopy/core'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import papaparse from 'papaparse'
import { describe, expect, test } from 'vitest'
import { type NaiveDialect, readCsv } from '../naive/csv.js'

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

/** The texts of all records, as `eachField` and `eachCsvRecord` visit them. */
function read(bytes: Uint8Array, dialect: NaiveDialect & { malformed?: 'refuse' | 'skip' | 'keep' } = {}): string[][] {
  const csv = csvRecords(dialect)
  const byField: string[][] = []
  eachField(bytes, csv, (start, end, column) => {
    if (column === 0) byField.push([])
    expect(byField.at(-1)).toHaveLength(column)
    byField.at(-1)!.push(fieldText(bytes, start, end, csv))
  })
  const byRecord: string[][] = []
  eachCsvRecord(bytes, csv, (record) => byRecord.push(textsOf(record)))
  expect(byRecord).toEqual(byField)
  return byField
}

function textsOf(record: CsvRecord): string[] {
  return Array.from({ length: record.length }, (_, column) => record.text(column))
}

/** What csv-parse reads, or undefined if it refuses the text. */
function ofCsvParse(
  text: string,
  { delimiter = ',', quote = '"', escape: escaping = quote }: NaiveDialect,
): string[][] | undefined {
  try {
    return parse(text, {
      delimiter,
      quote,
      escape: escaping,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
    })
  } catch {
    return undefined
  }
}

const dialects: readonly (readonly [name: string, dialect: NaiveDialect, letters: string])[] = [
  ['RFC 4180', {}, 'aé,"\n\r'],
  ['semicolons and apostrophes', { delimiter: ';', quote: "'" }, 'a;\'\n\r"'],
  ['tabs', { delimiter: '\t' }, 'a\t"\n\r,'],
]
const textOf = (letters: string): fc.Arbitrary<string> =>
  fc
    .array(
      fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(...letters) },
        { weight: 1, arbitrary: fc.constantFrom('x'.repeat(40), `"${'y'.repeat(50)}\n"`) },
      ),
      { maxLength: 40 },
    )
    .map((list) => list.join(''))

/** Any values, written as a careful program writes CSV. */
const values = fc.array(
  fc.array(fc.string({ unit: fc.constantFrom('a', 'é', ' ', ',', '"', '\n', '\r', '\\', '1', '') }), {
    minLength: 1,
    maxLength: 5,
  }),
  {
    minLength: 1,
    maxLength: 8,
  },
)

describe('fields', () => {
  test.each(dialects)('csv-parse reads the same of any text, or refuses it too: %s', (_name, dialect, letters) => {
    let compared = 0
    fc.assert(
      fc.property(textOf(letters), (text) => {
        const bytes = encode(text)
        const naive = readCsv(bytes, dialect)
        const theirs = ofCsvParse(text, dialect)
        if (naive.some(({ isMalformed }) => isMalformed)) {
          expect(() => read(bytes, dialect)).toThrow(SyntaxError)
          expect(theirs).toBeUndefined()
        } else {
          compared++
          expect(read(bytes, dialect)).toEqual(theirs)
        }
      }),
      { numRuns: 1000 },
    )
    expect(compared).toBeGreaterThan(100)
  })

  test.each(dialects)(
    'its naive twin reads the same of any bytes, malformed ones included: %s',
    (_name, dialect, letters) => {
      fc.assert(
        fc.property(textOf(letters), (text) => {
          const bytes = encode(text)
          const naive = readCsv(bytes, dialect)
          const textsOfAll = (records: typeof naive): string[][] =>
            records.map(({ fields }) => fields.map((field) => field.text))
          expect(read(bytes, { ...dialect, malformed: 'keep' })).toEqual(textsOfAll(naive))
          const sound = naive.filter(({ isMalformed }) => !isMalformed)
          expect(read(bytes, { ...dialect, malformed: 'skip' })).toEqual(textsOfAll(sound))
        }),
        { numRuns: 500 },
      )
    },
  )

  test('what Papa Parse writes is read again, and as Papa Parse reads it', () => {
    fc.assert(
      fc.property(values, fc.constantFrom('\n', '\r\n', '\r'), fc.boolean(), (rows, newline, quotes) => {
        const text = papaparse.unparse(rows, { newline, quotes })
        const ours = read(encode(text))
        // An empty last line cannot be told from a line end.
        const hasEmptyEnd = text === '' || /[\n\r]$/.test(text)
        expect(hasEmptyEnd ? [...ours, ['']] : ours).toEqual(rows)
        expect(hasEmptyEnd ? [...ours, ['']] : ours).toEqual(
          papaparse.parse<string[]>(text || newline, { newline, delimiter: ',' }).data.slice(0, rows.length),
        )
      }),
      { numRuns: 500 },
    )
  })

  test('a backslash before quotes and backslashes is taken away, as csv-parse does', () => {
    fc.assert(
      fc.property(values, (rows) => {
        const quoted = rows
          .map((row) => row.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`).join(','))
          .join('\n')
        expect(read(encode(quoted), { escape: '\\' })).toEqual(rows)
        expect(ofCsvParse(quoted, { escape: '\\' })).toEqual(rows)
      }),
    )
    expect(read(encode('"a\\b","c:\\\\d"\n\\,"x"'), { escape: '\\' })).toEqual([
      ['a\\b', 'c:\\d'],
      ['\\', 'x'],
    ])
  })

  test('more fields than the reader begins with', () => {
    const row = Array.from({ length: 1000 }, (_, i) => `${i}`)
    expect(read(encode(`${row.join(',')}\na\n${row.join(',')}`))).toEqual([row, ['a'], row])
  })

  test('a field says whether it is quoted, and where it lies', () => {
    const seen: unknown[] = []
    eachCsvRecord(encode('"",,"a""b"\r\n\n'), undefined, (record) => {
      const { start, end, length } = record
      const fields = Array.from({ length: length + 1 }, (_, column) => [
        record.startOf(column),
        record.endOf(column),
        record.isQuoted(column),
      ])
      seen.push({ start, end, fields })
    })
    expect(seen).toEqual([
      {
        start: 0,
        end: 10,
        fields: [
          [1, 1, true],
          [3, 3, false],
          [5, 9, true],
          [10, 10, false],
        ],
      },
      {
        start: 12,
        end: 12,
        fields: [
          [12, 12, false],
          [12, 12, false],
        ],
      },
    ])
  })

  test.each([-1, 2, 0.5, NaN, Infinity])('there is no field %d', (column) => {
    eachCsvRecord(encode('"a","b"'), undefined, (record) => {
      expect([record.startOf(column), record.endOf(column)]).toEqual([7, 7])
      expect([record.isQuoted(column), record.text(column), record.number(column)]).toEqual([false, '', NaN])
    })
  })

  test('numbers are those that Number reads', () => {
    const number = fc.oneof(
      fc.double().map(String),
      fc.integer().map(String),
      fc.tuple(fc.integer({ min: -99999, max: 99999 }), fc.nat(9999)).map(([a, b]) => `${a}.${b}`),
      fc.string({ unit: fc.constantFrom(...'0123456789.-+e ') }),
    )
    fc.assert(
      fc.property(number, (text) => {
        const expected = /\S/.test(text) ? Number(text) : Number.NaN
        const seen: number[] = []
        eachCsvRecord(encode(`${text},"${text}"`), {}, (record) => seen.push(record.number(0), record.number(1)))
        expect(seen).toEqual([expected, expected])
      }),
      { numRuns: 1000 },
    )
    const missing: number[] = []
    eachCsvRecord(encode('1'), {}, (record) => missing.push(record.number(1), record.number(-1)))
    expect(missing).toEqual([Number.NaN, Number.NaN])
  })
})

describe('malformed records', () => {
  test.each([
    ['a quote in a field', 'a,b\nx,5" pipe\nc', 7, 'a quote in a field that is not quoted'],
    ['a space before a quote', 'a\nb, "c"\n', 5, 'a quote in a field that is not quoted'],
    ['bytes behind a closing quote', '"a"b,c\n', 3, 'a byte behind a closing quote'],
    ['a field that is not closed', 'a\n"b\nc', 2, 'a quoted field that is not closed'],
    ['a field that ends with an escaped quote', '"b""', 0, 'a quoted field that is not closed'],
  ])('%s: an error with the offset, or given to a function', (_name, text, at, why) => {
    const bytes = encode(text)
    expect(() => eachField(bytes, csvRecords(), () => {})).toThrow(SyntaxError)
    expect(() => eachField(bytes, undefined, () => {})).toThrow(`${why}`)
    expect(() => eachCsvRecord(bytes, {}, () => {})).toThrow(`at byte ${at};`)
    const skipped: unknown[] = []
    const seen: string[] = []
    eachCsvRecord(
      bytes,
      csvRecords(),
      ({ start, end }) => seen.push(text.slice(start, end)),
      (start, end, why) => skipped.push([text.slice(start, end), why]),
    )
    const naive = readCsv(bytes)
    expect(seen).toEqual(naive.filter((each) => !each.isMalformed).map(({ start, end }) => text.slice(start, end)))
    expect(skipped).toEqual([[expect.stringMatching(/"/), expect.stringContaining(why)]])
    const others: string[] = []
    eachField(bytes, { malformed: 'skip' }, (start, end) => others.push(text.slice(start, end)))
    expect(others).toEqual(
      naive.filter((each) => !each.isMalformed).flatMap(({ fields }) => fields.map((field) => field.text)),
    )
  })

  test('no field of a malformed record is visited before its fault is found', () => {
    const seen: number[] = []
    expect(() => eachField(encode('a,b,c"\n'), undefined, (start) => seen.push(start))).toThrow(SyntaxError)
    expect(seen).toEqual([])
  })
})

describe('arguments', () => {
  test.each([
    ['bytes of another kind', () => eachField(new Int8Array(1) as never, undefined, () => {}), TypeError],
    ['no function', () => eachField(encode('a'), undefined, undefined as never), TypeError],
    ['a handler that is no function', () => eachCsvRecord(encode('a'), undefined, () => {}, 1 as never), TypeError],
    [
      'a dialect with an unknown option',
      () => eachField(encode('a'), { separator: ',' } as never, () => {}),
      TypeError,
    ],
    ['a dialect that is none', () => eachField(encode('a'), ';' as never, () => {}), TypeError],
    [
      'a chunker of another kind',
      () => fieldText(encode('a'), 0, 1, { kind: 'delimited', delimiter: [10] } as never),
      TypeError,
    ],
    ['an end before the start', () => fieldText(encode('abc'), 2, 1), RangeError],
    ['an end past the bytes', () => fieldText(encode('abc'), 2, 4), RangeError],
  ])('refuses %s', (_name, call, kind) => {
    expect(call).toThrow(kind)
  })

  test('a dialect that is changed between two calls is read again', () => {
    const dialect: { delimiter: string } = { delimiter: ',' }
    const count = (): number => {
      let fields = 0
      eachField(encode('a,b;c'), dialect, () => fields++)
      return fields
    }
    expect(count()).toBe(2)
    dialect.delimiter = '.'
    expect(count()).toBe(1)
  })
})
