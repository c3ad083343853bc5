// The reducers of numbers and keys: mean, variance, histogram, quantiles, distinct and the exact sum.

import { runInNewContext } from 'node:vm'
import {
  distinct,
  fixed,
  histogram,
  mean,
  quantiles,
  type Reducer,
  sequential,
  share,
  sumExact,
  variance,
} from '@onecopy/core'
import { createEngine } from '@onecopy/node'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { naiveExactSum } from '../naive/exact-sum.js'
import { naiveMurmur3 } from '../naive/murmur3.js'
import { fingerprint } from '../support/fingerprint.js'
import { type Lawful, lawful, promiseLaws, promiseSameInLanes } from './lawful.js'

type Numbers = number | number[] | Float64Array

const integers = fc.integer({ min: -(2 ** 30), max: 2 ** 30 })
const doubles = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, 2 ** -1022, 2 ** 53, 1, 2 ** -53, -1),
  fc.tuple(fc.integer({ min: -1074, max: 1023 }), fc.constantFrom(1, -1)).map(([e, sign]) => sign * 2 ** e),
)

/** One number, or a list of either kind. */
function listsOf(numbers: fc.Arbitrary<number>): fc.Arbitrary<Numbers> {
  const lists = fc.array(numbers, { maxLength: 12 })
  return fc.oneof(
    numbers,
    lists,
    lists.map((list) => Float64Array.from(list)),
  )
}

function flat(values: readonly Numbers[]): number[] {
  return values.flatMap((value) => (typeof value === 'number' ? [value] : [...value]))
}

/** What a reducer makes of these values in one thread. */
function reduceHere<R, A, Out>(reducer: Reducer<R, A, Out>, values: readonly R[]): Out {
  const acc = values.reduce((total, value) => reducer.add(total, value), reducer.init())
  // `as`: without `finish`, the accumulator is the outcome.
  return reducer.finish === undefined ? (acc as unknown as Out) : reducer.finish(acc)
}

function naiveHistogram(edges: readonly number[], numbers: readonly number[]): unknown {
  const last = edges.length - 2
  const inBin = (x: number, i: number): boolean =>
    edges[i]! <= x && (x < edges[i + 1]! || (i === last && x === edges[i + 1]))
  return {
    edges,
    counts: Array.from({ length: last + 1 }, (_, i) => numbers.filter((x) => inBin(x, i)).length),
    below: numbers.filter((x) => x < edges[0]!).length,
    above: numbers.filter((x) => x > edges[last + 1]!).length,
    nan: numbers.filter(Number.isNaN).length,
  }
}

const nearEdges = fc.oneof(
  fc.double({ min: -2, max: 12 }),
  fc.integer({ min: -2, max: 12 }),
  fc.constantFrom(NaN, -Infinity),
)

const reducers: readonly Lawful<unknown>[] = [
  lawful<Numbers>({
    name: 'mean',
    make: mean,
    values: listsOf(integers),
    naive: (values) => {
      const all = flat(values)
      return all.length === 0 ? undefined : all.reduce((a, b) => a + b, 0) / all.length
    },
  }),
  lawful<Numbers>({
    name: 'histogram with edges',
    make: () => histogram([-1, 0, 2.5, 10]),
    values: listsOf(nearEdges),
    naive: (values) => naiveHistogram([-1, 0, 2.5, 10], flat(values)),
  }),
  lawful<Numbers>({
    name: 'histogram with bins',
    make: () => histogram({ from: 0, to: 1, bins: 10 }),
    values: listsOf(
      fc.oneof(
        fc.double({ min: -0.5, max: 1.5, noNaN: true }),
        fc.integer({ min: 0, max: 10 }).map((i) => i / 10),
      ),
    ),
    naive: (values) =>
      naiveHistogram(
        Array.from({ length: 11 }, (_, i) => 0.5 * ((2 * i) / 10)),
        flat(values),
      ),
  }),
  lawful<Numbers>({
    name: 'the ends of quantiles',
    make: () => quantiles([0, 1]) as Reducer<Numbers, unknown>,
    values: listsOf(fc.double({ noNaN: true })),
    naive: (values) => {
      const all = flat(values)
      return all.length === 0 ? undefined : [Math.min(...all) + 0, Math.max(...all) + 0]
    },
  }),
  lawful<string | number[]>({
    name: 'distinct',
    make: () => distinct({ error: 0.26 }) as Reducer<string | number[], unknown>,
    values: fc.oneof(fc.string(), fc.array(fc.integer({ min: 0, max: 3 }))),
    naive: (values) => reduceHere(distinct({ error: 0.26 }), [new Set(values.flat())]),
  }),
  lawful<Numbers>({
    name: 'sumExact',
    make: sumExact as () => Reducer<Numbers, unknown>,
    values: listsOf(doubles),
    naive: (values) => naiveExactSum(flat(values)),
  }),
]

