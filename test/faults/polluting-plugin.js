// A plugin whose module puts names on `Object.prototype`: those that the environment gives, in each thread that loads it.

import { countByKey, definePlugin, lines } from '@onecopy/core'

const { names, kind } = JSON.parse(process.env.POLLUTION ?? '{}')

export const lengths = definePlugin(import.meta.url, {
  name: 'lengths',
  params: { least: 1 },
  chunks: lines({ size: 512 }),
  map: (bytes, { params: { least } }) => `k${Math.max(least, bytes.length % 5)}`,
  reduce: countByKey(),
})

/** @type {Record<string, unknown>} */
const values = { number: 50, text: 'x', object: {}, function: () => 7 }
// No prototype: else the descriptor would have the names, too, as soon as they are there.
const descriptor = Object.assign(Object.create(null), {
  value: values[kind],
  writable: true,
  configurable: true,
  enumerable: true,
})
for (const name of names) if (!(name in Object.prototype)) Object.defineProperty(Object.prototype, name, descriptor)
