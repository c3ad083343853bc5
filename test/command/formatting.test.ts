// How results look: numbers, bars, tables and JSON.

import { describe, expect, test } from 'vitest'
import { bar, barPlot } from '../../packages/cli/dist/result/bars.js'
import { toJson } from '../../packages/cli/dist/result/json.js'
import { resultText } from '../../packages/cli/dist/result/result-text.js'
import { colorsOf } from '../../packages/cli/dist/terminal/colors.js'
import {
  formatBytes,
  formatNumber,
  formatShort,
  formatTime,
  parseBytes,
} from '../../packages/cli/dist/terminal/numbers.js'

const show = (result: unknown): string => resultText(result, { colors: colorsOf({}, {}) })

describe('numbers', () => {
  test.each([
    [0, '0'],
    [-1234, '-1,234'],
    [1234567.125, '1,234,567.125'],
    [123, '123'],
    [10n ** 20n, '100,000,000,000,000,000,000'],
    [1e21, '1e+21'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
    [0.1 + 0.2, '0.30000000000000004'],
  ])('%s is shown as %s', (value, text) => expect(formatNumber(value)).toBe(text))

  test('in little room, six digits', () => {
    expect(formatShort(0.1 + 0.2)).toBe('0.3')
    expect(formatShort(1234.5678)).toBe('1,234.57')
    expect(formatShort(12345678)).toBe('12,345,678')
  })

  test.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1000, '1.00 kB'],
    [9_996, '10.0 kB'],
    [99_960, '100 kB'],
    [999_600, '1.00 MB'],
    [1.5e9, '1.50 GB'],
    [2e18, '2000 PB'],
  ])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text))

  test.each([
    [0, '0 ms'],
    [999.6, '1.0 s'],
    [59_949, '59.9 s'],
    [59_950, '1 min 00 s'],
    [125_000, '2 min 05 s'],
    [3_599_600, '1 h 00 min'],
    [7_500_000, '2 h 05 min'],
  ])('%d ms are %s', (ms, text) => expect(formatTime(ms)).toBe(text))

  test.each([
    ['1', 1],
    ['64K', 65_536],
    ['4m', 4_194_304],
    ['1G', 2 ** 30],
    ['2KiB', 2048],
    ['0', undefined],
    ['', undefined],
    ['-1', undefined],
    ['1.5M', undefined],
    ['4T', undefined],
    ['99999999999999999', undefined],
  ])('the size %s is %s', (text, bytes) => expect(parseBytes(text)).toBe(bytes))
})

describe('bars', () => {
  test('go in eighths of a column, and what is more than nothing shows', () => {
    expect(bar(0, 8)).toBe('')
    expect(bar(1e-9, 8)).toBe('▏')
    expect(bar(0.5, 8)).toBe('████')
    expect(bar(1 / 64 + 0.25, 8)).toBe('██▏')
    expect(bar(1, 8)).toBe('████████')
  })

  test('upright: heights are square roots, and the largest is named', () => {
    const lines = barPlot([0, 1, 4, 16]).split('\n')
    expect(lines).toEqual([
      '     █',
      '     █',
      '    ██',
      '0   ██'.replace('   ', '  █'),
      '4 values; height: square root. The largest is number 3: 16.',
    ])
  })

  test('256 values are four strips of 64', () => {
    const lines = barPlot(Array.from({ length: 256 }, () => 1)).split('\n')
    expect(lines).toHaveLength(17)
    expect(lines.slice(0, 16).every((line) => line.endsWith('█'.repeat(64)))).toBe(true)
    expect(lines.filter((line) => /^ *\d/.test(line)).map((line) => Number.parseInt(line, 10))).toEqual([
      0, 64, 128, 192, 256,
    ])
  })
})

