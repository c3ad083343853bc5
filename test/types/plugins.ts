// Plugins and module functions, typed end to end. Compiled, never run.

import {
  alloc,
  concat,
  countByKey,
  definePlugin,
  type FoldReducer,
  fixed,
  type MapRun,
  moduleFunction,
  type Plugin,
  type Run,
  sequential,
  share,
  sum,
} from '@onecopy/core'
import { fold, loadPlugin, map, run } from '@onecopy/node'
import { countByte, countByteList } from '../plugins/count-byte.js'
import { type Equal, expectType } from './equal.js'

const { url } = import.meta
const engine = sequential()
const data = share('text')

// A plugin's result, outcome and parameters are those of its parts.
export const typed = definePlugin(url, {
  name: 'typed',
  params: { wanted: 0, label: 'zeros' },
  chunks: (params) => {
    expectType<Equal<typeof params, { wanted: number; label: string }>>(true)
    return fixed({ size: params.wanted + 1 })
  },
  setup: (params) => new Set([params.wanted]),
  map: (bytes, chunk) => {
    expectType<Equal<typeof bytes, Readonly<Uint8Array>>>(true)
    expectType<Equal<typeof chunk.params, { wanted: number; label: string }>>(true)
    expectType<Equal<typeof chunk.state, Set<number>>>(true)
    return bytes.filter((byte) => chunk.state.has(byte)).length
  },
  reduce: { ...sum(), finish: (acc: number) => ({ total: acc }) },
})
// What is loaded by a reference is what the caller says it is.
const loaded = engine.run(data, await loadPlugin<typeof typed>('./typed.js'))
expectType<Equal<typeof loaded, Run<{ total: number }>>>(true)
// @ts-expect-error: no plugin
loadPlugin<string>('./typed.js')
const outcome = engine.run(data, typed)
expectType<Equal<typeof outcome, Run<{ total: number }>>>(true)
const results = engine.map(data, typed)
expectType<Equal<typeof results, MapRun<number>>>(true)

// An async setup gives what its promise gives.
export const asyncState = definePlugin(url, {
  name: 'async-state',
  setup: async () => ({ table: new Uint8Array(256) }),
  map: (_bytes, chunk) => {
    expectType<Equal<typeof chunk.state, { table: Uint8Array<ArrayBuffer> }>>(true)
    return chunk.state.table.length
  },
})

// Without a reducer the outcome is the list of results; with a bare function it is a result.
const list = engine.run(data, asyncState)
expectType<Equal<typeof list, Run<number[]>>>(true)
export const longest = definePlugin(url, {
  name: 'longest',
  map: (bytes) => bytes.length,
  reduce: (left, right) => Math.max(left, right),
})
const longestRun = engine.run(data, longest)
expectType<Equal<typeof longestRun, Run<number>>>(true)

// What a chunk gives is what `map` says, and not all that the reducer would take.
export const firstBytes = definePlugin(url, {
  name: 'first-bytes',
  map: (bytes) => [...bytes.subarray(0, 1)],
  reduce: concat<number>(),
})
const listsOfBytes = engine.map(data, firstBytes)
expectType<Equal<typeof listsOfBytes, MapRun<number[]>>>(true)
const allBytes = engine.run(data, firstBytes)
expectType<Equal<typeof allBytes, Run<number[]>>>(true)
// Where the plugin's type is written down, a ready-made reducer follows from it.
export const counts: Plugin<undefined, Map<string, number>, Map<string, number>> = definePlugin(url, {
  name: 'counts',
  map: (bytes) => new Map([['bytes', bytes.length]]),
  reduce: countByKey(),
})

// A run gives some of the parameters, the others keep their defaults.
engine.run(data, typed, { params: { label: 'ones' } })
engine.map(data, typed, { params: {} })
engine.run(data, typed)
// @ts-expect-error: there is no such parameter
engine.run(data, typed, { params: { wantet: 1 } })
// @ts-expect-error: it is a number
engine.run(data, typed, { params: { wanted: '1' } })
// @ts-expect-error: a function is no plugin
engine.run(data, (bytes: Uint8Array) => bytes.length)

// A plugin for another kind of data.
export const floats = definePlugin(url, {
  name: 'floats',
  map: (part: Readonly<Float64Array>) => part.reduce((a, b) => a + b, 0),
  reduce: sum(),
})
engine.run(share(Float64Array.of(1)), floats)
// @ts-expect-error: it takes floats
engine.run(data, floats)

definePlugin(url, {
  name: 'mismatch',
  map: () => 'text',
  // @ts-expect-error: texts do not add up
  reduce: sum(),
})
// @ts-expect-error: there is no such field
definePlugin(url, { name: 'typo', map: () => 1, reducer: sum() })
// @ts-expect-error: it has no chunk function
definePlugin(url, { name: 'nothing' })

// From a module in JavaScript, typed by its JSDoc.
const counted = run(data, countByte, { params: { wanted: 1 } })
expectType<Equal<typeof counted, Run<number>>>(true)
const countedList = run(data, countByteList)
expectType<Equal<typeof countedList, Run<number[]>>>(true)
const perChunk = map(data, countByte)
expectType<Equal<typeof perChunk, MapRun<number>>>(true)

