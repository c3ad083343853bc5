// Reducers made of reducers: all and groupBy, and the best by a key.

import {
  all,
  any,
  concat,
  count,
  countByKey,
  distinct,
  type Engine,
  every,
  first,
  fixed,
  groupBy,
  histogram,
  max,
  maxBy,
  mean,
  min,
  minBy,
  quantiles,
  type Reducer,
  sequential,
  share,
  some,
  sum,
  sumArrays,
  sumExact,
  take,
  topK,
  variance,
} from '@onecopy/core'
import { createEngine } from '@onecopy/node'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fingerprint } from '../support/fingerprint.js'
import { type Lawful, lawful, promiseLaws, promiseSameInLanes } from './lawful.js'

interface Row {
  readonly host: string
  readonly ms: number
}

const rows = fc.record({ host: fc.constantFrom('a', 'b', '__proto__'), ms: fc.integer({ min: 0, max: 9 }) })
const oneOrMore = fc.oneof(rows, fc.array(rows, { maxLength: 6 }))

function groupsOf<K, V>(entries: readonly (readonly [K, V])[]): Map<K, V[]> {
  const groups = new Map<K, V[]>()
  for (const [key, value] of entries) groups.set(key, [...(groups.get(key) ?? []), value])
  return groups
}

function mapValues<K, V, W>(groups: ReadonlyMap<K, V>, change: (value: V) => W): Map<K, W> {
  return new Map(Array.from(groups, ([key, value]) => [key, change(value)]))
}

const add = (a: number, b: number): number => a + b

const reducers: readonly Lawful<unknown>[] = [
  lawful<{ n: null; urls: string[]; deep: { total: number } }>({
    name: 'all, with all in it',
    make: () =>
      all({ n: count(), urls: countByKey<string>(), deep: all({ total: sum() }) }) as Reducer<unknown, unknown>,
    values: fc.record({
      n: fc.constant(null),
      urls: fc.array(fc.constantFrom('a', 'b', '__proto__')),
      deep: fc.record({ total: fc.integer() }),
    }),
    naive: (values) => ({
      n: values.length,
      urls: mapValues(
        groupsOf(values.flatMap(({ urls }) => urls.map((url) => [url, 1] as const))),
        (ones) => ones.length,
      ),
      deep: { total: values.map(({ deep }) => deep.total).reduce(add, 0) },
    }),
  }),
  lawful<Record<string, number>>({
    name: 'all with the names of members of objects',
    make: () =>
      all({ constructor: sum(), ['__proto__']: max(), toString: min() }) as unknown as Reducer<unknown, unknown>,
    values: fc
      .record({ constructor: fc.integer(), own: fc.integer(), toString: fc.integer() })
      .map(({ own, ...others }) => ({ ...others, ['__proto__']: own })),
    naive: (values) => {
      const of = (key: string): number[] => values.map((value) => value[key]!)
      return {
        constructor: of('constructor').reduce(add, 0),
        ['__proto__']: values.length === 0 ? undefined : Math.max(...of('__proto__')),
        toString: values.length === 0 ? undefined : Math.min(...of('toString')),
      }
    },
  }),
  lawful<[string, number][] | Map<string, number>>({
    name: 'groupBy of entries',
    make: () => groupBy(topK<number>(2)) as Reducer<unknown, unknown>,
    values: fc.oneof(
      fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(9))),
      fc.array(fc.tuple(fc.constantFrom('a', 'd'), fc.nat(9))).map((entries) => new Map(entries)),
    ),
    naive: (values) =>
      mapValues(groupsOf(values.flatMap((value) => [...value])), (group) => group.sort((a, b) => b - a).slice(0, 2)),
  }),
  lawful<Row | Row[]>({
    name: 'groupBy of records, by the name of a field',
    make: () =>
      groupBy<Row, 'host', unknown>('host', all({ ms: sum(), host: countByKey<string>() })) as Reducer<
        unknown,
        unknown
      >,
    values: oneOrMore,
    naive: (values) =>
      mapValues(groupsOf(values.flat().map((row) => [row.host, row] as const)), (group) => ({
        ms: group.map(({ ms }) => ms).reduce(add, 0),
        host: new Map([[group[0]!.host, group.length]]),
      })),
  }),
  lawful<Row | Row[]>({
    name: 'groupBy of records, by a function',
    make: () => groupBy((row: Row) => row.ms % 2 === 0, concat<Row>()) as unknown as Reducer<unknown, unknown>,
    values: oneOrMore,
    naive: (values) => groupsOf(values.flat().map((row) => [row.ms % 2 === 0, row] as const)),
  }),
  lawful<Row | Row[]>({
    name: 'minBy',
    make: () => minBy<Row>('ms') as Reducer<unknown, unknown>,
    values: oneOrMore,
    naive: (values) => {
      const all = values.flat()
      return all.find(({ ms }) => ms === Math.min(...all.map((row) => row.ms)))
    },
  }),
  lawful<Row | Row[]>({
    name: 'maxBy',
    make: () => maxBy((row: Row) => row.ms) as Reducer<unknown, unknown>,
    values: oneOrMore,
    naive: (values) => {
      const all = values.flat()
      return all.find(({ ms }) => ms === Math.max(...all.map((row) => row.ms)))
    },
  }),
]

