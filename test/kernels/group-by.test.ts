// groupBy: exact answers, the same ones with SIMD and without, in chunks of any size, in any order and in threads.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fixed, lines, sequential, share } from '@onecopy/core'
import { checkPlugin } from '@onecopy/core/testing'
import { type GroupByOptions, type GroupRow, type Groups, type GroupTable, groupBy } from '@onecopy/kernels'
import { createEngine, file } from '@onecopy/node'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { type NaiveColumn, naiveGroups } from '../naive/group.js'
import { createRandom } from '../support/bytes.js'
import { fingerprint } from '../support/fingerprint.js'
import { tempDir } from '../support/temp-dir.js'
import { byKey, byKeyFolded, firstFields } from './plugins/group-plugins.js'

const engine = sequential()
const threads = createEngine({ workers: 2 })
afterAll(() => threads.close())
const dir = tempDir()
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

const columns: readonly NaiveColumn[] = [
  { name: 'whole', field: 1, type: 'integer' },
  { name: 'price', field: 2, type: 'decimal', digits: 2 },
  { name: 'ratio', field: 3, type: 'double' },
]
const options: GroupByOptions<'whole' | 'price' | 'ratio'> = {
  separator: ';',
  columns: {
    whole: { type: 'integer' },
    price: { type: 'decimal', digits: 2 },
    ratio: { type: 'double' },
  },
}

/** The groups of `bytes`, cut into pieces of whole lines that are merged in a tree. */
function groupsOf(
  bytes: Uint8Array,
  { pieces = 1, simd = true }: { pieces?: number; simd?: boolean } = {},
): Groups<'whole' | 'price' | 'ratio'> {
  const by = groupBy({ ...options, simd })
  const size = Math.ceil(bytes.length / pieces)
  let tables: GroupTable[] = []
  for (let start = 0; start < bytes.length; ) {
    const feed = bytes.indexOf(10, Math.min(bytes.length, start + size) - 1)
    const end = feed < 0 ? bytes.length : feed + 1
    tables.push(by.ofRows(bytes.subarray(start, end)))
    start = end
  }
  while (tables.length > 1) {
    tables = Array.from({ length: Math.ceil(tables.length / 2) }, (_, i) => {
      const [left, right] = tables.slice(2 * i, 2 * i + 2)
      return right === undefined ? left! : by.reduce.merge(left!, right)
    })
  }
  return by.reduce.finish!(tables[0] ?? by.reduce.init())
}

/** Compare with the naive twin: everything exactly, but for sums of doubles, whose order is another one. */
function check(bytes: Uint8Array, groups: Groups<'whole' | 'price' | 'ratio'>): void {
  const expected = naiveGroups(bytes, columns, { separator: ';' })
  expect(groups.malformed).toBe(expected.malformed)
  expect(groups.size).toBe(expected.groups.length)
  expect([...groups.counts]).toEqual(expected.groups.map(({ count }) => count))
  const rows = [...groups]
  expected.groups.forEach(({ key, count, numbers }, i) => {
    const { keyBytes, keyOffsets } = groups
    expect(Buffer.from(keyBytes.subarray(keyOffsets[i], keyOffsets[i + 1]))).toEqual(key)
    const row = rows[i]!
    expect(row.key).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(key))
    for (const [c, unit] of [1n, 100n].entries()) {
      const exact = numbers[c] as bigint[]
      const sum = exact.reduce((a, b) => a + b, 0n)
      const sorted = [...exact].sort((a, b) => (a < b ? -1 : Number(a > b)))
      const aggregate = c === 0 ? row.whole : row.price
      expect(aggregate).toEqual({
        count,
        sum: Number(sum) / Number(unit),
        min: Number(sorted[0]) / Number(unit),
        max: Number(sorted.at(-1)) / Number(unit),
        mean: Number(sum) / (count * Number(unit)),
      })
    }
    const doubles = numbers[2] as number[]
    const { sum, min, max, mean } = row.ratio
    const size = doubles.reduce((a, b) => a + Math.abs(b), 0)
    const expectedSum = doubles.reduce((a, b) => a + b, 0)
    if (Number.isFinite(expectedSum)) expect(Math.abs(sum - expectedSum)).toBeLessThanOrEqual(size * 1e-12)
    else expect(sum).toBe(expectedSum)
    expect([min, max, mean]).toEqual([Math.min(...doubles), Math.max(...doubles), sum / count])
  })
}