describe.each(reducers)('$name', promiseLaws)

describe('in lanes', () => {
  promiseSameInLanes(reducers)

  test('the bits do not depend on the number of workers, for floats whose sums are rounded', async () => {
    const data = share(Float64Array.from({ length: 3000 }, (_, i) => Math.sin(i) * 10 ** (i % 9)))
    await using one = createEngine({ workers: 1 })
    await using two = createEngine({ workers: 2 })
    for (const make of [mean, variance, quantiles, sumExact, () => histogram([0, 10, 1000])]) {
      const answers = [sequential(), one, two].map((engine) =>
        engine.map(data, (part) => part, { chunks: fixed({ size: 7 }) }).reduce(make() as Reducer<unknown, unknown>),
      )
      const [here, ...there] = (await Promise.all(answers)).map(fingerprint)
      expect(there).toEqual([here, here])
    }
  })
})

describe('mean', () => {
  test('of one NaN among numbers is NaN', () => {
    expect(reduceHere(mean(), [1, [2, NaN]])).toBeNaN()
  })
})

describe('variance', () => {
  const naive = (numbers: readonly number[], less: number): number => {
    const middle = numbers.reduce((a, b) => a + b, 0) / numbers.length
    return numbers.reduce((a, b) => a + (b - middle) ** 2, 0) / (numbers.length - less)
  }

  test('it is that of two plain passes, however the numbers are cut', () => {
    const parts = fc.array(listsOf(fc.double({ min: -1e6, max: 1e6, noNaN: true })), { minLength: 2, maxLength: 12 })
    fc.assert(
      fc.property(
        parts.filter((values) => flat(values).length > 1),
        (values) => {
          const numbers = flat(values)
          const most = 1e-9 * Math.max(...numbers.map((x) => x * x), 1)
          expect(Math.abs(reduceHere(variance(), values)! - naive(numbers, 1))).toBeLessThan(most)
          expect(Math.abs(reduceHere(variance({ of: 'population' }), values)! - naive(numbers, 0))).toBeLessThan(most)
          // In two halves that are merged.
          const { init, add, merge, finish } = variance()
          const half = values.length >> 1
          const [left, right] = [values.slice(0, half), values.slice(half)].map((part) => part.reduce(add, init()))
          expect(Math.abs(finish!(merge(left!, right!))! - naive(numbers, 1))).toBeLessThan(most)
        },
      ),
    )
  })

  test('large numbers that are close together lose no digits', () => {
    const close = [1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]
    expect(reduceHere(variance(), close)).toBe(30)
    expect(reduceHere(variance(), [close])).toBe(30)
  })

  test('so they do in long lists, where their sum is rounded many times', () => {
    const length = 100_000
    const offsets = fc.constantFrom(1, 1e6, 1e9, 2 ** 40)
    fc.assert(
      fc.property(offsets, fc.integer({ min: 2, max: 9 }), fc.nat(length), (offset, spread, cut) => {
        const numbers = Float64Array.from({ length }, (_, i) => offset + (i % spread))
        // n Σx² - (Σx)² over n (n - 1), of the distances from the offset, which are exact.
        const [sum, squares] = numbers.reduce(([a, b], x) => [a! + x - offset, b! + (x - offset) ** 2], [0, 0])
        const exact = (length * squares! - sum! ** 2) / (length * (length - 1))
        for (const values of [[numbers], [numbers.subarray(0, cut), numbers.subarray(cut)]]) {
          expect(Math.abs(reduceHere(variance(), values)! / exact - 1)).toBeLessThan(1e-7)
        }
      }),
      { numRuns: 20 },
    )
  })

  test('it is never below 0, and near 0 for equal numbers, also for the largest ones', () => {
    for (const x of [0.1, 1e-200, 1e12 + 0.1, 1e308, -Number.MAX_VALUE]) {
      for (const values of [[new Float64Array(3000).fill(x)], [x, x, x], [[x, x], x]]) {
        const found = reduceHere(variance(), values)!
        expect(found).toBeGreaterThanOrEqual(0)
        expect(found / x / x).toBeLessThan(1e-24)
      }
    }
  })

  test('of finite numbers it is a number, infinite if it is too large for a double', () => {
    const large = [1e308, -1e308, 5, -1.7e308, 1.7e308]
    for (const values of [[large], large, [large.slice(0, 2), large.slice(2)], [[5, 6], large]]) {
      expect(reduceHere(variance(), values)).toBe(Infinity)
    }
    for (const wrong of [NaN, Infinity, -Infinity]) {
      for (const values of [[[1, wrong, 2]], [1, wrong, 2], [large, wrong]]) {
        expect(reduceHere(variance(), values)).toBeNaN()
      }
    }
  })

  test('of too few numbers is undefined', () => {
    expect(reduceHere(variance(), [])).toBeUndefined()
    expect(reduceHere(variance(), [1])).toBeUndefined()
    expect(reduceHere(variance({ of: 'population' }), [])).toBeUndefined()
    expect(reduceHere(variance({ of: 'population' }), [1])).toBe(0)
  })

  test('merging with nothing changes no bit', () => {
    const { init, add, merge } = variance()
    const full = (): ReturnType<typeof init> => add(init(), [0.1, 0.7, 12])
    expect(merge(init(), full())).toEqual(full())
    expect(merge(full(), init())).toEqual(full())
  })
})

