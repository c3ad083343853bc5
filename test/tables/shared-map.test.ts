// Maps in shared memory read as a JavaScript Map does.

import { sharedMap } from '@onecopy/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

/** Few of them, so that many are equal. */
const text = fc.oneof(
  fc.constantFrom('', 'a', 'ä', '\ud800', '\udc00', '\udc00\ud800', '😀', '__proto__', 'constructor', 'a\0', '\ufeff'),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 }).map((units) => String.fromCharCode(...units)),
)
const number = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(-0, Number.NaN, 2 ** 31, -(2 ** 31), 2 ** 53, 0.5, Number.POSITIVE_INFINITY, 5e-324),
  fc.double(),
)
const json = fc.jsonValue({ noUnicodeString: false } as never)
const values = [
  ['numbers', number],
  ['numbers and null', fc.option(number)],
  ['text', text],
  ['text of few kinds', fc.constantFrom('red', 'grün', '', '\ud800')],
  ['text and null', fc.option(text)],
  ['booleans and null', fc.option(fc.boolean())],
  ['JSON', json],
] as const

describe.each([
  ['text', text],
  ['numbers', number],
] as const)('keys: %s', (_keys, key) => {
  test.each(values)('values: %s', (_values, value) => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(key as fc.Arbitrary<string | number>, value as fc.Arbitrary<unknown>), { maxLength: 60 }),
        fc.array(key as fc.Arbitrary<string | number>),
        (entries, others) => {
          const expected = new Map(entries)
          const map = sharedMap(entries)
          expect(map.size).toBe(expected.size)
          expect([...map]).toEqual([...expected])
          expect([...map.keys()]).toEqual([...expected.keys()])
          expect([...map.values()]).toEqual([...expected.values()])
          for (const each of [...others, ...expected.keys()]) {
            expect(map.has(each)).toBe(expected.has(each))
            expect(map.get(each)).toEqual(expected.get(each))
            expect(map.rowOf(each)).toBe([...expected.keys()].findIndex((other) => isSame(other, each)))
          }
          const visited: unknown[] = []
          map.forEach((each, of, whole) => {
            visited.push([of, each, whole === map])
          })
          expect(visited).toEqual([...expected].map((entry) => [...entry, true]))
        },
      ),
    )
  })
})

test('bytes are keys and values by their content', () => {
  const bytes = fc.uint8Array({ maxLength: 3, max: 2 })
  fc.assert(
    fc.property(fc.array(fc.tuple(bytes, fc.option(bytes))), fc.array(bytes), (entries, others) => {
      const expected = new Map(entries.map(([key, value]) => [key.join(), value]))
      const map = sharedMap(entries)
      expect([...map].map(([key, value]) => [key.join(), value])).toEqual([...expected])
      for (const each of others) expect(map.get(each)).toEqual(expected.get(each.join()))
    }),
  )
})

test('text is found by its UTF-8 wherever that lies', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.string({ unit: 'grapheme' }), (keys, other) => {
      const map = sharedMap(keys.map((key, i) => [key, i] as const))
      for (const key of [...keys, other]) {
        const bytes = new TextEncoder().encode(`x${key}y`)
        expect(map.getUtf8(bytes, 1, bytes.length - 1)).toBe(map.get(key))
        expect(map.rowOfUtf8(bytes, 1, bytes.length - 1)).toBe(map.rowOf(key))
      }
    }),
  )
})

test('keys with equal hashes are different keys', () => {
  // Whatever two prefixes hash to: if only the lower 16 bits differ, one code unit makes them equal.
  const factor = 0x9e3779b1
  const step = (hash: number, unit: number): number => Math.imul(hash ^ unit, factor)
  let hash = 1
  let pairs = ['']
  for (let i = 0; i < 10; i++) {
    const seen = new Map<number, number>()
    for (let unit = 0; ; unit++) {
      const next = step(hash, unit)
      const other = seen.get(next >>> 16)
      if (other === undefined) seen.set(next >>> 16, unit)
      else {
        const last = (next ^ step(hash, other)) & 0xffff
        const [a, b] = [String.fromCharCode(unit, 0), String.fromCharCode(other, last)]
        hash = step(next, 0)
        pairs = pairs.flatMap((prefix) => [prefix + a, prefix + b])
        break
      }
    }
  }
  const map = sharedMap(pairs.map((key, i) => [key, i] as const))
  expect(new Set(pairs).size).toBe(1024)
  expect(pairs.map((key) => map.get(key))).toEqual(pairs.map((_, i) => i))
  expect([map.get(`${pairs[0]}x`), map.size]).toEqual([undefined, 1024])
})

