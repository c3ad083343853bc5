// Ready-made reducers refuse results that they do not take, instead of making text, NaN or a wrong order.

import {
  all,
  concat,
  count,
  countByKey,
  distinct,
  type Engine,
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
  type Run,
  share,
  sum,
  sumArrays,
  sumExact,
  topK,
  variance,
} from '@onecopy/core'
import { expect, test } from 'vitest'

/** What a run rejects with. */
async function failureOf(run: Run<unknown>): Promise<unknown> {
  return await run.then(
    () => undefined,
    (reason: unknown) => reason,
  )
}

// `as`: the types would not let these results pass; plain JavaScript does.
const untyped = (reducer: unknown): Reducer<unknown, unknown> => reducer as Reducer<unknown, unknown>

/** The reducer, the result of each chunk, the result of chunk 2, and what the message says about it. */
const mistakes: readonly (readonly [name: string, reducer: unknown, good: unknown, bad: unknown, said: string])[] = [
  ['sum of text', sum(), 1, '1', 'sum: expected a number from each chunk, got "1"'],
  ['sum of a forgotten return', sum(), 1, undefined, 'got undefined; does the chunk function return it?'],
  ['sum of null', sum(), 1, null, 'got null'],
  ['sum of a list', sum(), 1, [1, 2], 'got an array of 2; add its elements up'],
  ['sum of a bigint', sum(), 1, 1n, 'got 1n; add bigints up with'],
  ['max of a list', max(), 1, [1, 2], 'max: expected a number from each chunk, got an array of 2; take the max'],
  ['max of text', max(), 1, '9', 'max: expected a number'],
  [
    'min of a typed array',
    min(),
    1,
    Uint8Array.of(1),
    'min: expected a number from each chunk, got an object (Uint8Array)',
  ],
  ['min of nothing', min(), 1, undefined, 'got undefined'],
  ['max of a bigint', max(), 1, 5n, 'got 5n'],
  ['sumArrays of a number', sumArrays(), [1], 1, 'sumArrays: expected an array of numbers or a typed array, got 1'],
  ['sumArrays of nothing', sumArrays(), [1], undefined, 'got undefined'],
  ['sumArrays of text in a list', sumArrays(), [1], ['1'], 'a number at index 0 of its array, got "1"'],
  ['sumArrays of a hole', sumArrays(), [1, 2], [1, undefined], 'index 1 of its array, got undefined'],
  ['sumArrays of other lengths', sumArrays(), [1], [1, 2], 'cannot add'],
  ['sumArrays of other kinds', sumArrays(), Uint8Array.of(1), Float64Array.of(1), 'arrays of one kind'],
  ['countByKey of an object', countByKey(), 'a', { a: 1 }, 'Object.entries(counts)'],
  [
    'countByKey of nothing',
    countByKey(),
    'a',
    undefined,
    'countByKey: expected a key, a list of keys or a Map of counts',
  ],
  ['countByKey of null', countByKey(), 'a', null, 'got null'],
  ['countByKey of counts as text', countByKey(), 'a', new Map([['a', '1']]), 'a number as the count of "a", got "1"'],
  ['countByKey of keys that are objects', countByKey(), 'a', [{ key: 'a' }], 'got an object (Object)'],
  ['countByKey of triples', countByKey(), 'a', [['a', 1, 2]], 'got an array of 3'],
  ['topK of objects', topK(2), 1, { score: 1 }, 'use topK(k, compare)'],
  ['topK of nothing', topK(2), 1, undefined, 'topK: expected numbers, or text, got undefined'],
  ['mean of text', mean(), 1, '1', 'mean: expected a number or a list of numbers from each chunk, got "1"'],
  ['mean of nothing', mean(), 1, undefined, 'got undefined; does the chunk function return it?'],
  [
    'variance of text in a list',
    variance(),
    [1],
    [1, '2'],
    'variance: expected a number at index 1 of its list, got "2"',
  ],
  [
    'histogram of bigints',
    histogram([0, 1]),
    [1],
    BigInt64Array.of(1n),
    'histogram: expected a number or a list of numbers',
  ],
  ['quantiles of a Map', quantiles(), 1, new Map(), 'quantiles: expected a number or a list of numbers'],
  ['sumExact of a bigint', sumExact(), 1, 1n, 'got 1n; convert bigints with Number'],
  ['distinct of an object', distinct(), 'a', {}, 'distinct: expected keys: text, numbers, bigints, booleans, or bytes'],
  ['distinct of nothing', distinct(), 'a', undefined, 'got undefined; does the chunk function return it?'],
  ['distinct of null in a list', distinct(), 'a', ['b', null], 'got null'],
  ['minBy of a number', minBy('k' as never), { k: 1 }, 1, 'minBy: expected records with "k", got 1'],
  [
    'maxBy of a missing field',
    maxBy('k' as never),
    { k: 1 },
    {},
    'maxBy: expected numbers, bigints and dates, or text, as keys',
  ],
  ['all of a number', all({ a: sum() }), { a: 1 }, 1, 'all: expected an object with a from each chunk, got 1'],
  ['all of nothing', all({ a: sum() }), { a: 1 }, undefined, 'got undefined; does the chunk function return it?'],
  [
    'all with a part missing',
    all({ a: sum() }),
    { a: 1 },
    { b: 1 },
    'all, a: sum: expected a number from each chunk, got undefined',
  ],
  [
    'all with a wrong part deep inside',
    all({ a: groupBy(all({ b: mean() })) }),
    { a: [['k', { b: 1 }]] },
    { a: [['k', { b: 'x' }]] },
    'all, a: groupBy, key "k": all, b: mean: expected a number or a list of numbers from each chunk, got "x"',
  ],
  ['groupBy of a number', groupBy(sum()), [['a', 1]], 1, 'groupBy: expected entries [key, value] from each chunk'],
  ['groupBy of one entry', groupBy(sum()), [['a', 1]], ['a', 1], 'groupBy: expected entries [key, value]'],
  [
    'groupBy of records without a key',
    groupBy(sum()),
    [['a', 1]],
    [{ a: 1 }],
    'say which field is the key: groupBy(key, reducer)',
  ],
  ['groupBy of keys that are objects', groupBy(sum()), [['a', 1]], [[{}, 1]], 'as the key, got an object (Object)'],
  ['groupBy of a missing field', groupBy('k', count()), { k: 1 }, {}, 'as the key, got undefined'],
  ['topK of text in a list', topK(2), ['a'], ['b', undefined], 'text like the candidates before, got undefined'],
]

