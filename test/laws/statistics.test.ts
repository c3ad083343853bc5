// Statistics, and reducers made of reducers, keep the laws.

import {
  all,
  countByKey,
  definePlugin,
  distinct,
  fixed,
  groupBy,
  histogram,
  lines,
  maxBy,
  mean,
  minBy,
  quantiles,
  type Reducer,
  sum,
  sumExact,
  variance,
} from '@onecopy/core'
import { checkPlugin } from '@onecopy/core/testing'
import { expect, test } from 'vitest'

const here = import.meta.url
const numbers = Float64Array.from({ length: 120 }, (_, i) => Math.sin(i) * 10 ** (i % 7))
const log = 'a 5\nb 30\na 7\nc 1\nb 2\n__proto__ 3\na 7\n'

/** The host and the time in each line. */
function rowsOf(bytes: Readonly<Uint8Array>): { host: string; ms: number }[] {
  const text = new TextDecoder().decode(bytes)
  return Array.from(text.matchAll(/(\S+) (\d+)/g), ([, host, ms]) => ({ host: host!, ms: Number(ms) }))
}

test.each<[string, () => Reducer<unknown, unknown>]>([
  ['mean', mean as () => Reducer<unknown, unknown>],
  ['variance', variance as () => Reducer<unknown, unknown>],
  ['histogram', () => histogram([-10, 0, 10]) as Reducer<unknown, unknown>],
  ['quantiles', () => quantiles([0, 0.5, 1]) as Reducer<unknown, unknown>],
  ['distinct', () => distinct({ error: 0.2 }) as Reducer<unknown, unknown>],
  ['sumExact', sumExact as () => Reducer<unknown, unknown>],
])('%s of floats', async (name, make) => {
  await checkPlugin(
    definePlugin(here, {
      name,
      chunks: fixed({ size: 16 }),
      map: (part: Readonly<Float64Array>): unknown => part,
      reduce: make(),
    }),
    { data: numbers },
  )
})

test('all of them in one pass', () =>
  checkPlugin(
    definePlugin(here, {
      name: 'report',
      chunks: lines(),
      map: (bytes) => {
        const rows = rowsOf(bytes)
        const times = rows.map(({ ms }) => ms)
        return { hosts: rows.map(({ host }) => host), times, total: times, slowest: rows }
      },
      reduce: all({ hosts: countByKey<string>(), times: quantiles(), total: sumExact(), slowest: maxBy('ms') }),
    }),
    { data: log },
  ))

test('groups of records and of entries', async () => {
  const byHost = groupBy('host', all({ ms: all({ total: sum() }), host: distinct({ error: 0.26 }) }))
  await checkPlugin(
    definePlugin(here, {
      name: 'records',
      chunks: lines(),
      map: (bytes) => rowsOf(bytes).map(({ host, ms }) => ({ host, ms: { total: ms } })),
      reduce: byHost,
    }),
    { data: log },
  )
  await checkPlugin(
    definePlugin(here, {
      name: 'entries',
      chunks: lines(),
      map: (bytes) => rowsOf(bytes).map((row) => [row.host, row] as [string, typeof row]),
      reduce: groupBy(minBy('ms')),
    }),
    { data: log },
  )
})

test('a fold into all, with the reducers’ own add', () => {
  const reduce = all({ hosts: countByKey<string>(), times: quantiles(), mean: mean() })
  return checkPlugin(
    definePlugin(here, {
      name: 'folded',
      chunks: lines(),
      fold: (acc, bytes) => {
        for (const { host, ms } of rowsOf(bytes)) reduce.add(acc, { hosts: host, times: ms, mean: ms })
        return acc
      },
      reduce,
    }),
    { data: log },
  )
})

test('a mean of means is found out inside of all, too', async () => {
  const wrong: Reducer<number, number> = {
    init: () => 0,
    add: (acc, value) => (acc + value) / 2,
    merge: (a, b) => (a + b) / 2,
  }
  const plugin = definePlugin(here, {
    name: 'wrong',
    map: (bytes) => ({ mean: bytes[0] ?? 0 }),
    reduce: all({ mean: wrong }),
  })
  await expect(checkPlugin(plugin)).rejects.toThrow(/✗/)
})