/** `count` rows; the same ones for the same seed. Some lines are not rows. */
function rows(count: number, keys: number, seed: number): Uint8Array {
  const random = createRandom(seed)
  const below = (n: number): number => Math.floor(random() * n)
  const list = Array.from({ length: count }, () => {
    if (below(50) === 0) return ['', 'key', 'key;1', 'a;1;2;', 'a;1;2.345;4', ';;;', 'a;1;2;3x', 'b;--1;2;3'][below(8)]!
    const key = ['', 'k', 'key-', 'ein Schlüssel ', 'a longer key than sixteen bytes, '][below(5)]! + below(keys)
    const ratio = [`${random()}`, `${below(1000)}`, `${random() * 1e300}`, '-1e-7', `${random()}e-320`][below(5)]!
    const end = below(10) === 0 ? ';more;fields' : below(10) === 0 ? '\r' : ''
    return `${key};${below(2e9) - 1e9};${(random() * 2000 - 1000).toFixed(below(3))};${ratio}${end}`
  })
  return bytesOf(`${list.join('\n')}${below(2) === 0 ? '\n' : ''}`)
}

describe('rows', () => {
  test.each([
    ['nothing', ''],
    ['one row', 'a;1;2;3\n'],
    ['a last row without a line feed', 'a;1;2;3\nb;4;5;6'],
    ['a last row with a carriage return alone', 'a;1;2;3\r'],
    ['empty lines', '\n\r\na;1;2;3\n\n'],
    ['a missing field', 'a;1;2\na;1\na\n;;;\n'],
    ['more fields than needed', 'a;1;2;3;x;y\na;1;2;3;\n'],
    ['an empty key', ';1;2;3\n;4;5;6\n'],
    ['keys that begin alike, or end in zeros', 'a;1;2;3\nab;1;2;3\na\0;1;2;3\na\0\0;1;2;3\n\0;1;2;3\n;1;2;3\n'],
    ['keys of many lengths', Array.from({ length: 70 }, (_, n) => `${'x'.repeat(n)};${n};${n};${n}`).join('\n')],
    ['numbers of every form', '+1;-0;.5;1e3\nk;+1;-.25;-0\nk;007;00.10;1E+2\nk;-1;+1.5;.5e-1\n'],
    ['what is no number', 'k;1.0;2;3\nk;1;2.;3\nk;1;2;3e\nk;1;2;e3\nk; 1;2;3\nk;1;2;0x10\nk;1;2;NaN\nk;1;1e2;3\n'],
    [
      'doubles that need more than one rounding',
      'k;1;2;0.1234567890123456789\nk;1;2;123456789012345678901234567890\nk;1;2;4.9e-324\nk;1;2;1e23\n',
    ],
    ['doubles beyond the largest one', 'k;1;2;1e999\nj;1;2;-1e999\nl;1;2;1e99999999999\n'],
    ['many leading zeros', `k;${'0'.repeat(40)}12;${'0'.repeat(40)}.5;${'0'.repeat(40)}1\n`],
    [
      'numbers at the end of the exact range',
      'k;9007199254740991;90071992547409.91;1\nj;-9007199254740991;-90071992547409.91;1\n',
    ],
    ['keys that are not UTF-8, or are not ASCII', 'ä;1;2;3\n北京;1;2;3\n\ufeffbom;1;2;3\nZ;1;2;3\n'],
  ])('%s', (_name, text) => {
    const bytes = bytesOf(text)
    for (const simd of [true, false]) check(bytes, groupsOf(bytes, { simd }))
  })

  test('bytes that are not UTF-8 are keys of their own', () => {
    const bytes = Uint8Array.of(0xff, 59, 49, 59, 49, 59, 49, 10, 0xfe, 59, 50, 59, 50, 59, 50)
    for (const simd of [true, false]) {
      const groups = groupsOf(bytes, { simd })
      check(bytes, groups)
      expect([...groups.keys()]).toEqual(['\ufffd', '\ufffd'])
      expect([...groups.keyBytes]).toEqual([0xfe, 0xff])
    }
  })

  test.each([1, 7, 400])('%i different keys in random rows, in any number of pieces', (keys) => {
    const bytes = rows(1500, keys, keys)
    const whole = groupsOf(bytes)
    check(bytes, whole)
    for (const pieces of [2, 10, 1500]) {
      const [fast, plain] = [true, false].map((simd) => groupsOf(bytes, { pieces, simd }))
      check(bytes, fast!)
      // With the same pieces every bit is the same, also of sums of doubles.
      expect(fingerprint(plain!)).toBe(fingerprint(fast!))
    }
  })

  test('any lines', () => {
    const field = fc.oneof(
      fc.constantFrom('', '0', '-1', '1.5', '.25', '1e5', 'x', '9'.repeat(12), '+3', '-', '.', '\r', '\0'),
      fc.integer().map(String),
      fc.double({ min: -1e6, max: 1e6 }).map(String),
    )
    const line = fc.array(field, { maxLength: 5 }).map((fields) => fields.join(';'))
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), fc.integer({ min: 1, max: 8 }), (list, pieces) => {
        const bytes = bytesOf(list.join('\n'))
        const [fast, plain] = [true, false].map((simd) => groupsOf(bytes, { pieces, simd }))
        check(bytes, fast!)
        expect(fingerprint(plain!)).toBe(fingerprint(fast!))
      }),
      { numRuns: 300 },
    )
  })

  test('more keys than the kernel has room for at first, and keys and lines longer than its window', () => {
    const random = createRandom(3)
    const list = Array.from({ length: 20_000 }, (_, i) => `${i}${'-'.repeat(random() * 40)};${i};0.5;0.25`)
    list.splice(5000, 0, `${'long key '.repeat(40_000)};1;2;3`, `k;1;2;3;${'more '.repeat(100_000)}`)
    const bytes = bytesOf(list.join('\n'))
    for (const simd of [true, false]) {
      const groups = groupsOf(bytes, { simd })
      expect([groups.size, groups.malformed]).toEqual([20_002, 0])
      for (const { key, count, whole } of groups) {
        expect(count === 1 && whole.sum === whole.min && (whole.sum < 20 || key.startsWith(`${whole.sum}`))).toBe(true)
      }
    }
    // A small table behind a large one: nothing of the old one is left.
    check(bytesOf('a;1;2;3'), groupsOf(bytesOf('a;1;2;3')))
  })

  test('the key and the columns may stand in any field', () => {
    const text = bytesOf('7|skipped|key|1.5\n8||key|2.5|more\n|x|key|1\n')
    for (const simd of [true, false]) {
      const by = groupBy({
        key: 2,
        separator: '|',
        columns: { last: { type: 'decimal', digits: 1, field: 3 }, first: { type: 'integer', field: 0 } },
        simd,
      })
      const groups = by.reduce.finish!(by.ofRows(text))
      const [last, first] = [
        { count: 2, sum: 4, min: 1.5, max: 2.5, mean: 2 },
        { count: 2, sum: 15, min: 7, max: 8, mean: 7.5 },
      ]
      expect([...groups]).toEqual([{ key: 'key', count: 2, last, first }])
      expect(groups.malformed).toBe(1)
    }
  })

  test('rows are counted by key where there is no column', () => {
    for (const simd of [true, false]) {
      const by = groupBy({ simd })
      const groups = by.reduce.finish!(by.ofRows(bytesOf('b,1\na\r\nb\n\nb,2')))
      expect([...groups]).toEqual([
        { key: 'a', count: 1 },
        { key: 'b', count: 3 },
      ])
      expect(groups.malformed).toBe(1)
    }
  })
})

