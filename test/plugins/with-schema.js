// Plugins whose parameters have a schema: of zod, of valibot, of arktype, and one written by hand.

import { definePlugin, fixed } from '@onecopy/core'
import { type } from 'arktype'
import * as v from 'valibot'
import { z } from 'zod'

/**
 * What of the parameters reached the chunker (by the number of chunks), setup and the chunk function.
 *
 * @template P
 * @param {Readonly<Uint8Array>} bytes
 * @param {import('@onecopy/core').Chunk<P, Uint8Array, P>} chunk
 */
function look(bytes, chunk) {
  return { text: String.fromCharCode(...bytes), params: chunk.params, state: chunk.state }
}

export const withZod = definePlugin(import.meta.url, {
  name: 'with-zod',
  params: z.object({ size: z.coerce.number().int().positive().default(5), label: z.string().default('none') }),
  chunks: ({ size }) => fixed({ size }),
  setup: (params) => params,
  map: look,
})

export const withValibot = definePlugin(import.meta.url, {
  name: 'with-valibot',
  params: v.object({
    size: v.optional(v.pipe(v.union([v.number(), v.string()]), v.transform(Number), v.integer()), 5),
    label: v.optional(v.string(), 'none'),
  }),
  chunks: ({ size }) => fixed({ size }),
  setup: (params) => params,
  map: look,
})

export const withArktype = definePlugin(import.meta.url, {
  name: 'with-arktype',
  params: type({ size: type('number | string').pipe(Number).default(5), label: "string = 'none'" }),
  chunks: ({ size }) => fixed({ size }),
  setup: (params) => params,
  map: look,
})

/** Doubles its number: whoever validates twice is seen. @type {import('@onecopy/core').StandardSchema<{ n?: number }, { n: number }>} */
const doubling = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate(value) {
      const { n = 1 } = /** @type {{ n?: number }} */ (value)
      if (typeof n !== 'number') return { issues: [{ message: 'no number', path: [{ key: 'n' }] }] }
      return { value: { n: n * 2 } }
    },
  },
}

export const withDoubling = definePlugin(import.meta.url, {
  name: 'with-doubling',
  params: doubling,
  map: (_bytes, chunk) => chunk.params.n,
})

/** Parameters that have to be given. */
export const withRequired = definePlugin(import.meta.url, {
  name: 'with-required',
  params: z.object({
    needle: z.string().min(1),
    options: z.object({ sizes: z.array(z.number()) }).optional(),
    'odd key': z.number().optional(),
  }),
  map: (_bytes, chunk) => chunk.params.needle,
})
