// Merging large tables of groupBy: with SIMD and without, with keys of any length and any bytes, and at the borders of windows.

import { type Groups, type GroupTable, groupBy } from '@onecopy/kernels'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRandom } from '../support/bytes.js'
import { fingerprint } from '../support/fingerprint.js'

type Columns = 'whole' | 'ratio'
const columns = { whole: { type: 'integer' }, ratio: { type: 'double' } } as const
const fast = groupBy({ columns })
const plain = groupBy({ columns, simd: false })

interface Oracle {
  count: number
  sum: number
  min: number
  max: number
}

/** What a table shall hold, by the key's bytes as latin1 text. */
type Expected = Map<string, Oracle>

function addTo(by: typeof fast, table: GroupTable, expected: Expected, key: Buffer, whole: number): void {
  const number = by.find(table, key, 0, key.length)
  by.count(table, number)
  by.columns.whole.add(table, number, whole)
  by.columns.ratio.add(table, number, whole / 7)
  const name = key.toString('latin1')
  const known = expected.get(name)
  if (known === undefined) expected.set(name, { count: 1, sum: whole, min: whole, max: whole })
  else {
    known.count++
    known.sum += whole
    known.min = Math.min(known.min, whole)
    known.max = Math.max(known.max, whole)
  }
}

function check(groups: Groups<Columns>, expected: Expected): void {
  const names = [...expected.keys()].sort((a, b) => (a < b ? -1 : 1))
  const { keyBytes, keyOffsets, columns, counts } = groups
  const whole = Buffer.from(keyBytes).toString('latin1')
  const found = Array.from({ length: groups.size }, (_, i) => whole.slice(keyOffsets[i], keyOffsets[i + 1]))
  // Not toEqual of the lists at once: its message would be megabytes long.
  expect(found.length).toBe(names.length)
  const { count, sum, min, max } = columns.whole
  names.forEach((name, i) => {
    const known = expected.get(name)!
    const isRight =
      found[i] === name &&
      counts[i] === known.count &&
      count[i] === known.count &&
      sum[i] === known.sum &&
      min[i] === known.min &&
      max[i] === known.max
    if (!isRight)
      expect([found[i]!.slice(0, 50), counts[i], sum[i]]).toEqual([name.slice(0, 50), known.count, known.sum])
  })
}

/** Kinds of keys, by a number below `most`. */
const kinds: Readonly<Record<string, (n: number) => Buffer>> = {
  'like users': (n) => Buffer.from(`user-${n}`),
  'of one word that ends in zeros': (n) => Buffer.concat([Buffer.from(`${n >> 3}`), Buffer.alloc(n & 7)]),
  'of any bytes': (n) => Buffer.from([n & 255, (n * 7) & 255, n >> 8, 0, n & 3].slice(n % 3)),
  'with a long common beginning': (n) => Buffer.from(`https://example.org/a/long/path/${'x'.repeat(n % 40)}/${n}`),
  'of sixteen bytes, more and fewer': (n) => Buffer.from(`${n}-${'abcdefghijklmnopqrstuvwxyz'.slice(n % 26)}`),
}

/** Pairs of tables, the same ones for both groupBys. Both have some keys in common. */
function pair(
  by: typeof fast,
  kind: string,
  left: number,
  right: number,
  expected: Expected,
): [GroupTable, GroupTable] {
  const random = createRandom(left * 31 + right)
  const most = Math.max(left, right)
  const both = [left, right].map((size) => {
    const table = by.reduce.init()
    for (let i = 0; i < size; i++) {
      const n = Math.floor(random() * most)
      addTo(by, table, expected, kinds[kind]!(n), n - 500)
    }
    return table
  })
  return both as [GroupTable, GroupTable]
}