describe('results for people', () => {
  test('text as it is, numbers with their thousands apart', () => {
    expect(show('two\nlines\u001b')).toBe('two\nlines\u001b')
    expect(show(1234567)).toBe('1,234,567')
    expect(show(undefined)).toBe('undefined')
    expect(show(new Date(0))).toBe('1970-01-01T00:00:00.000Z')
  })

  test('an object as keys and values, what needs room below', () => {
    expect(show({ lines: 1234, name: 'x', counts: new Map([['a', 1]]) })).toBe(
      `lines  1,234
name   x

counts
┌─────┬───────┬─────────┬──────────────────────────┐
│ key │ count │   share │                          │
├─────┼───────┼─────────┼──────────────────────────┤
│ a   │     1 │ 100.0 % │ ████████████████████████ │
└─────┴───────┴─────────┴──────────────────────────┘`,
    )
  })

  test('records as a table, numbers to the right', () => {
    expect(show([{ offset: 5, word: 'a' }, { offset: 12345 }])).toBe(
      `┌────────┬──────┐
│ offset │ word │
├────────┼──────┤
│      5 │ a    │
│ 12,345 │      │
└────────┴──────┘`,
    )
  })

  test('counts as entries, most first', () => {
    const rows = show([
      ['few', 1],
      ['many', 3n],
    ]).split('\n')
    expect(rows[3]).toContain('many')
    // A list may be the first of many entries: nobody knows the sum that a share would be of.
    expect(rows.join('\n')).not.toMatch(/share|%/)
  })

  test('the share of a map’s counts is that of all entries, not of those shown', () => {
    const rows = show(new Map(Array.from({ length: 100 }, (_, i) => [`key ${i}`, 10]))).split('\n')
    expect(rows[3]).toContain('1.0 %')
    expect(rows.at(-1)).toBe('… and 60 more (--json gives all)')
  })

  test.each<[string, number[], RegExp]>([
    ['numbers below 0', [1, -2], /│ value │\n/],
    ['fractions', [0.5, 1.25], /│ value │ {26}│\n/],
  ])('%s are no counts, and have no share', (_, values, head) => {
    expect(show(new Map(values.map((value, i) => [`key ${i}`, value])))).toMatch(head)
  })

  test('a map of records is a table with a column for each field', () => {
    expect(show(new Map([['a\u001b', { n: 1, mean: 0.5 }]]))).toBe(
      `┌─────────┬───┬──────┐
│ key     │ n │ mean │
├─────────┼───┼──────┤
│ a\\u001b │ 1 │  0.5 │
└─────────┴───┴──────┘`,
    )
  })

  describe('the order of a map', () => {
    const keysOf = (entries: [unknown, number][], sort?: 'key' | 'value' | 'none'): string[] =>
      resultText(new Map(entries), { colors: colorsOf({}, {}), sort })
        .split('\n')
        .slice(3, -1)
        .map((row) => row.split('│')[1]!.trim())
    const days: [string, number][] = [
      ['2024-01-02', 1],
      ['2024-01-10', 3],
      ['2023-12-31', 2],
    ]

    test('dates go by time', () => {
      expect(keysOf(days)).toEqual(['2023-12-31', '2024-01-02', '2024-01-10'])
      expect(keysOf(days.map(([day, n]) => [`${day}T10:00Z`, n]))[0]).toBe('2023-12-31T10:00Z')
      expect(keysOf(days.map(([day, n]) => [new Date(day), n]))[0]).toBe('2023-12-31T00:00:00.000Z')
    })

    test.each<[string, unknown[]]>([
      ['numbers', [0, 1, 2, 10]],
      ['bigints', [0n, 1n, 2n, 10n]],
      ['texts of digits', ['00', '01', '02', '10']],
      ['times of a day', ['09:00', '09:30', '10:00', '10:30']],
    ])('%s that ascend stay in order', (_, keys) => {
      const entries = keys.map((key, i): [unknown, number] => [key, (i * 7) % 5])
      expect(keysOf(entries)).toEqual(keys.map(String))
      expect(keysOf(entries, 'value')[0]).toBe(String(keys[2]))
    })

    test('other counts go most first', () => {
      expect(
        keysOf([
          ['a', 1],
          ['b', 3],
          ['c', 2],
        ]),
      ).toEqual(['b', 'c', 'a'])
      expect(
        keysOf([
          [404, 1],
          [200, 3],
          [500, 2],
        ]),
      ).toEqual(['200', '500', '404'])
    })

    test('key, value or none, as is wished', () => {
      expect(keysOf(days, 'none')).toEqual(['2024-01-02', '2024-01-10', '2023-12-31'])
      expect(keysOf(days, 'value')).toEqual(['2024-01-10', '2023-12-31', '2024-01-02'])
      expect(
        keysOf(
          [
            ['b', 1],
            ['10', 1],
            ['9', 1],
            ['a', 1],
          ],
          'key',
        ),
      ).toEqual(['9', '10', 'a', 'b'])
    })
  })

  test('offsets are no bars, in a list or by key', () => {
    expect(show([5, 100, 7000])).toBe('3 numbers: 5  100  7,000')
    expect(show(Float64Array.of(5, 100, 7000))).toBe('Float64Array of 3 numbers: 5  100  7,000')
    const byKey = new Map([
      ['z', 5],
      ['y', 100],
      ['x', 7000],
    ])
    const text = resultText(byKey, { colors: colorsOf({}, {}), title: 'value' })
    expect(text).not.toContain('█')
    expect(text).toMatch(/z[\s\S]*y[\s\S]*x/)
  })

  test('a map of other values by its keys', () => {
    expect(
      show(
        new Map<string, unknown>([
          ['a', 'x'],
          ['bc', [1, 2]],
        ]),
      ),
    ).toBe('a   x\nbc  [ 1, 2 ]')
  })

  test('few numbers as bars with their values, typed or not', () => {
    const text = '0  10  ████████████████████████\n1   5  ████████████'
    expect(show([10, 5])).toBe(text)
    expect(show(Uint8Array.of(10, 5))).toBe(text)
    expect(show(BigInt64Array.of(10n, 5n))).toBe(text)
  })

  test('up to 256 numbers as upright bars, more as their number and the first', () => {
    expect(show(new Float64Array(256).fill(2))).toContain('256 values; height')
    expect(show(Float64Array.from({ length: 1257 }, (_, i) => i * 1000))).toBe(
      'Float64Array of 1,257 numbers: 0  1,000  2,000  3,000  4,000  5,000  6,000  7,000  8,000  9,000  … (--json gives all)',
    )
  })

  test('numbers below 0 or without end are no bars', () => {
    expect(show([-1, 2.5, Number.NaN])).toBe('3 numbers: -1  2.5  NaN')
  })

  test('nothing is said in words', () => {
    expect(show([])).toBe('an empty list')
    expect(show({})).toBe('an empty object')
    expect(show(new Map())).toBe('no entries')
    expect(show(new Uint8Array(0))).toBe('no numbers')
  })

  test('of long lists the first, and how many more', () => {
    const lines = show(Array.from({ length: 100 }, (_, i) => `line ${i}`)).split('\n')
    expect(lines).toHaveLength(41)
    expect(lines.at(-1)).toBe('… and 60 more (--json gives all)')
  })

  test('nothing that is thrown at a terminal moves its cursor: text, objects, symbols, codes from U+0080 on', () => {
    const terminal = { colors: colorsOf({}, {}), isTerminal: true }
    expect(resultText('a\tb\r\nc\u001b[2J\rd\u009b', terminal)).toBe('a\tb\r\nc\\u001b[2J\\rd\\u009b')
    const odd = { [Symbol('\u001b[2J')]: new Error('\u001b]0;x\u0007'), '\u009b': Symbol('\u009b') }
    for (const value of [odd, [odd], new Map([[odd, odd]]), new Set(['\u001b']), '\u009b', [['\u001b', 1]]]) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
      expect(resultText(value, terminal)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
    }
  })

  test('nothing in a table moves the cursor', () => {
    expect(show([{ key: '\u001b[2J\n' }])).toContain('\\u001b[2J\\n')
    expect(show({ '\u001b]0;x': '\r' })).toBe('\\u001b]0;x  \\r')
  })
})

