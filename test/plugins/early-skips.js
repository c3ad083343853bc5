// Plugins that may end early, and skip: records, and chunks that throw. The parameters say what each chunk does.

import { definePlugin, first, fixed, take } from '@onecopy/core'

/** What a chunk does: it throws, or it notes so many records as skipped and gives a value or none. */
/** @typedef {'throws' | { readonly skips: number, readonly gives: boolean }} Deed */

const params = { deeds: /** @type {readonly Deed[]} */ ([]), n: 1 }

/** @typedef {Pick<import('@onecopy/core').Chunk<typeof params>, 'index' | 'start' | 'end' | 'skip' | 'params'>} ChunkOf */

/** Do what the chunk is to do. Returns whether it gives a value. @param {ChunkOf} chunk */
function act({ index, start, end, skip, params: { deeds } }) {
  const deed = deeds[index]
  if (deed === undefined) return false
  if (deed === 'throws') throw new Error('broken')
  for (let i = 0; i < deed.skips; i++) skip(start, end, 'a bad record')
  return deed.gives
}

export const skippingTake = definePlugin(import.meta.url, {
  name: 'skipping-take',
  params,
  chunks: fixed({ size: 2 }),
  map: (_, chunk) => (act(chunk) ? [chunk.index] : []),
  reduce: /** @type {import('@onecopy/core').Reducer<number[], number[]>} */ (take(3)),
})

export const skippingFirst = definePlugin(import.meta.url, {
  name: 'skipping-first',
  params,
  chunks: fixed({ size: 2 }),
  map: (_, chunk) => (act(chunk) ? chunk.index : undefined),
  reduce: /** @type {import('@onecopy/core').Reducer<number | undefined, number | undefined>} */ (first()),
})

export const skippingFold = definePlugin(import.meta.url, {
  name: 'skipping-fold',
  params,
  chunks: fixed({ size: 2 }),
  fold(acc, _, chunk) {
    if (act(chunk)) acc.push(chunk.index)
    return acc
  },
  reduce: /** @type {import('@onecopy/core').FoldReducer<number[]>} */ (take(3)),
})