describe.each(reducers)('$name', promiseLaws)

describe('in lanes', () => {
  promiseSameInLanes(reducers)

  test('every ready-made reducer travels inside of all and of groupBy', async () => {
    await using engine = createEngine({ workers: 2 })
    const numbers = {
      sum: sum(),
      count: count(),
      min: min(),
      max: max(),
      concat: concat<number>(),
      countByKey: countByKey<number>(),
      topK: topK<number>(2, (a, b) => a - b),
      mean: mean(),
      variance: variance({ of: 'population' }),
      histogram: histogram([0, 50, 100]),
      quantiles: quantiles([0.5], { error: 0.1 }),
      distinct: distinct({ error: 0.1 }),
      sumExact: sumExact(),
      first: first<number>(),
      take: take<number>(3),
    }
    const others = {
      sumArrays: sumArrays<Uint8Array>(),
      minBy: minBy<Row>('ms'),
      maxBy: maxBy((row: Row) => row.ms),
      some: some(),
      every: every(),
      any: any<string>(),
      inKiB: { ...sum(), finish: (bytes: number) => bytes / 1024 },
      own: {
        init: () => [0],
        add: ([n]: number[], value: number) => [n! + value],
        merge: (a: number[], b: number[]) => [a[0]! + b[0]!],
      },
    }
    const members = all({ ...numbers, ...others }) as unknown as Reducer<unknown, unknown>
    const run = (on: Engine): PromiseLike<unknown> =>
      on
        .map(
          share(new Uint8Array(40)),
          (_bytes, { index, params: { names } }) => {
            const row = { host: 'h', ms: index % 7 }
            const special = {
              sumArrays: [index],
              minBy: row,
              maxBy: row,
              some: index > 3,
              every: true,
              any: 'x',
              inKiB: 1,
              own: 1,
            }
            const fromNumbers = Object.fromEntries(names.map((name) => [name, index]))
            return { flat: { ...fromNumbers, ...special }, grouped: [[index % 3, { ...fromNumbers, ...special }]] }
          },
          { chunks: fixed({ size: 1 }), params: { names: Object.keys(numbers) } },
        )
        // `as`: the parts are made from names.
        .reduce(all({ flat: members, grouped: groupBy(members) }) as unknown as Reducer<unknown, unknown>)
    const here = await run(sequential())
    expect(fingerprint(await run(engine))).toBe(fingerprint(here))
    expect(here).toMatchObject({ flat: { sum: 780, own: [780 / 19.5], inKiB: 40 / 1024 } })
  })
})

