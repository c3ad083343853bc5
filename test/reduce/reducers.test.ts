// The laws of the ready-made reducers: `merge` is associative, `init()` is its identity, and a loop gives the same.

import {
  concat,
  count,
  countByKey,
  fixed,
  max,
  min,
  type Reducer,
  sequential,
  share,
  sum,
  sumArrays,
  topK,
} from '@onecopy/core'
import { createEngine } from '@onecopy/node'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Lawful, lawful, promiseLaws, promiseSameInLanes } from './lawful.js'

// Integers: floating-point addition is not associative, which is what the fixed tree is for.
const integers = fc.integer({ min: -(2 ** 40), max: 2 ** 40 })
const numbers = fc.oneof(fc.double(), fc.constantFrom(-0, 0, Number.NaN, Number.POSITIVE_INFINITY))
const ordered = fc.record({ key: fc.nat(4), id: fc.nat() })

const reducers: readonly Lawful<unknown>[] = [
  lawful<number>({ name: 'sum', make: sum, values: integers, naive: (values) => values.reduce((a, b) => a + b, 0) }),
  lawful<unknown>({ name: 'count', make: count, values: fc.anything(), naive: (values) => values.length }),
  lawful<number>({
    name: 'min',
    make: min,
    values: numbers,
    naive: (values) => (values.length === 0 ? undefined : Math.min(...values)),
  }),
  lawful<number>({
    name: 'max',
    make: max,
    values: numbers,
    naive: (values) => (values.length === 0 ? undefined : Math.max(...values)),
  }),
  lawful<number | readonly number[]>({
    name: 'concat',
    make: () => concat<number>(),
    values: fc.oneof(numbers, fc.array(numbers)),
    naive: (values) => ([] as number[]).concat(...values),
  }),
  lawful<Uint8Array>({
    name: 'sumArrays',
    make: () => sumArrays<Uint8Array>() as Reducer<Uint8Array, unknown>,
    values: fc.uint8Array({ minLength: 3, maxLength: 3 }),
    naive: (values) =>
      values.length === 0
        ? undefined
        : Uint8Array.from({ length: 3 }, (_, i) => values.reduce((total, value) => total + value[i]!, 0)),
  }),
  lawful<string | Map<string, number>>({
    name: 'countByKey',
    make: () => countByKey<string>() as Reducer<string | Map<string, number>, unknown>,
    values: fc.oneof(
      fc.constantFrom('a', 'b', '__proto__'),
      fc.array(fc.tuple(fc.constantFrom('a', 'c', 'd'), fc.nat(9))).map((entries) => new Map(entries)),
    ),
    naive: (values) => {
      const counts = new Map<string, number>()
      for (const value of values) {
        for (const [key, n] of typeof value === 'string' ? [[value, 1] as const] : value) {
          counts.set(key, (counts.get(key) ?? 0) + n)
        }
      }
      return counts
    },
  }),
  lawful<number | readonly number[]>({
    name: 'topK',
    make: () => topK<number>(3),
    values: fc.oneof(fc.nat(20), fc.array(fc.nat(20))),
    naive: (values) =>
      values
        .flat()
        .sort((a, b) => b - a)
        .slice(0, 3),
  }),
  lawful<readonly { key: number; id: number }[]>({
    name: 'topK with an order of its own',
    make: () => topK<{ key: number; id: number }>(3, (a, b) => a.key - b.key),
    values: fc.array(ordered),
    naive: (values) =>
      values
        .flat()
        .sort((a, b) => a.key - b.key)
        .slice(0, 3),
  }),
]

describe.each(reducers)('$name', promiseLaws)

describe('sum', () => {
  test('of nothing is 0, and not -0', async () => {
    expect(
      await sequential()
        .map(share(''), () => 1)
        .reduce(sum()),
    ).toBe(0)
  })
})

describe('sumArrays', () => {
  const two = { chunks: fixed({ size: 1 }) }

  test('integers wrap around and floats round, as their kind does', async () => {
    const engine = sequential()
    const bytes = engine.map(share('ab'), () => Uint8Array.of(200, 1), two).reduce(sumArrays())
    expect(await bytes).toEqual(Uint8Array.of(144, 2))
    const floats = engine.map(share('ab'), () => Float32Array.of(0.1), two).reduce(sumArrays())
    expect(await floats).toEqual(Float32Array.of(Math.fround(0.1) + Math.fround(0.1)))
    const bigs = engine.map(share('ab'), () => BigInt64Array.of(2n ** 62n), two).reduce(sumArrays())
    expect(await bigs).toEqual(BigInt64Array.of(-(2n ** 63n)))
  })

  test('plain arrays of numbers add up, too', async () => {
    const sums = sequential()
      .map(share('ab'), () => [1, 2.5], two)
      .reduce(sumArrays())
    expect(await sums).toEqual([2, 5])
  })

  test('arrays of different lengths reject with ERR_CHUNK_FAILED', async () => {
    const run = sequential()
      .map(share('ab'), (_bytes, { index }) => new Uint8Array(index + 1), two)
      .reduce(sumArrays())
    await expect(run).rejects.toMatchObject({ code: 'ERR_CHUNK_FAILED', cause: { name: 'RangeError' } })
  })

  test('the very same array may be returned each time', async () => {
    const sums = sequential()
      .map(
        share('abcd'),
        () => {
          // biome-ignore lint/suspicious/noExplicitAny: a table that a chunk function keeps in its thread
          const world = globalThis as any
          world.keptTable ??= Uint32Array.of(1, 2)
          return world.keptTable as Uint32Array
        },
        two,
      )
      .reduce(sumArrays())
    expect(await sums).toEqual(Uint32Array.of(4, 8))
  })
})

describe('concat', () => {
  test('takes lists longer than a call can have arguments', async () => {
    const long = sequential()
      .map(share('ab'), () => new Array<number>(300_000).fill(1), { chunks: fixed({ size: 1 }) })
      .reduce(concat())
    expect(await long).toHaveLength(600_000)
  })

  test('takes the elements of typed arrays', async () => {
    const listed = sequential()
      .map(share('ab'), (bytes) => bytes.slice())
      .reduce(concat())
    expect(await listed).toEqual([97, 98])
  })
})

describe('in lanes', () => {
  promiseSameInLanes(reducers)

  test('a ready-made reducer may be given another finish', async () => {
    await using engine = createEngine({ workers: 2 })
    const unit = 'bytes'
    const text = engine
      .map(share('abcdef'), (bytes) => bytes.length, { chunks: fixed({ size: 2 }) })
      .reduce({ ...sum(), finish: (total) => `${total} ${unit}` })
    expect(await text).toBe('6 bytes')
    const top = engine
      .map(share('abcdef'), (bytes) => bytes[0]!, { chunks: fixed({ size: 2 }) })
      .reduce({ ...topK<number>(2), finish: (best) => best.join(unit) })
    expect(await top).toBe('101bytes99')
  })

  test('sum has the order’s bits even where the order matters', async () => {
    await using engine = createEngine({ workers: 2 })
    const values = [1e16, 1, -1e16, 1]
    const run = engine.map(share(new Uint8Array(4)), (_bytes, { index, params }) => params[index]!, {
      chunks: fixed({ size: 1 }),
      params: values,
    })
    expect(await run.reduce(sum())).toBe(1e16 + 1 + (-1e16 + 1))
  })
})
