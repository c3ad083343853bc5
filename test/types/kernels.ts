// The kernels, typed end to end. Compiled, never run.

import { definePlugin, type MapRun, type Run, sequential, share } from '@onecopy/core'
import {
  byteHistogram,
  type ChunkMatches,
  countByte,
  countLines,
  countWords,
  findBytes,
  type GroupRow,
  type Groups,
  type GroupTable,
  groupBy,
  type Matches,
  type MinMax,
  minMax,
  minMaxBigInts,
  sumBigInts,
  sumNumbers,
} from '@onecopy/kernels'
import { file } from '@onecopy/node'
import { type Equal, expectType } from './equal.js'

const engine = sequential()
const data = share('text')

// Each gives what it says, of a file as of memory.
const lines = engine.run(file('path'), countLines)
expectType<Equal<typeof lines, Run<number>>>(true)
const words = engine.run(data, countWords, { params: { simd: false } })
expectType<Equal<typeof words, Run<number>>>(true)
const bytes = engine.run(data, countByte, { params: { byte: 0 } })
expectType<Equal<typeof bytes, Run<number>>>(true)
const histogram = engine.run(data, byteHistogram)
expectType<Equal<typeof histogram, Run<Float64Array>>>(true)
const matches = engine.run(data, findBytes, { params: { pattern: 'a', limit: 1 } })
expectType<Equal<typeof matches, Run<Matches>>>(true)
const parts = engine.map(data, findBytes, { params: { pattern: Uint8Array.of(1) } })
expectType<Equal<typeof parts, MapRun<ChunkMatches>>>(true)

// Numbers of every kind, each as itself.
const sums = [
  engine.run(file('path'), sumNumbers),
  engine.run(share(new Int8Array(1)), sumNumbers),
  engine.run(share(new Uint8Array(1)), sumNumbers),
  engine.run(share(new Uint8ClampedArray(1)), sumNumbers),
  engine.run(share(new Int16Array(1)), sumNumbers),
  engine.run(share(new Uint16Array(1)), sumNumbers),
  engine.run(share(new Int32Array(1)), sumNumbers),
  engine.run(share(new Uint32Array(1)), sumNumbers),
  engine.run(share(new Float32Array(1)), sumNumbers),
  engine.run(share(new Float64Array(1)), sumNumbers),
]
expectType<Equal<typeof sums, Run<number>[]>>(true)
const range = engine.run(share(new Float64Array(1)), minMax, { params: { simd: true } })
expectType<Equal<typeof range, Run<MinMax | undefined>>>(true)

// Bigints have plugins of their own.
const bigSums = [
  engine.run(share(new BigInt64Array(1)), sumBigInts),
  engine.run(share(new BigUint64Array(1)), sumBigInts),
]
expectType<Equal<typeof bigSums, Run<bigint>[]>>(true)
const bigRange = engine.run(share(new BigInt64Array(1)), minMaxBigInts)
expectType<Equal<typeof bigRange, Run<MinMax<bigint> | undefined>>>(true)
// @ts-expect-error: these are bigints
engine.run(share(new BigInt64Array(1)), sumNumbers)
// @ts-expect-error: these are numbers
engine.run(share(new Float64Array(1)), sumBigInts)
// @ts-expect-error: these are floats, and no bytes
engine.run(share(new Float64Array(1)), countLines)

// Parameters are checked.
// @ts-expect-error: there is no such parameter
engine.run(data, countByte, { params: { bite: 0 } })
// @ts-expect-error: it is a number
engine.run(data, countByte, { params: { byte: 'a' } })
const many = engine.run(data, findBytes, { params: { patterns: ['a', Uint8Array.of(1)], limit: 0 } })
expectType<Equal<typeof many, Run<Matches>>>(true)
// @ts-expect-error: numbers are no patterns
engine.run(data, findBytes, { params: { patterns: [1, 2] } })
// @ts-expect-error: a list is no pattern
engine.run(data, findBytes, { params: { pattern: [1, 2] } })

// A group-by knows its columns.
const prices = groupBy({ columns: { price: { type: 'decimal', digits: 2 }, units: { type: 'integer', field: 3 } } })
expectType<Equal<keyof typeof prices.columns, 'price' | 'units'>>(true)
const table = prices.ofRows(Uint8Array.of(1))
expectType<Equal<typeof table, GroupTable>>(true)
prices.columns.price.add(table, prices.find(table, Uint8Array.of(1), 0, 1), 1)
// @ts-expect-error: there is no such column
prices.columns.prize
const byPrice = definePlugin('file:///by-price.js', {
  name: 'by-price',
  map: (bytes) => prices.ofRows(bytes),
  reduce: prices.reduce,
})
const groups = engine.run(data, byPrice)
expectType<Equal<typeof groups, Run<Groups<'price' | 'units'>>>>(true)
for (const row of await groups) expectType<Equal<typeof row, GroupRow<'price' | 'units'>>>(true)
for (const { key, count, price } of await groups)
  expectType<Equal<[string, number, number], [typeof key, typeof count, typeof price.mean]>>(true)
// Without columns there are keys and counts.
for (const row of groupBy().reduce.finish?.(table) ?? []) expectType<Equal<typeof row, GroupRow<never>>>(true)
// @ts-expect-error: a decimal has digits
groupBy({ columns: { price: { type: 'decimal' } } })
// @ts-expect-error: there is no such type
groupBy({ columns: { price: { type: 'float' } } })
// @ts-expect-error: there is no such option
groupBy({ seperator: ';' })
