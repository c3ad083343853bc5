// Parameters, from the options of a run to the chunk function. Compiled, never run.

import { alloc, type Chunk, type SharedMemory, sequential, share } from '@onecopy/core'
import { type Equal, expectType } from './equal.js'

const engine = sequential()
const data = share('text')

// params are inferred from the options.
engine.map(
  data,
  (_bytes, { params }) => {
    expectType<Equal<typeof params, { factor: number; names: string[] }>>(true)
    return params.factor
  },
  { params: { factor: 2, names: ['a'] } },
)
// @ts-expect-error: there is no such parameter
engine.map(data, (_bytes, { params }) => params.factory, { params: { factor: 2 } })

// Without any there are none.
engine.map(data, (_bytes, { params }) => expectType<Equal<typeof params, undefined>>(true))

// A chunk function that wants params has to be given them.
const scaled = (bytes: Readonly<Uint8Array>, { params }: Chunk<{ factor: number }>): number =>
  bytes.length * params.factor
engine.map(data, scaled, { params: { factor: 2 } })
// @ts-expect-error: it wants params
engine.map(data, scaled)
// @ts-expect-error: it wants a number
engine.map(data, scaled, { params: { factor: '2' } })
// @ts-expect-error: it wants a factor
engine.map(data, scaled, { params: {} })

// Shared data in params is shared data in the lane.
engine.map(
  data,
  (_bytes, { params }) => {
    expectType<Equal<typeof params.counts, SharedMemory<Int32Array>>>(true)
    return Atomics.add(params.counts.view(), 0, 1)
  },
  { params: { counts: alloc(Int32Array, 1) } },
)

// There is no state without a plugin's setup.
engine.map(data, (_bytes, { state }) => expectType<Equal<typeof state, undefined>>(true))
