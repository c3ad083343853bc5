// What reducers of reducers are inferred to be. Compiled, never run.

import {
  all,
  count,
  countByKey,
  definePlugin,
  distinct,
  fold,
  groupBy,
  type Histogram,
  histogram,
  map,
  max,
  maxBy,
  mean,
  minBy,
  quantiles,
  type Run,
  share,
  sum,
  sumExact,
  topK,
  variance,
} from '@onecopy/node'
import { type Equal, expectType } from './equal.js'

const data = share('text')
const parsed = map(data, () => ({ urls: ['/'], perMinute: new Map([[1, 2]]), times: [0.5], n: null }))

// Each member's types come from its part of the chunk function's result.
const report = parsed.reduce(
  all({ urls: topK(10), perMinute: countByKey(), times: quantiles([0.5, 0.99]), n: count() }),
)
expectType<
  Equal<
    Awaited<typeof report>,
    { urls: string[]; perMinute: Map<number, number>; times: [number, number] | undefined; n: number }
  >
>(true)
// @ts-expect-error: texts do not add up
parsed.reduce(all({ urls: sum(), perMinute: countByKey(), times: mean(), n: count() }))
// @ts-expect-error: the chunk function gives no such part
parsed.reduce(all({ hosts: topK<string>(3) }))
// @ts-expect-error: sum is no reducer, sum() is
all({ n: sum })

// Without a run, from the reducers alone.
const alone = all({ best: topK<string>(1), widest: all({ width: max() }) })
const ran = map(data, () => ({ best: 'a', widest: { width: 1 } })).reduce(alone)
expectType<Equal<Awaited<typeof ran>, { best: string[]; widest: { width: number | undefined } }>>(true)

// Reducers of the user's own.
const own = map(data, () => ({ total: 1 })).reduce(
  all({
    total: {
      init: () => ({ n: 0 }),
      add: (acc: { n: number }, value: number) => ({ n: acc.n + value }),
      merge: (left: { n: number }, right: { n: number }) => ({ n: left.n + right.n }),
      finish: (acc: { n: number }) => String(acc.n),
    },
  }),
)
expectType<Equal<Awaited<typeof own>, { total: string }>>(true)

// In plugins and in folds.
export const plugin = definePlugin(import.meta.url, {
  name: 'report',
  map: () => ({ length: 1, key: 'a' }),
  reduce: all({ length: sum(), key: distinct() }),
})
expectType<Equal<NonNullable<(typeof plugin)['~types']>['out'], { length: number; key: number }>>(true)
const folded = fold(
  data,
  (acc, bytes) => {
    acc.n += bytes.length
    acc.bytes.set(bytes[0]!, 1)
    return acc
  },
  all({ n: sum(), bytes: countByKey<number>() }),
)
expectType<Equal<typeof folded, Run<{ n: number; bytes: Map<number, number> }>>>(true)
const lists = { init: (): string[] => [], merge: (left: string[], right: string[]) => [...left, ...right] }
const onlyFolds = fold(data, (acc) => acc, all({ lists, n: sum() }))
expectType<Equal<typeof onlyFolds, Run<{ lists: string[]; n: number }>>>(true)
// @ts-expect-error: what has no add is for folds
map(data, () => ({ lists: ['a'] })).reduce(all({ lists }))

// Entries.
const entries = map(data, () => [['a', 1]] as [string, number][]).reduce(groupBy(mean()))
expectType<Equal<Awaited<typeof entries>, Map<string, number | undefined>>>(true)
const fromMap = map(data, () => new Map([[1, ['a']]])).reduce(groupBy(topK(3)))
expectType<Equal<Awaited<typeof fromMap>, Map<number, string[]>>>(true)
// @ts-expect-error: texts have no mean
map(data, () => [['a', 'b']] as [string, string][]).reduce(groupBy(mean()))

// Records.
const records = map(data, () => [{ host: 'a', ms: 1 }])
const byHost = records.reduce(groupBy((record) => record.host, all({ ms: variance() })))
expectType<Equal<Awaited<typeof byHost>, Map<string, { ms: number | undefined }>>>(true)
const byField = records.reduce(groupBy('host', all({ ms: sumExact() })))
expectType<Equal<Awaited<typeof byField>, Map<string, { ms: number }>>>(true)
const slowest = records.reduce(maxBy('ms'))
expectType<Equal<Awaited<typeof slowest>, { host: string; ms: number } | undefined>>(true)
const nearest = records.reduce(minBy((record) => Math.abs(record.ms - 5)))
expectType<Equal<Awaited<typeof nearest>, { host: string; ms: number } | undefined>>(true)
const slowestByHost = records.reduce(groupBy('host', maxBy('ms')))
expectType<Equal<Awaited<typeof slowestByHost>, Map<string, { host: string; ms: number } | undefined>>>(true)
// @ts-expect-error: there is no such field
records.reduce(minBy('seconds'))

// Statistics take a number or a list of numbers.
const bytes = map(data, (part) => part)
const bins = bytes.reduce(histogram([0, 10]))
expectType<Equal<typeof bins, Run<Histogram>>>(true)
const usual = bytes.reduce(quantiles())
expectType<Equal<Awaited<typeof usual>, [number, number, number] | undefined>>(true)
export const numbers: PromiseLike<number | undefined>[] = [
  bytes.reduce(mean()),
  map(data, () => 1).reduce(sumExact()),
  map(data, () => [1, 2]).reduce(variance()),
  map(data, () => Float32Array.of(1)).reduce(sumExact()),
]
// @ts-expect-error: bigints are no numbers
map(data, () => BigInt64Array.of(1n)).reduce(sumExact())
// @ts-expect-error: nor is text
map(data, () => 'text').reduce(mean())