describe('histogram', () => {
  test('bins of one width agree with their edges at every edge and beside it', () => {
    const bins = { from: -0.3, to: 1.7, bins: 97 }
    const { edges } = reduceHere(histogram(bins), [])
    const beside = edges.flatMap((edge) => [edge, edge - 2 ** -50, edge + 2 ** -50])
    expect(reduceHere(histogram(bins), [beside])).toEqual(naiveHistogram(edges, beside))
  })

  test('bins over all doubles', () => {
    const { edges, counts, above } = reduceHere(histogram({ from: -Number.MAX_VALUE, to: Number.MAX_VALUE, bins: 2 }), [
      [-1e308, -1, 0, 1, 1e308, Number.MAX_VALUE, Infinity],
    ])
    expect(edges).toEqual([-Number.MAX_VALUE, 0, Number.MAX_VALUE])
    expect(counts).toEqual([2, 4])
    expect(above).toBe(1)
  })

  test.each([
    { from: -Number.MAX_VALUE, to: Number.MAX_VALUE, bins: 7 },
    { from: -1.7e308, to: 1.7e308, bins: 4 },
    { from: 0, to: Number.MIN_VALUE, bins: 1 },
    { from: -Number.MIN_VALUE, to: 2 * Number.MIN_VALUE, bins: 3 },
    { from: Number.MIN_VALUE, to: 8 * Number.MIN_VALUE, bins: 2 },
  ])('$bins bins from $from to $to count each number once', (bins) => {
    const { edges } = reduceHere(histogram(bins), [])
    expect([edges.length, edges[0], edges.at(-1)]).toEqual([bins.bins + 1, bins.from, bins.to])
    const values = [...edges, ...edges.map((edge) => edge / 2), Number.MIN_VALUE, -Number.MIN_VALUE, 0, 1, -1]
    expect(reduceHere(histogram(bins), [values])).toEqual(naiveHistogram(edges, values))
  })

  test('infinite edges leave nothing outside but NaN', () => {
    const open = reduceHere(histogram([-Infinity, 0, Infinity]), [[-Infinity, -1, 0, Infinity, NaN]])
    expect(open).toMatchObject({ counts: [2, 2], below: 0, above: 0, nan: 1 })
  })

  test.each([
    [[1], /bins: expected 2 or more edges/],
    [[1, 1], /bins\[1\]: expected a number larger than 1, got 1/],
    [[NaN, 1], /bins\[0\]: expected a number, got NaN/],
    [[0, '1'], /bins\[1\]: expected a number larger than 0, got "1"/],
    [new Array(2), /bins\[0\]: expected a number, got undefined/],
    [Object.assign(new Array(2), { 0: 0 }), /bins\[1\]: expected a number larger than 0, got undefined/],
    [undefined, /bins: expected a list of edges or \{ from, to, bins \}, got undefined/],
    [7, /bins: expected a plain object, got 7/],
    [{ from: 0, to: 0, bins: 1 }, /to: expected a finite number larger than 0, got 0/],
    [{ from: 0, to: 1 }, /bins: expected an integer from 1 to 1048576, got undefined/],
    [{ from: 0, to: 1, bins: 1, width: 1 }, /bins.width: there is no such option/],
    [{ from: 1, to: 1 + 2 ** -52, bins: 2 }, /2 bins are too many/],
  ])('refuses %j', (bins, message) => {
    expect(() => histogram(bins as number[])).toThrow(message)
  })
})