// A module function has the types of the export that it names.
type Module = typeof import('../plugins/count-byte.js')
const moduleUrl = new URL('../plugins/count-byte.js', url)
const countZeros = moduleFunction<Module, 'countZeros'>(moduleUrl, 'countZeros')
const zeros = engine.map(data, countZeros)
expectType<Equal<typeof zeros, MapRun<number>>>(true)
const countWanted = moduleFunction<Module, 'countWanted'>(moduleUrl, 'countWanted')
const wanted = engine.map(data, countWanted, { params: { wanted: 1 } })
expectType<Equal<typeof wanted, MapRun<number>>>(true)
// Where the module has one function, its name follows from the module.
const only = moduleFunction<{ only: (bytes: Float64Array) => Promise<string> }>(moduleUrl, 'only')
const onlyRun = engine.map(share(Float64Array.of(1)), only)
expectType<Equal<typeof onlyRun, MapRun<string>>>(true)
// @ts-expect-error: it takes floats
engine.map(data, only)
// @ts-expect-error: it wants params
engine.map(data, countWanted)
// @ts-expect-error: the module exports no such function
moduleFunction<Module, 'countOnes'>(moduleUrl, 'countOnes')
// @ts-expect-error: the module exports that, but it is no function
moduleFunction<Module, 'notAFunction'>(moduleUrl, 'notAFunction')

// A plugin that folds: the accumulator is what the reducer begins with.
const countKeys: FoldReducer<Map<string, number>> = countByKey<string>()
export const folding = definePlugin(url, {
  name: 'folding',
  params: { separator: ' ' },
  setup: () => ({ seen: 0 }),
  fold: (acc, bytes, { params, state }) => {
    expectType<Equal<typeof acc, Map<string, number>>>(true)
    expectType<Equal<typeof bytes, Readonly<Uint8Array>>>(true)
    expectType<Equal<typeof state, { seen: number }>>(true)
    return acc.set(params.separator, bytes.length)
  },
  reduce: { ...countKeys, finish: (counts) => counts.size },
})
const sizes = run(data, folding, { params: { separator: ',' } })
expectType<Equal<typeof sizes, Run<number>>>(true)
// @ts-expect-error: there is no such parameter
run(data, folding, { params: { comma: ',' } })
// @ts-expect-error: it returns another accumulator than the reducer merges
definePlugin(url, { name: 'folds-to-another', fold: (acc: number) => String(acc), reduce: sum() })
// @ts-expect-error: a plugin that folds has a reducer
definePlugin(url, { name: 'folds-to-nothing', fold: (acc: number) => acc })
// @ts-expect-error: it has a chunk function or a fold function
definePlugin(url, { name: 'both', map: () => 1, fold: (acc: number) => acc, reduce: sum() })
// @ts-expect-error: a merge function has no beginning
definePlugin(url, { name: 'no-beginning', fold: (acc: number) => acc, reduce: (a: number, b: number) => a + b })

// An inline fold function: the reducer says what the accumulator is, the parameters what the chunk has.
const total = fold(data, (n, bytes) => n + bytes.length, sum())
expectType<Equal<typeof total, Run<number>>>(true)
const shares = engine.fold(data, (n, bytes, { params }) => n + bytes.length * params.factor, sum(), {
  params: { factor: 2 },
})
expectType<Equal<typeof shares, Run<number>>>(true)
const ofFloats = fold(share(Float64Array.of(1)), (n, part) => part.reduce((a, b) => a + b, n), sum())
expectType<Equal<typeof ofFloats, Run<number>>>(true)
const finished = fold(data, (n, bytes) => n + bytes.length, { ...sum(), finish: (n: number) => [n] })
expectType<Equal<typeof finished, Run<number[]>>>(true)
const alsoWritten = fold(data, (n, bytes, { out }) => n + out.length - bytes.length, sum(), {
  into: alloc(Float64Array, 3),
})
expectType<Equal<typeof alsoWritten, Run<number>>>(true)
engine.fold(data, (n, _, { out, params }) => n + out.fill(params).length, sum(), {
  into: alloc(Float64Array, 3),
  params: 2,
})
// @ts-expect-error: without `into` there is no window
fold(data, (n, _, { out }) => n + out.length, sum())
// @ts-expect-error: nothing can be written into text
fold(data, (n: number) => n, sum(), { into: 'text' })
// @ts-expect-error: the reducer begins with a number
fold(data, (text: string, bytes) => text + bytes.length, sum())
// @ts-expect-error: it returns another accumulator than it was given
fold(data, (n) => String(n), sum())
// @ts-expect-error: there is no reducer
fold(data, (n: number) => n)
// @ts-expect-error: a plugin is run
fold(data, folding, sum())
// @ts-expect-error: it takes bytes
fold(data, (n: number, part: Float64Array) => n + part.length, sum())
// @ts-expect-error: a fold is one value, and no list of results
fold(data, (n, bytes) => n + bytes.length, sum()).reduce(sum())
