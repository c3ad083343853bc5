// Parameters with a schema: what a run gives is its input, what the plugin's functions see is its output. Compiled, never run.

import { definePlugin, fixed, type Plugin, type Run, type StandardSchema, sequential, share, sum } from '@onecopy/core'
import { run } from '@onecopy/node'
import { type } from 'arktype'
import * as v from 'valibot'
import { z } from 'zod'
import { withDoubling, withRequired } from '../plugins/with-schema.js'
import { type Equal, expectType } from './equal.js'

const { url } = import.meta
const engine = sequential()
const data = share('text')

// zod: defaults and transforms are seen by each function.
const zodded = definePlugin(url, {
  name: 'zodded',
  params: z.object({ size: z.number().default(4), needle: z.string().transform((text) => text.length) }),
  chunks: (params) => {
    expectType<Equal<typeof params, { size: number; needle: number }>>(true)
    return fixed({ size: params.size })
  },
  setup: (params) => {
    expectType<Equal<typeof params, { size: number; needle: number }>>(true)
    return new Set([params.needle])
  },
  teardown: (state) => expectType<Equal<typeof state, Set<number>>>(true),
  map: (_bytes, chunk) => {
    expectType<Equal<typeof chunk.params, { size: number; needle: number }>>(true)
    expectType<Equal<typeof chunk.state, Set<number>>>(true)
    return chunk.params.needle
  },
  reduce: sum(),
})
const zoddedRun = engine.run(data, zodded, { params: { needle: 'x' } })
expectType<Equal<typeof zoddedRun, Run<number>>>(true)
engine.map(data, zodded, { params: { needle: 'x', size: 8 }, workers: 1 })
run(data, zodded, { params: { needle: 'x' } })
// @ts-expect-error: the needle has to be given
engine.run(data, zodded)
// @ts-expect-error: the needle has to be given
engine.map(data, zodded)
// @ts-expect-error: the needle has to be given, whatever else is
engine.map(data, zodded, { workers: 1 })
// @ts-expect-error: the needle has to be given, whatever else is
engine.map(data, zodded, { params: { size: 8 } })
// @ts-expect-error: a run gives text, the plugin's functions see a number
engine.map(data, zodded, { params: { needle: 1 } })
// @ts-expect-error: there is no such parameter
engine.map(data, zodded, { params: { needle: 'x', sice: 1 } })
// @ts-expect-error: the needle has to be given
run(data, zodded)

// valibot and arktype alike.
const valiboted = definePlugin(url, {
  name: 'valiboted',
  params: v.object({ size: v.optional(v.number(), 4), needle: v.string() }),
  map: (_bytes, chunk) => {
    expectType<Equal<typeof chunk.params, { size: number; needle: string }>>(true)
    return chunk.params.needle
  },
})
const valibotedRun = engine.run(data, valiboted, { params: { needle: 'x' } })
expectType<Equal<typeof valibotedRun, Run<string[]>>>(true)
// @ts-expect-error: the needle has to be given
engine.run(data, valiboted, {})
const arktyped = definePlugin(url, {
  name: 'arktyped',
  params: type({ size: 'number = 4', needle: 'string' }),
  map: (_bytes, chunk) => {
    expectType<Equal<typeof chunk.params, { size: number; needle: string }>>(true)
    return chunk.params.needle
  },
  reduce: (left, right) => left + right,
})
const arktypedRun = engine.run(data, arktyped, { params: { needle: 'x' } })
expectType<Equal<typeof arktypedRun, Run<string>>>(true)
// @ts-expect-error: the needle has to be given
engine.run(data, arktyped)

// With defaults for all of them, parameters may be left out.
const optional = definePlugin(url, {
  name: 'optional',
  params: z.object({ size: z.number().default(4) }),
  map: (_bytes, chunk) => chunk.params.size,
})
engine.run(data, optional)
engine.run(data, optional, {})
engine.run(data, optional, { params: {} })
engine.run(data, optional, { params: { size: 8 } })
// @ts-expect-error: it is a number
engine.run(data, optional, { params: { size: '8' } })

// Parameters that are no object.
const single = definePlugin(url, { name: 'single', params: z.string(), map: (_bytes, chunk) => chunk.params.length })
engine.map(data, single, { params: 'x' })
// @ts-expect-error: it has to be given
engine.map(data, single)
const singleOrNone = definePlugin(url, {
  name: 'single-or-none',
  params: z.string().default('x'),
  map: (_bytes, chunk) => chunk.params.length,
})
engine.map(data, singleOrNone)
engine.map(data, singleOrNone, { params: 'y' })

// A schema written by hand.
declare const byHand: StandardSchema<{ text: string }, { bytes: Uint8Array }>
const handed = definePlugin(url, {
  name: 'handed',
  params: byHand,
  map: (_bytes, chunk) => {
    expectType<Equal<typeof chunk.params, { bytes: Uint8Array }>>(true)
    return 1
  },
})
engine.map(data, handed, { params: { text: 'x' } })
// @ts-expect-error: that is what the schema makes of it
engine.map(data, handed, { params: { bytes: new Uint8Array() } })

// A plugin can be declared with both, as isolated declarations want it.
export const declared: Plugin<{ n: number }, number, number, Uint8Array, { n?: string | undefined } | undefined> =
  definePlugin(url, {
    name: 'declared',
    params: z.object({ n: z.string().default('1').transform(Number) }),
    map: (_bytes, chunk) => chunk.params.n,
    reduce: sum(),
  })
engine.run(data, declared, { params: { n: '2' } })

// From a module in JavaScript, typed by its schema.
run(data, withDoubling)
run(data, withRequired, { params: { needle: 'x' } })
// @ts-expect-error: the needle has to be given
run(data, withRequired)

// A teardown is given what setup's promise gave.
definePlugin(url, {
  name: 'async-state',
  setup: async () => ({ table: new Uint8Array(256) }),
  teardown: async (state) => {
    expectType<Equal<typeof state, { table: Uint8Array<ArrayBuffer> }>>(true)
  },
  map: (_bytes, chunk) => chunk.state.table.length,
})