describe('quantiles', () => {
  test.each([0.0001, 0.01, 0.1, 0.5])('an answer is within %s of the number at that rank', (error) => {
    const numbers = fc.array(
      fc.oneof(
        fc.double({ noNaN: true }),
        fc.double({ min: -1000, max: 1000, noNaN: true }),
        fc.integer({ min: -9, max: 9 }),
      ),
      { minLength: 1, maxLength: 60 },
    )
    const ranks = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(numbers, ranks, fc.nat(60), (all, at, cut) => {
        const answers = reduceHere(quantiles(at, { error }), [all.slice(0, cut), all.slice(cut)])!
        const sorted = Float64Array.from(all).sort()
        for (const [i, q] of at.entries()) {
          const exact = sorted[Math.max(1, Math.ceil(q * all.length)) - 1]!
          if (!Number.isFinite(exact)) expect(answers[i]).toBe(exact)
          else expect(Math.abs(answers[i]! - exact)).toBeLessThanOrEqual(Math.max(error * Math.abs(exact), 2.3e-308))
        }
      }),
    )
  })

  test('a rank that is a whole number is not rounded past, as a product of doubles is', () => {
    for (const n of [3, 7, 10, 49, 100, 1000]) {
      const numbers = Array.from({ length: n }, (_, i) => i + 1)
      const ranks = numbers.map((rank) => rank / n)
      const answers = reduceHere(quantiles(ranks, { error: 0.0001 }), [numbers])!
      expect(answers.map(Math.round)).toEqual(numbers)
    }
    // Just above a share, the next number.
    const above = 0.5 + 2 ** -53
    expect(reduceHere(quantiles([0.5, above]), [[1, 8, 64]])!.map(Math.round)).toEqual([8, 8])
    expect(reduceHere(quantiles([0.5, above], { error: 0.0001 }), [[1, 8, 64, 512]])!.map(Math.round)).toEqual([8, 64])
  })

  test('its accumulators merge exactly, in any order', () => {
    const lists = fc.array(fc.double(), { maxLength: 20 })
    fc.assert(
      fc.property(lists, lists, (a, b) => {
        const { finish } = quantiles([0, 0.1, 0.5, 0.9, 1])
        const { init, add, merge } = quantiles()
        const of = (list: readonly number[]) => add(init(), list)
        const [ab, ba] = [merge(of(a), of(b)), merge(of(b), of(a))]
        expect(fingerprint(finish!(ab))).toBe(fingerprint(finish!(ba)))
        expect(fingerprint(finish!(ab))).toBe(fingerprint(finish!(of([...a, ...b]))))
      }),
    )
  })

  test('by default the median, the 90th and the 99th percentile', () => {
    const [median, p90, p99] = reduceHere(quantiles(), [Array.from({ length: 1000 }, (_, i) => i + 1)])!
    expect(Math.abs(median - 500)).toBeLessThanOrEqual(5)
    expect(Math.abs(p90 - 900)).toBeLessThanOrEqual(9)
    expect(Math.abs(p99 - 990)).toBeLessThanOrEqual(9.9)
  })

  test('of one NaN among numbers are NaN, and of nothing undefined', () => {
    expect(reduceHere(quantiles([0, 0.5]), [[1, NaN]])).toEqual([NaN, NaN])
    expect(reduceHere(quantiles(), [[]])).toBeUndefined()
  })

  test.each([
    [0.5, undefined, /at: expected a list of numbers from 0 to 1, got 0.5/],
    [[50], undefined, /at\[0\]: expected a number from 0 to 1, got 50/],
    [['0.5'], undefined, /at\[0\]: expected a number from 0 to 1, got "0.5"/],
    [[0.5], { error: 0 }, /error: expected a number from 0.0001 to 0.5, got 0/],
    [new Array(1), undefined, /at\[0\]: expected a number from 0 to 1, got undefined/],
    [[0.5], { accuracy: 1 }, /quantiles.accuracy: there is no such option/],
  ])('refuses %j, %j', (at, options, message) => {
    expect(() => quantiles(at as number[], options as object)).toThrow(message)
  })
})

