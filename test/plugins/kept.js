// Plugins whose parts are kept in a folder, one for each kind of answer. Each writes the number of every chunk that it runs into
// the file `log`, if there is one.

import { appendFileSync, existsSync } from 'node:fs'
import { concat, countByKey, definePlugin, first, fixed, sum, take } from '@onecopy/core'

/** @type {{ chunker: import('@onecopy/core').Chunker, log: string, gate: string, bad: number[], ms: number }} */
const params = { chunker: fixed(), log: '', gate: '', bad: [], ms: 0 }
/** @param {typeof params} params */
const chunks = ({ chunker }) => chunker
const nobodyWakes = new Int32Array(new SharedArrayBuffer(4))

/**
 * Note the chunk, wait for the file `gate` if there is one, and throw if the chunk is a bad one.
 *
 * @param {{ readonly index: number, readonly params: typeof params }} chunk
 */
function begin({ index, params: { log, gate, bad, ms } }) {
  if (log !== '') appendFileSync(log, `${index}\n`)
  if (ms > 0) Atomics.wait(nobodyWakes, 0, 0, ms)
  if (gate !== '' && index > 0) while (!existsSync(gate)) Atomics.wait(nobodyWakes, 0, 0, 1)
  if (bad.includes(index)) throw new RangeError(`chunk ${index} is bad`)
}

/** @param {Readonly<Uint8Array>} bytes */
const weigh = (bytes) => bytes.reduce((value, byte, at) => value + byte * 1.1 ** ((at % 40) - 20), 0)

/** Its bits depend on the order and the grouping of every addition. */
export const keptSum = definePlugin(import.meta.url, {
  name: 'kept-sum',
  params,
  chunks,
  map(bytes, chunk) {
    begin(chunk)
    return weigh(bytes)
  },
  reduce: sum(),
})

export const keptList = definePlugin(import.meta.url, {
  name: 'kept-list',
  params,
  chunks,
  map(bytes, chunk) {
    begin(chunk)
    return { start: chunk.start, end: chunk.end, bytes: bytes.slice() }
  },
})

export const keptText = definePlugin(import.meta.url, {
  name: 'kept-text',
  params,
  chunks,
  map(bytes, chunk) {
    begin(chunk)
    return [`${chunk.index}: ${chunk.start} to ${chunk.end}: ${String.fromCharCode(...bytes)}`]
  },
  reduce: concat(),
})

export const keptAny = definePlugin(import.meta.url, {
  name: 'kept-any',
  params,
  chunks,
  map(bytes, chunk) {
    begin(chunk)
    return bytes.length
  },
  reduce: { ...sum(), order: 'any' },
})

export const keptFold = definePlugin(import.meta.url, {
  name: 'kept-fold',
  params,
  chunks,
  fold(counts, bytes, chunk) {
    begin(chunk)
    for (const byte of bytes) counts.set(byte % 8, (counts.get(byte % 8) ?? 0.1) * 1.1 + 1)
    return counts
  },
  reduce: /** @type {import('@onecopy/core').FoldReducer<Map<number, number>>} */ (countByKey()),
})

export const keptSetup = definePlugin(import.meta.url, {
  name: 'kept-setup',
  params,
  chunks,
  setup: () => 1,
  map(bytes, chunk) {
    begin(chunk)
    return bytes.length + chunk.state
  },
  reduce: sum(),
})

/** Ends early: its answer is the lowest chunk of `at`. */
export const keptFirst = definePlugin(import.meta.url, {
  name: 'kept-first',
  params: { ...params, at: /** @type {number[]} */ ([]) },
  chunks,
  map(_, chunk) {
    begin(chunk)
    return chunk.params.at.includes(chunk.index) ? chunk.index : undefined
  },
  reduce: /** @type {import('@onecopy/core').Reducer<number | undefined, number | undefined>} */ (first()),
})

/** The same as a fold. */
export const keptFirstFold = definePlugin(import.meta.url, {
  name: 'kept-first-fold',
  params: { ...params, at: /** @type {number[]} */ ([]) },
  chunks,
  fold(acc, _, chunk) {
    begin(chunk)
    return acc ?? (chunk.params.at.includes(chunk.index) ? chunk.index : null)
  },
  reduce: {
    init: () => /** @type {number | null} */ (null),
    merge: (left, right) => left ?? right,
    enough: (acc) => acc !== null,
  },
})

/** A fold that may end early, and has enough only when several chunks are put together. */
export const keptTakeFold = definePlugin(import.meta.url, {
  name: 'kept-take-fold',
  params: { ...params, at: /** @type {number[]} */ ([]), n: 1 },
  chunks,
  fold(acc, _, chunk) {
    begin(chunk)
    if (chunk.params.at.includes(chunk.index)) acc.push(chunk.index)
    return acc
  },
  reduce: /** @type {import('@onecopy/core').FoldReducer<number[]>} */ (take(2)),
})
