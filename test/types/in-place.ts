// Runs that are written in place. Compiled, never run: each promise has a line that must compile and one that must not.

import { alloc, definePlugin, type MapRun, type Run, type SharedMemory, sequential, share, sum } from '@onecopy/core'
import { createEngine, createFile, type OutputFile } from '@onecopy/node'
import { type Equal, expectType } from './equal.js'

const engine = sequential()
const data = share(new Float32Array(8))
const into = alloc(Uint8Array, 2)

// The run gives the output that it was given.
const written = engine.map(data, (part, { out }) => out.fill(part[0]!), { into })
expectType<Equal<typeof written, Run<SharedMemory<Uint8Array>>>>(true)
const scaled = engine.map(data, (part, { out, params }) => out.fill(part[0]! * params), { into, params: 2 })
expectType<Equal<typeof scaled, Run<SharedMemory<Uint8Array>>>>(true)
const filed = engine.map(data, (part, { out }) => out.fill(BigInt(part.length)), {
  into: createFile('a', BigInt64Array, 8),
})
expectType<Equal<typeof filed, Run<OutputFile<BigInt64Array>>>>(true)
// @ts-expect-error: the output holds numbers
engine.map(data, (_, { out }) => out.fill(1n), { into })
// @ts-expect-error: there is no list to reduce
engine.map(data, () => 1, { into }).reduce(sum())
// @ts-expect-error: without into there is no window
engine.map(data, (_, { out }) => out.fill(1))
// @ts-expect-error: ordinary memory is no output
engine.map(data, () => {}, { into: new Uint8Array(2) })

// A plugin says what it writes.
const halves = definePlugin(import.meta.url, {
  name: 'halves',
  params: { by: 2 },
  into: ({ by }) => ({ elements: Float64Array, times: by }),
  map: (bytes, { out, params }) => out.fill(bytes[0]! / params.by),
})
const own = engine.run(share('text'), halves)
expectType<Equal<typeof own, Run<SharedMemory<Float64Array>>>>(true)
const given = createEngine().run(share('text'), halves, { into: createFile('b', Float64Array, 8), params: { by: 2 } })
expectType<Equal<typeof given, Run<OutputFile<Float64Array>>>>(true)
// @ts-expect-error: the plugin writes doubles
engine.run(share('text'), halves, { into })
const counted = definePlugin(import.meta.url, {
  name: 'counted',
  into: { elements: Uint8Array },
  map: (bytes, { out }) => out.fill(bytes[0]!).length,
  reduce: sum(),
})
expectType<Equal<ReturnType<typeof runCounted>, Run<number>>>(true)
export function runCounted() {
  return engine.run(share('text'), counted)
}
const listed = engine.map(
  share('text'),
  definePlugin(import.meta.url, { name: 'listed', map: (bytes) => bytes.length }),
)
expectType<Equal<typeof listed, MapRun<number>>>(true)