describe('JSON', () => {
  const json = (value: unknown): string => [...toJson(value)].join('')

  test('is JSON.stringify for what JSON has words for', () => {
    const value = { a: [1, 'ü"\n', null, true, { b: {} }, []], __proto__: null, c: -0.5, d: undefined }
    expect(json(value)).toBe(JSON.stringify(value))
  })

  test('escapes what moves a cursor, also from U+007F on', () => {
    expect(json(['\u001b\u009b', { '\u009d': 1 }])).toBe('["\\u001b\\u009b",{"\\u009d":1}]')
    expect(JSON.parse(json('\u007f\u0085\u009b'))).toBe('\u007f\u0085\u009b')
  })

  test('has words for the rest', () => {
    expect(json(Float32Array.of(0.5, Number.NaN))).toBe('[0.5,"NaN"]')
    expect(json([new Map([[1, new Set(['a'])]]), 12n, undefined, -Infinity])).toBe(
      '[[[1,["a"]]],"12",null,"-Infinity"]',
    )
    expect(json(Uint8Array.of(1, 2).buffer)).toBe('[1,2]')
    expect(json(Object.assign(new RangeError('no'), { code: 'X' }))).toBe(
      '{"name":"RangeError","message":"no","code":"X"}',
    )
    expect(json(undefined)).toBe('null')
  })

  test('says where a value holds itself, and shows what is held twice', () => {
    const twice = { x: 1 }
    const self: Record<string, unknown> = { a: twice, b: twice }
    self.self = [self]
    expect(json(self)).toBe('{"a":{"x":1},"b":{"x":1},"self":["[circular]"]}')
  })

  test('of what is nested deeper than a stack', () => {
    let nested: unknown = 1
    for (let depth = 0; depth < 5000; depth++) nested = depth % 2 === 0 ? [nested] : { a: nested }
    const text = [...toJson(nested)].join('')
    expect(text).toHaveLength(1 + 2 * 2500 + 6 * 2500)
    expect(text.slice(0, 12)).toBe('{"a":[{"a":[')
  })

  test('of a long result comes in pieces', () => {
    const pieces = [...toJson(new Uint8Array(200_000))]
    expect(pieces.length).toBeGreaterThan(5)
    expect(JSON.parse(pieces.join(''))).toHaveLength(200_000)
  })
})

describe('colours', () => {
  const terminal = { isTTY: true, hasColors: () => true }
  test.each([
    ['a terminal', terminal, {}, true],
    ['a terminal without colours', { isTTY: true, hasColors: () => false }, {}, false],
    ['a pipe', {}, {}, false],
    ['NO_COLOR', terminal, { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR', terminal, { NO_COLOR: '' }, true],
    ['FORCE_COLOR in a pipe', {}, { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR=0', terminal, { FORCE_COLOR: '0' }, false],
    ['both', terminal, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
  ])('%s', (_, output, env, wanted) => expect(colorsOf(output, env).isColorSupported).toBe(wanted))
})