describe('exact, or an error', () => {
  test.each([
    ['an integer', 'k;9007199254740992;1;1', /^whole: .*9007199254740992/],
    ['a decimal', 'k;1;90071992547409.92;1', /^price: .*90071992547409\.92/],
    ['an integer of a thousand digits', `k;-${'9'.repeat(1000)};1;1`, /^whole: .*…/],
    ['a sum', 'k;9007199254740991;1;1\nk;1;1;1', /^whole: a sum is beyond/],
    ['a sum of decimals', 'k;1;-90071992547409.91;1\nk;1;-0.01;1', /^price: a sum .* units of 10\^-2/],
  ])('%s beyond 2^53 - 1 units is refused', (_name, text, message) => {
    for (const simd of [true, false]) {
      expect(() => groupsOf(bytesOf(text), { simd })).toThrow(RangeError)
      expect(() => groupsOf(bytesOf(text), { simd })).toThrow(message)
      // Afterwards all is as before.
      check(bytesOf('a;1;2;3'), groupsOf(bytesOf('a;1;2;3'), { simd }))
    }
  })

  test('but not in a line that is not a row', () => {
    const bytes = bytesOf('k;9007199254740992;1\nk;9007199254740992;1;x\nk;1;1;1')
    for (const simd of [true, false]) expect(groupsOf(bytes, { simd })).toMatchObject({ size: 1, malformed: 2 })
  })

  test('a sum that grows beyond it between two tables is refused as well', () => {
    const by = groupBy(options)
    const half = (): GroupTable => by.ofRows(bytesOf('k;9007199254740000;1;1'))
    expect(() => by.reduce.merge(half(), half())).toThrow(/^whole: a sum is beyond/)
  })
})