describe('distinct', () => {
  test('the naive hash is the published one', () => {
    const text = new TextEncoder().encode('The quick brown fox jumps over the lazy dog')
    const words = ['2f1583c3', 'ecee2c67', '5d7bf66c', 'e5e91d2c']
    expect(naiveMurmur3(text, 0).map((word) => word.toString(16))).toEqual(words)
  })

  test('a key sets the register that its hash says', () => {
    const number = (x: number): Uint8Array => new Uint8Array(Float64Array.of(x).buffer)
    const text = (x: string): Uint8Array => new Uint8Array(Buffer.from(x, 'utf16le'))
    const keys = fc.oneof(
      fc.string({ unit: 'binary' }).map((key) => ({ key, bytes: text(key), seed: 1 })),
      fc.string({ minLength: 200, maxLength: 300 }).map((key) => ({ key, bytes: text(key), seed: 1 })),
      fc.double({ noNaN: true }).map((key) => ({ key, bytes: number(key + 0), seed: 2 })),
      fc.bigInt().map((key) => ({ key, bytes: text(key.toString(16)), seed: 3 })),
      fc.boolean().map((key) => ({ key, bytes: Uint8Array.of(Number(key)), seed: 4 })),
      fc.uint8Array({ maxLength: 80 }).map((key) => ({ key, bytes: key, seed: 5 })),
    )
    fc.assert(
      fc.property(keys, fc.constantFrom(0.26, 0.01, 0.002), ({ key, bytes, seed }, error) => {
        const { init, add } = distinct({ error })
        const { registers } = add(init(), [key])
        const bits = Math.log2(registers.length)
        const [high, low] = naiveMurmur3(bytes, seed)
        const hash = ((high! << 32n) | low!).toString(2).padStart(64, '0')
        const at = Number.parseInt(hash.slice(0, bits), 2)
        const rank = `${hash.slice(bits)}1`.indexOf('1') + 1
        expect(registers[at]).toBe(rank)
        expect(registers.reduce((a, b) => a + b, 0)).toBe(rank)
      }),
    )
  })

  test.each([0, 1, 2, 10, 100, 1000, 30_000, 300_000])('%i keys: within 4 standard errors', (n) => {
    for (const error of [0.2, 0.05, 0.01]) {
      const keys = Float64Array.from({ length: n }, (_, i) => i * 0.5)
      const counted = reduceHere(distinct({ error }), [keys, keys])
      expect(Math.abs(counted - n)).toBeLessThanOrEqual(Math.ceil(4 * error * n))
    }
  })

  test('text of the same number of keys, and bytes', () => {
    const names = Array.from({ length: 5000 }, (_, i) => `name ${i}`)
    expect(Math.abs(reduceHere(distinct(), [names, new Set(names)]) - 5000)).toBeLessThan(200)
    const bytes = names.map((name) => new TextEncoder().encode(name))
    expect(Math.abs(reduceHere(distinct(), [bytes, bytes]) - 5000)).toBeLessThan(200)
  })

  test('kinds are different keys; 0 and -0 are one, and all NaN', () => {
    expect(reduceHere(distinct(), [1, '1', 1n, true, [Uint8Array.of(1)]])).toBe(5)
    expect(reduceHere(distinct(), [0, -0, NaN, [-NaN]])).toBe(2)
    expect(reduceHere(distinct(), [new Uint8Array([7, 7, 8]), [7], 8])).toBe(2)
    expect(reduceHere(distinct(), [Buffer.from('ab'), [Buffer.from('ab'), new Uint8Array(Buffer.from('ab'))]])).toBe(3)
  })

  test('refuses options', () => {
    expect(() => distinct({ error: 0.001 })).toThrow('error: expected a number from 0.002 to 0.26, got 0.001')
    expect(() => distinct({ precision: 14 } as object)).toThrow('distinct.precision: there is no such option')
  })
})