describe('all', () => {
  const chunks = fixed({ size: 1 })

  test('finishes each member, and leaves other keys of the results aside', async () => {
    const run = sequential()
      .map(share('abc'), (bytes) => ({ letter: bytes[0]!, mean: bytes[0]!, other: 'x' }), { chunks })
      .reduce(all({ letter: { ...max(), finish: (letter) => String.fromCharCode(letter!) }, mean: mean() }))
    expect(await run).toEqual({ letter: 'c', mean: 98 })
  })

  test('of no results gives what each member gives for none', async () => {
    const run = sequential()
      .map(share(''), () => ({ a: 1, b: 1 }))
      .reduce(all({ a: sum(), b: mean() }))
    expect(await run).toEqual({ a: 0, b: undefined })
  })

  test('in a fold, the accumulator has those of the members', async () => {
    await using engine = createEngine({ workers: 2 })
    const lists = { init: (): number[] => [], merge: (left: number[], right: number[]) => [...left, ...right] }
    const run = engine.fold(
      share('abcab'),
      (acc, bytes) => {
        acc.n += bytes.length
        for (const byte of bytes) acc.bytes.set(byte, (acc.bytes.get(byte) ?? 0) + 1)
        acc.firsts.push(bytes[0]!)
        return acc
      },
      all({ n: sum(), bytes: countByKey<number>(), firsts: lists }),
      { chunks: fixed({ size: 2 }) },
    )
    const bytes = new Map([97, 98, 99].map((byte) => [byte, byte === 99 ? 1 : 2]))
    expect(await run).toEqual({ n: 5, bytes, firsts: [97, 99, 98] })
  })

  test('has enough if all of its members have, and merges in any order if all do', () => {
    const row = { a: 1, b: true }
    const early = all({ a: first<number>(), b: some() })
    expect(early.enough!(early.init())).toBe(false)
    expect(early.enough!(early.add(early.init(), { ...row, b: false }))).toBe(false)
    expect(early.enough!(early.add(early.init(), row))).toBe(true)
    expect(all({ a: first<number>(), b: count() }).enough).toBeUndefined()
    expect(all({ a: any<number>(), b: { ...count(), order: 'any' } }).order).toBe('any')
    expect(all({ a: any<number>(), b: count() }).order).toBeUndefined()
  })

  test('a run that has enough ends early: no chunk far above is run', async () => {
    const map = (_bytes: unknown, { index }: { index: number }): { hit: number | undefined; is: boolean } => {
      if (index > 500) throw new Error('ran too far')
      return { hit: index === 3 ? index : undefined, is: index > 1 }
    }
    const run = sequential()
      .map(share(new Uint8Array(1000)), map, { chunks })
      .reduce(all({ hit: first<number>(), is: some() }))
    expect(await run).toEqual({ hit: 3, is: true })
  })

  test.each([
    [undefined, 'all: expected an object of reducers, got undefined'],
    [[sum()], 'all: expected an object of reducers, got an array of 1'],
    [{}, 'all: expected an object of reducers, got one without members'],
    [{ n: sum }, 'all.n: expected a reducer, got function sum; if it makes a reducer, call it'],
    [{ n: 1 }, 'all.n: expected a reducer, got 1'],
    [{ n: { init: (): number => 0 } }, 'all.n.merge: expected a function, got undefined'],
    [{ n: { ...sum(), finish: 1 } }, 'all.n.finish: expected a function, got 1'],
    [{ n: { ...sum(), order: 'up' } }, "all.n.order: expected 'index' or 'any', got \"up\""],
  ])('refuses %j', (reducers, message) => {
    expect(() => all(reducers as never)).toThrow(message)
  })

  test('a member whose function cannot travel is named', () => {
    const native = { init: () => 0, add: Math.max, merge: Math.max } as Reducer<number, number>
    const run = () =>
      sequential()
        .map(share('a'), () => ({ deep: { most: 1 } }))
        .reduce(all({ deep: all({ most: native }) }))
    expect(run).toThrow(/all\.most\.add: function max is a bound or native function/)
  })

  test('a member that returns a promise is refused', async () => {
    const later: Reducer<number, unknown> = { init: () => 0, add: async (): Promise<unknown> => 0, merge: (a) => a }
    const run = sequential()
      .map(share('a'), () => ({ later: 1 }))
      .reduce(all({ later }) as unknown as Reducer<unknown, unknown>)
    await expect(run).rejects.toMatchObject({
      code: 'ERR_CHUNK_FAILED',
      message: expect.stringContaining('all.later.add returned a promise'),
    })
  })
})

describe('groupBy', () => {
  test.each([
    [[], 'groupBy: expected a reducer, got undefined'],
    [[sum], 'groupBy: expected a reducer, got function sum; if it makes a reducer, call it'],
    [['host', sum], 'groupBy: expected a reducer, got function sum'],
    [[1, sum()], 'key: expected a function or the name of a field, got 1'],
    [[{ init: () => 0, merge: () => 0 }], 'groupBy.add: expected a function, got undefined'],
    [['host', sum(), 1], 'groupBy: takes at most 2 arguments, got 3'],
  ])('refuses %j', (args, message) => {
    expect(() => (groupBy as (...args: unknown[]) => unknown)(...args)).toThrow(message)
  })

  test('in a fold, the accumulator is the Map', async () => {
    const run = sequential().fold(
      share('abca'),
      (groups, bytes) => {
        for (const byte of bytes) groups.set(byte, (groups.get(byte) ?? 0) + 1)
        return groups
      },
      groupBy<number, number, number>(sum()),
      { chunks: fixed({ size: 1 }) },
    )
    expect([...(await run)]).toEqual([
      [97, 2],
      [98, 1],
      [99, 1],
    ])
  })
})

describe('minBy and maxBy', () => {
  const best = (reducer: Reducer<unknown, unknown>, values: unknown[]): unknown =>
    reducer.finish!(values.reduce(reducer.add, reducer.init()))
  const by = (maker: typeof minBy): Reducer<unknown, unknown> => maker<{ k: number }>('k') as Reducer<unknown, unknown>

  test('of equal keys the first; NaN only if there is nothing else', () => {
    const values = [
      { k: NaN, id: 0 },
      [
        { k: 2, id: 1 },
        { k: 1, id: 2 },
      ],
      { k: 2, id: 3 },
      { k: 1, id: 4 },
    ]
    expect(best(by(maxBy), values)).toEqual({ k: 2, id: 1 })
    expect(best(by(minBy), values)).toEqual({ k: 1, id: 2 })
    expect(
      best(by(minBy), [
        { k: NaN, id: 1 },
        { k: NaN, id: 2 },
      ]),
    ).toEqual({ k: NaN, id: 1 })
    expect(best(by(minBy), [])).toBeUndefined()
  })

  test('numbers, bigints and dates among each other, or text', () => {
    expect(best(by(maxBy), [{ k: 1 }, { k: 2n }, { k: new Date(3) }])).toEqual({ k: new Date(3) })
    expect(best(by(minBy), [{ k: 'b' }, { k: 'a' }])).toEqual({ k: 'a' })
    expect(() => best(by(minBy), [{ k: 'b' }, { k: 1 }])).toThrow(
      'keys that are all text or all numbers, got 1, after "b"',
    )
  })
})