describe('a table in a plain fold', () => {
  const by = groupBy({
    columns: { whole: { type: 'integer' }, price: { type: 'decimal', digits: 1 }, ratio: { type: 'double' } },
  })

  test('find gives a key its number, and numbers are added to its columns', () => {
    const table = by.reduce.init()
    const text = bytesOf('one two one')
    const keys = [by.find(table, text, 0, 3), by.find(table, text, 4, 7), by.find(table, text, 8, 11)]
    expect(keys).toEqual([0, 1, 0])
    const { whole, price, ratio } = by.columns
    for (const key of keys) {
      by.count(table, key)
      whole.add(table, key, 2 - key)
    }
    price.add(table, 1, 25)
    ratio.add(table, 1, -0)
    by.count(table, 1, 10)
    const groups = by.reduce.finish!(table)
    expect(groups.toMap()).toEqual(
      new Map<string, GroupRow<'whole' | 'price' | 'ratio'>>([
        [
          'one',
          {
            key: 'one',
            count: 2,
            whole: { count: 2, sum: 4, min: 2, max: 2, mean: 2 },
            price: { count: 0, sum: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY, mean: Number.NaN },
            ratio: { count: 0, sum: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY, mean: Number.NaN },
          },
        ],
        [
          'two',
          {
            key: 'two',
            count: 11,
            whole: { count: 1, sum: 1, min: 1, max: 1, mean: 1 },
            price: { count: 1, sum: 2.5, min: 2.5, max: 2.5, mean: 2.5 },
            ratio: { count: 1, sum: 0, min: -0, max: -0, mean: 0 },
          },
        ],
      ]),
    )
  })

  test('a number that its column cannot hold is refused, with its name', () => {
    const table = by.reduce.init()
    const key = by.find(table, bytesOf('k'), 0, 1)
    expect(() => by.columns.whole.add(table, key, 0.5)).toThrow(/^whole: expected an integer within .*, got 0.5/)
    expect(() => by.columns.price.add(table, key, 2 ** 53)).toThrow(/^price: expected a number of units of 10\^-1/)
    // @ts-expect-error: it is text
    expect(() => by.columns.ratio.add(table, key, '1')).toThrow(/^ratio: expected a number, got "1"/)
  })

  test('rows may be added to a table that has keys already, large or small, and travelled', () => {
    const bytes = rows(2000, 300, 5)
    const by = groupBy(options)
    let table = by.reduce.init()
    for (let start = 0, i = 0; start < bytes.length; i++) {
      const feed = bytes.indexOf(10, Math.min(bytes.length, start + (i % 3 === 0 ? 20_000 : 100)) - 1)
      const end = feed < 0 ? bytes.length : feed + 1
      expect(by.addRows(table, bytes.subarray(start, end))).toBe(table)
      if (i % 4 === 0) table = structuredClone(table)
      start = end
    }
    check(bytes, by.reduce.finish!(table))
  })

  test('keys are found in a table that was merged before', () => {
    const by = groupBy()
    const [left, right] = ['a\nb\n', 'b\nc\n'].map((text) => by.addRows(by.reduce.init(), bytesOf(text)))
    for (const table of [structuredClone(left!), by.reduce.merge(left!, right!)]) {
      by.count(table, by.find(table, bytesOf('b'), 0, 1))
      const keys = [...by.reduce.finish!(table).keys()]
      expect(keys).toEqual([...new Set(keys)])
    }
  })

  test('what is merged stays what it was: add does not change a result, ofRows not an earlier one', () => {
    const by = groupBy(options)
    const first = by.ofRows(bytesOf('a;1;2;3\nb;1;2;3'))
    const copy = structuredClone(first)
    const acc = by.reduce.add(by.reduce.init(), first)
    by.reduce.add(acc, by.ofRows(bytesOf('a;5;6;7\nc;1;2;3')))
    by.find(acc, bytesOf('d'), 0, 1)
    expect(first).toEqual(copy)
  })
})