describe.each(Object.keys(kinds))('keys %s', (kind) => {
  test.each([
    [9000, 9000],
    [12_000, 300],
    [300, 12_000],
    [9000, 1],
    [9000, 0],
    [0, 9000],
  ])('%i rows and %i rows are merged to what a Map holds, and to the same bits without SIMD', (left, right) => {
    const expected: Expected = new Map()
    const [fastAnswer, plainAnswer] = [fast, plain].map((by) => {
      expected.clear()
      return by.reduce.finish!(by.reduce.merge(...pair(by, kind, left, right, expected)))
    })
    check(fastAnswer!, expected)
    expect(fingerprint(plainAnswer!)).toBe(fingerprint(fastAnswer!))
  })
})

test('tables whose keys are all before, all behind, or in turn with the other ones', () => {
  // A window holds 910 keys of two columns.
  for (const size of [909, 910, 911, 4096, 5461]) {
    for (const number of [(i: number) => i, (i: number) => i + 2 * size, (i: number) => 2 * i + 1]) {
      for (const [one, other] of [
        [(i: number) => 2 * i, number],
        [number, (i: number) => 2 * i],
      ] as const) {
        const expected: Expected = new Map()
        const tables = [one, other].map((numberOf) => {
          const table = fast.reduce.init()
          for (let i = 0; i < Math.max(size, 4200); i++)
            addTo(fast, table, expected, Buffer.from(String(numberOf(i)).padStart(9, '0')), i)
          return table
        })
        check(fast.reduce.finish!(fast.reduce.merge(tables[0]!, tables[1]!)), expected)
      }
    }
  }
})

test('keys that are longer than a window, at the start, in the middle and at the end', () => {
  const long = (name: string): Buffer => Buffer.from(name + '-'.repeat(70_000))
  for (const names of [['a'], ['m'], ['z'], ['a', 'm', 'z']]) {
    for (const by of [fast, plain]) {
      const expected: Expected = new Map()
      const tables = [0, 1].map((odd) => {
        const table = by.reduce.init()
        for (let i = 0; i < 5000; i++) addTo(by, table, expected, Buffer.from(`${i % 2 ? 'b' : 'y'}${2 * i + odd}`), i)
        for (const name of names) addTo(by, table, expected, long(odd === 1 ? name : `${name}${odd}`), 1)
        addTo(by, table, expected, long('both'), 1)
        return table
      })
      check(by.reduce.finish!(by.reduce.merge(tables[0]!, tables[1]!)), expected)
    }
  }
})

test('any tables, in any order of merging and adding', () => {
  const step = fc.record({
    how: fc.constantFrom('add', 'merge', 'mergeInto', 'row'),
    size: fc.constantFrom(0, 1, 40, 1500, 9000),
    kind: fc.constantFrom(...Object.keys(kinds)),
  })
  fc.assert(
    fc.property(fc.array(step, { minLength: 2, maxLength: 5 }), fc.boolean(), (steps, simd) => {
      const by = simd ? fast : plain
      const expected: Expected = new Map()
      let table = by.reduce.init()
      for (const { how, size, kind } of steps) {
        const [other] = pair(by, kind, how === 'row' ? 0 : size, 0, expected)
        if (how === 'add') table = by.reduce.add(table, other)
        else if (how === 'merge') table = by.reduce.merge(table, other)
        else if (how === 'mergeInto') table = by.reduce.merge(other, table)
        else addTo(by, table, expected, kinds[kind]!(size), size)
      }
      check(by.reduce.finish!(table), expected)
    }),
    { numRuns: 25 },
  )
})

test('a sum beyond the exact range is refused while large tables are merged, and names its column', () => {
  for (const by of [fast, plain]) {
    const half = (): GroupTable => {
      const table = by.reduce.init()
      for (let i = 0; i < 9000; i++) {
        const key = Buffer.from(`key-${i}`)
        by.columns.whole.add(table, by.find(table, key, 0, key.length), i === 7777 ? 2 ** 53 - 1 : 1)
      }
      return table
    }
    expect(() => by.reduce.merge(half(), half())).toThrow(/^whole: a sum is beyond/)
    // Afterwards all is as before.
    const expected: Expected = new Map()
    const answer = by.reduce.finish!(by.reduce.merge(...pair(by, 'like users', 9000, 9000, expected)))
    check(answer, expected)
  }
})