describe('sumExact', () => {
  /** Node 26 has it behind a flag, and vitest may run without it. */
  const sumPrecise = (): ((numbers: readonly number[]) => number) | undefined =>
    // `as`: the language library does not know it yet.
    runInNewContext('Math.sumPrecise') as ReturnType<typeof sumPrecise>

  test('it is what Math.sumPrecise gives, where there is one, and what a search among all doubles gives', () => {
    const precise = sumPrecise()
    fc.assert(
      fc.property(fc.array(doubles, { minLength: 1, maxLength: 30 }), (numbers) => {
        const sum = reduceHere(sumExact(), [numbers])
        expect(Object.is(sum, naiveExactSum(numbers))).toBe(true)
        if (precise !== undefined) expect(Object.is(sum, precise(numbers))).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  test('neither the order nor the chunks show', async () => {
    const numbers = Float64Array.from({ length: 2000 }, (_, i) => Math.sin(i) * 10 ** ((i * 7) % 300))
    const sums = [1, 3, 64, 2000].flatMap((size) =>
      [numbers, numbers.toReversed(), numbers.toSorted()].map((data) =>
        sequential()
          .map(share(data), (part) => part, { chunks: fixed({ size }) })
          .reduce(sumExact()),
      ),
    )
    expect(new Set(await Promise.all(sums)).size).toBe(1)
  })

  test.each([
    [[], 0],
    [[-0], -0],
    [[-0, 0], 0],
    [[1, -1], 0],
    [[-0, 1, -1], 0],
    [[Number.MAX_VALUE, Number.MAX_VALUE, -Number.MAX_VALUE], Number.MAX_VALUE],
    [[Number.MAX_VALUE, Number.MAX_VALUE], Infinity],
    [[-Number.MAX_VALUE, -Number.MAX_VALUE], -Infinity],
    [[Number.MAX_VALUE, 2 ** 969], Number.MAX_VALUE],
    [[Number.MAX_VALUE, 2 ** 970], Infinity],
    [[Number.MAX_VALUE, 2 ** 970, -Number.MIN_VALUE], Number.MAX_VALUE],
    [[Infinity, 1], Infinity],
    [[-Infinity, Number.MAX_VALUE], -Infinity],
    [[Infinity, -Infinity], NaN],
    [[NaN, 1], NaN],
    [[1e16, 1, -1e16], 1],
    [[0.1, 0.2, 0.3], 0.6],
    [[2 ** 53, 1], 2 ** 53],
    [[2 ** 53, 1, Number.MIN_VALUE], 2 ** 53 + 2],
    [[2 ** -1022, -Number.MIN_VALUE], 2 ** -1022 - Number.MIN_VALUE],
    [[Number.MIN_VALUE, Number.MIN_VALUE], 2 * Number.MIN_VALUE],
  ])('%j: %d', (numbers, sum) => {
    expect(Object.is(reduceHere(sumExact(), [numbers]), sum)).toBe(true)
    expect(Object.is(reduceHere(sumExact(), numbers), sum)).toBe(true)
    expect(Object.is(reduceHere(sumExact(), [Float64Array.from(numbers)]), sum)).toBe(true)
  })

  test('long lists, whose halves of fractions would overflow', () => {
    const long = new Float64Array(2 ** 21 + 3).fill(1 - 2 ** -53)
    expect(reduceHere(sumExact(), [long])).toBe(2 ** 21 + 3 - 2 ** -31)
  })
})