describe('the answer', () => {
  const by = groupBy({ columns: { n: { type: 'integer' } } })
  const groups = by.reduce.finish!(by.ofRows(bytesOf('b,1\nc,5\na,3\nb,2\nd,1\nd,1\n')))

  test('has sorted columns, rows and a Map', () => {
    expect([...groups.keys()]).toEqual(['a', 'b', 'c', 'd'])
    expect([...groups.counts]).toEqual([1, 2, 1, 2])
    expect([...groups.columns.n.sum]).toEqual([3, 3, 5, 2])
    expect([...groups].map(({ key, n }) => [key, n.mean])).toEqual([
      ['a', 3],
      ['b', 1.5],
      ['c', 5],
      ['d', 1],
    ])
    expect([...groups.toMap().keys()]).toEqual(['a', 'b', 'c', 'd'])
  })

  test('has the largest groups first, equal ones in the order of their keys', () => {
    expect(groups.largest(3).map(({ key }) => key)).toEqual(['b', 'd', 'a'])
    expect(groups.largest(9).map(({ key }) => key)).toEqual(['b', 'd', 'a', 'c'])
    expect(groups.largest(0)).toEqual([])
    for (const k of [-1, 1.5, Number.NaN]) expect(() => groups.largest(k)).toThrow(/^k: expected an integer >= 0/)
  })

  test('sorts keys by their bytes, whatever they have in common', () => {
    const bytes = fc.array(fc.constantFrom(0, 97, 98, 255), { maxLength: 20 }).map((list) => Buffer.from(list))
    const prefix = fc.constantFrom('', 'a', 'prefix', 'a longer prefix')
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 300 }), prefix, (keys, common) => {
        const table = by.reduce.init()
        const all = keys.map((key) => Buffer.concat([Buffer.from(common), key]))
        for (const key of all) by.find(table, key, 0, key.length)
        const { keyBytes, keyOffsets, size } = by.reduce.finish!(table)
        const sorted = Array.from({ length: size }, (_, i) =>
          Buffer.from(keyBytes.subarray(keyOffsets[i], keyOffsets[i + 1])).toString('hex'),
        )
        expect(sorted).toEqual([...new Set(all.map((key) => key.toString('hex')))].sort())
      }),
    )
  })
})

