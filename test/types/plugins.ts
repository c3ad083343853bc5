// Plugins and module functions, typed end to end. Compiled, never run.

import {
  concat,
  countByKey,
  definePlugin,
  fixed,
  type MapRun,
  moduleFunction,
  type Plugin,
  type Run,
  sequential,
  share,
  sum,
} from '@onecopy/core'
import { loadPlugin, map, run } from '@onecopy/node'
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