test('it takes any iterable, and later changes of bytes do not reach it', () => {
  const key = Uint8Array.of(0)
  const counted = (function* () {
    for (let i = 0; i < 3; i++) {
      key[0] = i
      yield [key, i] as const
    }
  })()
  const map = sharedMap(counted)
  expect([...map]).toEqual([0, 1, 2].map((i) => [Uint8Array.of(i), i]))
  expect([...sharedMap(new Map([['a', 1]]))]).toEqual([['a', 1]])
  expect([...sharedMap([])]).toEqual([])
})

test('it is read as a Map, and cannot be written', () => {
  const map: ReadonlyMap<string, number> = sharedMap([['a', 1]])
  expect(String(map)).toBe('[object SharedMap]')
  expect('set' in map).toBe(false)
  expect(sharedMap([['a', Uint8Array.of(1)]]).get('a')).not.toBe(sharedMap([['a', Uint8Array.of(1)]]).get('a'))
  // A key of another kind is not in it.
  expect(map.has(1 as never)).toBe(false)
  expect(sharedMap([[1, 1]]).has('1' as never)).toBe(false)
})

test('JSON keeps -0, and leaves out members that are undefined', () => {
  const map = sharedMap([['a', { zero: -0, list: [-0, '\ud800'], none: undefined }]] as const)
  expect(map.get('a')).toStrictEqual({ zero: -0, list: [-0, '\ud800'] })
  const proto = JSON.parse('{"__proto__":{"polluted":true}}') as object
  expect(Object.keys(sharedMap([['a', proto]]).get('a') as object)).toEqual(['__proto__'])
})

const loop: unknown[] = []
loop.push(loop)
test.each([
  ['no iterable', 5, 'entries: expected a Map or another iterable of [key, value], got 5'],
  ['no entry', ['ab'], 'entries[0]: expected [key, value], got "ab"'],
  ['no key', [[null, 1]], 'key 0: expected text, a number or a Uint8Array, got null'],
  [
    'keys of two kinds',
    [['a', 1], [5, 1]], // biome-ignore format: a pair per entry
    'key 1: all keys of a table are of one kind, and the first is "a"; got 5',
  ],
  [
    'undefined',
    [['a', undefined]],
    'values[0]: expected a number, text, a boolean, bytes, null or JSON, got undefined; null stands for a missing value',
  ],
  ['a bigint', [['a', 5n]], '64-bit integers go into a BigInt64Array'],
  ['bytes and text', [['a', 'x'], ['b', new Uint8Array(1)]], 'values[1]: a column is either all bytes or has none'], // biome-ignore format: a pair per entry
  ['a Date', [['a', [new Date(0)]]], 'values[0][0]: expected a number, text, a boolean, null, or JSON of these'],
  ['NaN in JSON', [['a', { n: Number.NaN }]], 'values[0].n: expected a number'],
  ['a function', [['a', () => 1]], 'values[0]: expected a number'],
  ['a list in itself', [['a', loop]], 'or contains itself'],
])('%s is refused with its place', (_title, entries, message) => {
  expect(() => sharedMap(entries as never)).toThrow(
    expect.objectContaining({ name: 'TypeError', message: expect.stringContaining(message) }),
  )
})

test('more than 4 GiB is refused before any memory is taken', () => {
  const large = new Uint8Array(2 ** 30)
  expect(() => sharedMap([1, 2, 3, 4, 5].map((key) => [key, large] as const))).toThrow(
    expect.objectContaining({
      name: 'RangeError',
      message: expect.stringMatching(/^sharedMap: the table would take 536\d+ bytes; at most 4294967296/),
    }),
  )
})

function isSame(a: unknown, b: unknown): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b))
}
