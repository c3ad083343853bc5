// Runs with a first pass. Compiled, never run: each promise has a line that must compile and one that must not.

import { alloc, type Chunk, concat, countByKey, definePlugin, type MapRun, sequential, share, sum } from '@onecopy/core'
import { type Equal, expectType } from './equal.js'

const engine = sequential()
const data = share('text')

// chunk.prefix is what the reducer of the first pass gives.
const lengths = engine.map(data, (_, { prefix }) => prefix, {
  prefix: { map: (bytes) => bytes.length, reduce: sum() },
})
expectType<Equal<typeof lengths, MapRun<number>>>(true)
const texts = engine.map(data, (_, { prefix, params }) => prefix + params, {
  params: 'a',
  prefix: {
    map: (bytes, { params }) => params.length + bytes.length,
    reduce: { ...sum(), finish: (acc: number) => `${acc}` },
  },
})
expectType<Equal<typeof texts, MapRun<string>>>(true)
const counts = engine.map(data, (_, { prefix }) => prefix.get('a'), {
  prefix: { map: () => new Map([['a', 1]]), reduce: countByKey<string>() },
})
expectType<Equal<typeof counts, MapRun<number | undefined>>>(true)
engine.map(data, (_, { out, prefix }) => out.fill(prefix), {
  into: alloc(Float64Array, 4),
  prefix: { map: (bytes) => bytes.length, reduce: sum() },
})
engine.fold(data, (list, _, { prefix }) => [...list, prefix], concat<number>(), {
  prefix: { map: (bytes) => bytes.length, reduce: sum() },
})
// @ts-expect-error: without a first pass there is nothing before
engine.map(data, (_, { prefix }) => prefix.toFixed())
// @ts-expect-error: a text is no number to add up
engine.map(data, () => 1, { prefix: { map: () => 'text', reduce: sum() } })

const plugin = definePlugin(import.meta.url, {
  name: 'scan',
  params: { by: 2 },
  setup: ({ by }) => by,
  prefix: { map: (bytes, { state, params }) => bytes.length * state * params.by, reduce: sum() },
  map: (_, chunk) => {
    expectType<Equal<typeof chunk, Chunk<{ by: number }, Uint8Array, number, undefined, number>>>(true)
    return chunk.prefix
  },
  reduce: sum(),
})
export const scanned: PromiseLike<number> = engine.run(data, plugin)