describe('in runs', () => {
  test('the same bits on one thread and on two, in memory and in a file, with SIMD and without', async () => {
    const bytes = rows(3000, 1000, 11)
    const path = join(dir, 'rows.txt')
    writeFileSync(path, bytes)
    for (const chunks of [undefined, lines({ size: 4000 })]) {
      const expected = await engine.run(share(bytes), byKey, { chunks })
      check(bytes, expected)
      for (const data of [share(bytes), file(path)]) {
        for (const simd of [true, false]) {
          const found = await threads.run(data, byKey, { chunks, params: { simd }, verify: true })
          expect(fingerprint(found)).toBe(fingerprint(expected))
          const folded = await threads.run(data, byKeyFolded, { chunks, params: { simd } })
          expect(fingerprint(folded)).toBe(fingerprint(await engine.run(share(bytes), byKeyFolded, { chunks })))
          check(bytes, folded)
        }
      }
    }
  })

  test('no law of plugins is broken', async () => {
    const except = { borders: 'rows are lines, and chunks that cut lines give other rows' }
    for (const plugin of [byKey, byKeyFolded]) await checkPlugin(plugin, { except })
  })

  test('keys found one by one, in a plain function', async () => {
    const bytes = rows(5000, 100, 13)
    const groups = await threads.run(share(bytes), firstFields, { chunks: lines({ size: 5000 }) })
    const counts = new Map<string, number>()
    for (const line of new TextDecoder().decode(bytes).replace(/\n$/, '').split('\n')) {
      const key = line.split(';')[0]!
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    expect(new Map([...groups].map(({ key, count }) => [key, count]))).toEqual(counts)
  })

  test('a number out of range fails the run, and names the chunk', async () => {
    const bytes = bytesOf(`a;1;2;3\n${'b;1;2;3\n'.repeat(100)}c;9007199254740992;1;1\n`)
    await expect(threads.run(share(bytes), byKey, { chunks: lines({ size: 100 }) })).rejects.toMatchObject({
      code: 'ERR_CHUNK_FAILED',
      cause: { name: 'RangeError', message: expect.stringContaining('whole: expected numbers within') },
    })
  })
})

test.each<readonly [options: object, message: RegExp]>([
  [{ key: -1 }, /^key: expected an integer from 0 to 255, got -1/],
  [{ separator: ';;' }, /^separator: expected one ASCII character .*, got ";;"/],
  [{ separator: '\n' }, /^separator: /],
  [{ separator: '1' }, /^separator: /],
  [{ separator: 'é' }, /^separator: /],
  [{ simd: 1 }, /^simd: expected true or false, got 1/],
  [{ columns: null }, /^columns: expected an object, got null/],
  [{ columns: { a: 'integer' } }, /^columns\.a: expected an object, got "integer"/],
  [{ columns: { a: { type: 'float' } } }, /^columns\.a\.type: expected 'integer', 'decimal' or 'double', got "float"/],
  [{ columns: { a: { type: 'decimal' } } }, /^columns\.a\.digits: expected an integer from 0 to 15, got undefined/],
  [
    { columns: { a: { type: 'decimal', digits: 16 } } },
    /^columns\.a\.digits: expected an integer from 0 to 15, got 16/,
  ],
  [{ columns: { a: { type: 'double', digits: 2 } } }, /^columns\.a\.digits: only a column of type 'decimal'/],
  [{ columns: { a: { type: 'double', field: 0 } } }, /^columns\.a\.field: field 0 is the key/],
  [
    { columns: { a: { type: 'double', field: 256 } } },
    /^columns\.a\.field: expected an integer from 0 to 255, got 256/,
  ],
  [{ columns: { a: { type: 'double' }, b: { type: 'double', field: 1 } } }, /^columns\.b\.field: field 1 is column a/],
  [{ seperator: ';' }, /^groupBy\.seperator: there is no such option/],
  [{ columns: { a: { type: 'double', feild: 1 } } }, /^columns\.a\.feild: there is no such option/],
  [{ columns: { count: { type: 'double' } } }, /^columns\.count: a column cannot have this name/],
])('wrong options are refused: %j', (given, message) => {
  expect(() => groupBy(given)).toThrow(message)
})

test('a chunk that is not bytes is refused', () => {
  // @ts-expect-error: these are floats
  expect(() => groupBy().ofRows(Float64Array.of(1))).toThrow(/^data: expected bytes/)
})

test('chunks that cut lines are the caller’s choice, and give what the pieces give', async () => {
  // Not a promise that anybody needs; but nothing may be read that lies behind the chunk.
  const groups = await engine.run(share('a;1;2;3\nb;4;5;6\n'), byKey, { chunks: fixed({ size: 4 }) })
  expect(groups.malformed).toBe(4)
})
