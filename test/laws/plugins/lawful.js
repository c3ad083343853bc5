// The same plugins without their mistakes.

import { concat, definePlugin, lines, overlapping, records, sum } from '@onecopy/core'
import { add, countStarts, lineNumbers, longest, sumOfLines } from './parts.js'

export const meanOfAll = definePlugin(import.meta.url, {
  name: 'mean-of-all',
  map: (bytes) => ({ sum: bytes.reduce((a, b) => a + b, 0), n: bytes.length }),
  reduce: {
    init: () => ({ sum: 0, n: 0 }),
    add: (acc, /** @type {{ sum: number, n: number }} */ value) => ({ sum: acc.sum + value.sum, n: acc.n + value.n }),
    merge: (left, right) => ({ sum: left.sum + right.sum, n: left.n + right.n }),
    finish: ({ sum, n }) => sum / n,
  },
})

export const concatInOrder = definePlugin(import.meta.url, {
  name: 'concat-in-order',
  chunks: lines(),
  map: lineNumbers,
  reduce: concat(),
})

export const sortedInAnyOrder = definePlugin(import.meta.url, {
  name: 'sorted-in-any-order',
  chunks: lines(),
  map: lineNumbers,
  reduce: { ...concat(), order: 'any', finish: (/** @type {number[]} */ all) => all.sort((a, b) => a - b) },
})

export const copies = definePlugin(import.meta.url, {
  name: 'copies',
  map: (bytes) => [bytes.length, bytes.filter((byte) => byte === 97).length],
  reduce: {
    init: () => /** @type {number[]} */ ([]),
    add: (acc, /** @type {number[]} */ value) => (acc.length === 0 ? value.slice() : add(acc, value)),
    merge: (left, right) => (left.length === 0 ? right : right.length === 0 ? left : add(left, right)),
  },
})

export const hasItsOwnIdentity = definePlugin(import.meta.url, {
  name: 'has-its-own-identity',
  map: (bytes) => bytes.length,
  reduce: {
    init: () => ({ total: 0 }),
    add(acc, /** @type {number} */ value) {
      acc.total += value
      return acc
    },
    merge(left, right) {
      left.total += right.total
      return left
    },
  },
})

/** @param {{ least: number, n: number }} left @param {{ least: number, n: number }} right */
const leastOf = (left, right) => ({ least: Math.min(left.least, right.least), n: left.n + right.n })

export const leastOfAll = definePlugin(import.meta.url, {
  name: 'least-of-all',
  map: (bytes) => ({ least: bytes.reduce((a, b) => Math.min(a, b)), n: bytes.length }),
  reduce: { init: () => ({ least: Number.POSITIVE_INFINITY, n: 0 }), add: leastOf, merge: leastOf },
})

/** 256 is lost in it, as it has to be. */
export const checksum = definePlugin(import.meta.url, {
  name: 'checksum',
  map: (bytes) => 128 * bytes.length,
  reduce: {
    init: () => 0,
    add: (acc, /** @type {number} */ value) => (acc + value) & 255,
    merge: (left, right) => (left + right) & 255,
  },
})

/** Results below 97 are lost in `add`, as they have to be, and not in `merge`. */
export const sumOfLarge = definePlugin(import.meta.url, {
  name: 'sum-of-large',
  chunks: records({ length: 1 }),
  map: (bytes) => bytes.reduce((sum, byte) => (byte < 97 ? sum : sum + byte), 0) || 1,
  reduce: {
    init: () => 0,
    add: (acc, /** @type {number} */ value) => (value < 97 ? acc : acc + value),
    merge: (left, right) => left + right,
  },
})

export const countsBordersOnce = definePlugin(import.meta.url, {
  name: 'counts-borders-once',
  params: { pattern: 'ab' },
  chunks: ({ pattern }) => overlapping({ overlap: pattern.length }),
  map: (bytes, { params, start, end }) => countStarts(bytes, params.pattern, end - start),
  reduce: sum(),
})

export const sortsCopy = definePlugin(import.meta.url, {
  name: 'sorts-copy',
  map: (bytes) => bytes.slice().sort().at(-1) ?? 0,
  reduce: longest,
})

export const keepsRecords = definePlugin(import.meta.url, {
  name: 'keeps-records',
  chunks: lines(),
  map: sumOfLines,
  reduce: sum(),
})

export const countsPairs = definePlugin(import.meta.url, {
  name: 'counts-pairs',
  chunks: records({ length: 2, header: 3 }),
  map: async (bytes) => {
    if (bytes.length % 2 === 1) throw new RangeError('half a record')
    return bytes.length / 2
  },
  reduce: sum(),
})

/** Its chunks land in a buffer of its own. */
export const landsElsewhere = definePlugin(import.meta.url, {
  name: 'lands-elsewhere',
  setup: () => new Map(),
  buffer: (state, byteLength) => {
    state.set('bytes', new Uint8Array(byteLength))
    return state.get('bytes')
  },
  map: (bytes) => bytes,
  reduce: concat(),
})

/** A bare function, and no identity. */
export const joined = definePlugin(import.meta.url, {
  name: 'joined',
  map: (bytes) => String.fromCharCode(...bytes),
  reduce: (left, right) => left + right,
})
