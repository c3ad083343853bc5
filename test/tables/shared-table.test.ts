// Tables: columns with a key.

import { share, sharedMap, table } from '@onecopy/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

test('rows are objects, in the order of the keys, and columns can be read one by one', () => {
  const products = table({
    key: { id: [17, 4] },
    value: { name: ['pen', null], price: Float64Array.of(1.5, 8), ['__proto__']: [true, false], tags: [['a'], {}] },
  })
  expect(products.size).toBe(2)
  expect(products.names).toEqual(['id', 'name', 'price', '__proto__', 'tags'])
  expect(Object.entries(products.get(4)!)).toEqual([
    ['name', null],
    ['price', 8],
    ['__proto__', false],
    ['tags', {}],
  ])
  expect([...products.keys()]).toEqual([17, 4])
  expect(products.column('price')).toEqual(Float64Array.of(1.5, 8))
  expect(products.column('name').at(products.rowOf(17))).toBe('pen')
  expect([...products.column('name')]).toEqual(['pen', null])
  expect([...products.column('id')]).toEqual([17, 4])
  expect(() => products.column('prize' as never)).toThrow(
    /^column: there is no column "prize"; the columns are "id", "name", "price", "__proto__", "tags"$/,
  )
})

test('a column alone is the value itself; typed arrays and shared data keep their kind', () => {
  const ages = table({ key: ['ada', 'emmy'], value: Uint8Array.of(36, 53) })
  expect([ages.get('emmy'), ages.column('value'), ages.names]).toEqual([53, Uint8Array.of(36, 53), ['key', 'value']])
  const large = table({ key: Float64Array.of(1, 2), value: share(BigInt64Array.of(2n ** 60n, -1n)) })
  expect([large.get(1), large.column('value').constructor.name]).toEqual([2n ** 60n, 'BigInt64Array'])
})

test('it is what sharedMap makes of the same rows, also if keys come again', () => {
  const row = fc.record({ key: fc.integer({ min: 0, max: 20 }), text: fc.option(fc.string()), n: fc.double() })
  fc.assert(
    fc.property(fc.array(row), (rows) => {
      const made = table({
        key: rows.map(({ key }) => key),
        value: { text: rows.map(({ text }) => text), n: Float64Array.from(rows, ({ n }) => n) },
      })
      const expected = new Map(rows.map(({ key, ...rest }) => [key, rest]))
      expect([...made]).toEqual([...expected])
      expect([...made.column('n')]).toEqual(Array.from(expected.values(), ({ n }) => n))
      for (const key of expected.keys()) expect(made.get(key)).toEqual(expected.get(key))
    }),
  )
})

describe('columns', () => {
  test('have null where a value is null, in columns of every kind', () => {
    for (const column of [
      [1, null, 2.5],
      ['a', null, 'b'],
      [true, null, false],
      [null, null, null],
    ]) {
      // biome-ignore format: one line
      const values = Array.from({ length: 30 }, (_, i) => column[i % 3]!)
      const made = table({ key: values.map((_, i) => i), value: values })
      expect([...made.values()]).toEqual(values)
      expect([made.column('value').at(-1), made.column('value').at(30), made.column('value').at(0.5)]).toEqual([
        values[29],
        undefined,
        undefined,
      ])
    }
  })

  test('are refused if they do not belong together', () => {
    const cases: readonly [unknown, string][] = [
      [{ key: [1] }, 'columns.value: expected a column, or an object of columns, got undefined'],
      [{ key: [1], value: [1], more: 1 }, 'columns.more: there is no such option'],
      [{ key: { a: [1], b: [2] }, value: [1] }, 'columns.key: expected one column, got 2'],
      [{ key: [1], value: { a: [1, 2] } }, 'columns.value.a: expected 1 rows, as many as there are keys, got 2'],
      [{ key: { a: [1] }, value: { a: [1] } }, 'columns.value: the column "a" has the name of the key'],
      [{ key: [1], value: { a: 5 } }, 'columns.value.a: expected a list, a typed array or shared data, got 5'],
      [{ key: BigInt64Array.of(1n), value: [1] }, 'key 0: expected text, a number or a Uint8Array, got 1n'],
    ]
    for (const [columns, message] of cases) {
      expect(() => table(columns as never)).toThrow(
        expect.objectContaining({ message: expect.stringContaining(message) }),
      )
    }
  })
})

test('a map and a table of the same content take the same memory', () => {
  const map = sharedMap([[1, 'a'], [2, 'b']]) // biome-ignore format: one line
  expect(table({ key: [1, 2], value: ['a', 'b'] }).byteLength).toBe(map.byteLength)
})

test('a key of -0 is 0, as in a Map', () => {
  const zeros = table({ key: { id: [-0, 7] }, value: { name: ['zero', 'seven'] } })
  expect([zeros.rowOf(0), zeros.rowOf(-0)]).toEqual([0, 0])
  expect(Object.is([...zeros.column('id')][0], 0)).toBe(true)
  const typed = table({ key: Float32Array.of(-0, 7, -0), value: ['first', 'seven', 'zero'] })
  expect([typed.get(0), typed.get(-0)]).toEqual(['zero', 'zero'])
  expect([...typed.keys()].map((key) => Object.is(key, 0))).toEqual([true, false])
  expect(typed.column('key')).toEqual(Float32Array.of(0, 7))
})