export function promiseReducerMistakes(engine: () => Engine): void {
  const data = share(new Uint8Array(6))
  const chunks = fixed({ size: 1 })

  test.each(mistakes)('%s is reported with the chunk', async (_name, reducer, good, bad, said) => {
    const run = engine()
      .map(data, (_bytes, { index, params }) => (index === 2 ? params.bad : params.good), {
        chunks,
        params: { good, bad },
      })
      .reduce(untyped(reducer))
    const isInMerge = said === 'cannot add' || said === 'arrays of one kind'
    expect(await failureOf(run)).toMatchObject({
      code: 'ERR_CHUNK_FAILED',
      message: expect.stringContaining(said),
      // Neither of two arrays that do not fit is the wrong one.
      ...(isInMerge ? {} : { chunk: { index: 2, start: 2, end: 3 } }),
    })
  })

  test('a compare that gives no number is reported', async () => {
    const isLess = (a: number, b: number): boolean => a < b
    const run = engine()
      .map(data, () => [3, 1, 2], { chunks })
      .reduce(untyped(topK(2, isLess as unknown as (a: number, b: number) => number)))
    expect(await failureOf(run)).toMatchObject({
      code: 'ERR_CHUNK_FAILED',
      message: expect.stringContaining('topK: expected compare to return a number'),
    })
  })

  test('countByKey takes lists, sets and typed arrays of keys, and pairs', async () => {
    const counted = async (results: readonly unknown[]): Promise<unknown> =>
      await engine()
        .map(share(new Uint8Array(results.length)), (_bytes, { index, params }) => params[index], {
          chunks,
          params: results,
        })
        .reduce(untyped(countByKey()))
    expect(await counted([['a', 'b', 'a'], [], ['b']])).toEqual(
      new Map([
        ['a', 2],
        ['b', 2],
      ]),
    )
    expect(await counted([new Set([1, 2]), Uint8Array.of(2, 2)])).toEqual(
      new Map([
        [1, 1],
        [2, 3],
      ]),
    )
    expect(await counted([[['a', 2]], new Map([['a', 3]]), 'a', Object.entries({ b: 4 })])).toEqual(
      new Map([
        ['a', 6],
        ['b', 4],
      ]),
    )
  })

  test('count takes anything, and concat takes undefined for a value', async () => {
    const nothing = engine().map(data, () => undefined, { chunks })
    expect(await nothing.reduce(count())).toBe(6)
    expect(
      await engine()
        .map(data, () => undefined, { chunks })
        .reduce(concat()),
    ).toEqual(new Array(6).fill(undefined))
  })

  test('NaN and -0 are numbers like any other', async () => {
    const of = async (values: readonly number[], reducer: unknown): Promise<unknown> =>
      await engine()
        .map(share(new Uint8Array(values.length)), (_bytes, { index, params }) => params[index], {
          chunks,
          params: values,
        })
        .reduce(untyped(reducer))
    expect(await of([1, Number.NaN, 2], sum())).toBeNaN()
    expect(await of([1, Number.NaN, 2], max())).toBeNaN()
    expect(await of([-0, -0], sum())).toBe(0)
    expect(await of([0, -0], min())).toBe(-0)
    expect(await of([-0, 0], max())).toBe(0)
    expect(await of([1, Number.NaN, 2], topK(3))).toEqual([2, 1, Number.NaN])
  })

  test('a ready-made reducer with another order or member keeps its own functions', async () => {
    const map = () => engine().map(data, (bytes) => bytes.length, { chunks })
    expect(await map().reduce({ ...sum(), order: 'any' })).toBe(6)
    expect(await map().reduce({ ...concat<number>(), order: 'any' })).toHaveLength(6)
    expect(await map().reduce({ ...max(), add: (acc: number | undefined, value: number) => (acc ?? 0) + value })).toBe(
      1,
    )
  })
}
