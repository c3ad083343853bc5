// Plugins for tests of clusters. Their answers show in which order parts were merged, and how often each chunk was counted.

import { concat, definePlugin, first, fixed, lines, sum } from '@onecopy/core'

const size = 4096

/** A sum that rounds at each step, of numbers of very different size: another order of merging gives other last bits. */
export const floatSum = definePlugin(import.meta.url, {
  name: 'float-sum',
  params: { ms: 0 },
  chunks: fixed({ size }),
  async map(bytes, { index, params }) {
    if (params.ms > 0) await new Promise((done) => setTimeout(done, params.ms))
    let total = 0
    for (const byte of bytes) total += byte * 0.1
    return index % 3 === 0 ? total * 1e10 : total / 7
  },
  reduce: sum(),
})

/** The lines' chunks, in order. */
export const order = definePlugin(import.meta.url, {
  name: 'order',
  chunks: lines({ size }),
  map: (bytes, { index, start, end }) => [`${index}:${start}-${end}:${bytes[0]}`],
  reduce: concat(),
})

/** Parts of any size. */
export const large = definePlugin(import.meta.url, {
  name: 'large',
  params: { bytes: 20_000, ms: 0 },
  chunks: fixed({ size }),
  async map(_, { index, params }) {
    if (params.ms > 0) await new Promise((done) => setTimeout(done, params.ms))
    return new Uint8Array(params.bytes).fill(index + 1)
  },
})

/** Folds, so that spans begin and end at multiples of a block. */
export const folding = definePlugin(import.meta.url, {
  name: 'folding',
  chunks: fixed({ size: 64 }),
  fold: (counts, bytes) => {
    for (const byte of bytes) counts[byte]++
    return counts
  },
  reduce: {
    init: () => new Array(256).fill(0),
    merge: (left, right) => left.map((count, byte) => count + right[byte]),
  },
})

/** Chunk `at` throws, ends its process, or ends its thread. */
export const poison = definePlugin(import.meta.url, {
  name: 'poison',
  params: { how: 'throw', at: 5, ms: 0 },
  chunks: fixed({ size }),
  async map(bytes, { index, params: { how, at, ms } }) {
    if (ms > 0) await new Promise((done) => setTimeout(done, ms))
    if (index >= at && how === 'throw') throw new RangeError(`chunk ${index} is bad`)
    if (index === at && how === 'kill') process.kill(process.pid, 'SIGKILL')
    return bytes.length
  },
  reduce: sum(),
})

/** Draws random numbers, and skips and counts some of the records. */
export const drawn = definePlugin(import.meta.url, {
  name: 'drawn',
  chunks: fixed({ size }),
  map(_, { index, start, random, skip, count }) {
    if (index % 5 === 4) throw new Error(`chunk ${index} is broken`)
    if (index % 7 === 3) skip(start, start + 1, 'seven')
    count('chunks')
    return [random()]
  },
  reduce: concat(),
})

/** Ends early: its answer is chunk `at`. */
export const search = definePlugin(import.meta.url, {
  name: 'search',
  // `bad`: the chunks from this one on throw.
  params: { at: 0, ms: 0, bad: 1e9 },
  chunks: fixed({ size }),
  async map(_, { index, params: { at, ms, bad } }) {
    if (ms > 0) await new Promise((done) => setTimeout(done, ms))
    if (index >= bad) throw new RangeError(`chunk ${index} is bad`)
    return index === at ? index : undefined
  },
  reduce: /** @type {import('@onecopy/core').Reducer<number | undefined, number | undefined>} */ (first()),
})

/** The same as a fold over many small chunks. If it did not end early, they would be folded in blocks. */
export const searchFold = definePlugin(import.meta.url, {
  name: 'search-fold',
  params: { at: 0, bad: 1e9 },
  chunks: fixed({ size: 128 }),
  fold(acc, _, { index, params: { at, bad } }) {
    if (index >= bad) throw new RangeError(`chunk ${index} is bad`)
    return acc ?? (index === at ? index : null)
  },
  reduce: {
    init: () => /** @type {number | null} */ (null),
    merge: (left, right) => left ?? right,
    enough: (acc) => acc !== null,
  },
})
