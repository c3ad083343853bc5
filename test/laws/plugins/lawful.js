// The same plugins without their mistakes.

import { concat, countByKey, definePlugin, eachLine, lines, overlapping, records, sum } from '@onecopy/core'
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

/** Keeps the longest line, in a copy. */
export const foldKeepsCopy = definePlugin(import.meta.url, {
  name: 'fold-keeps-copy',
  chunks: lines(),
  fold: (acc, bytes) => {
    eachLine(bytes, (start, end) => {
      if (end - start > acc.length) acc = bytes.slice(start, end)
    })
    return acc
  },
  reduce: {
    init: () => new Uint8Array(0),
    merge: (left, right) => (right.length > left.length ? right : left),
  },
})

/** Copies what landed in a buffer of its own. */
export const foldCopiesItsBuffer = definePlugin(import.meta.url, {
  name: 'fold-copies-its-buffer',
  setup: () => ({ bytes: new Uint8Array(0) }),
  buffer: (state, byteLength) => {
    state.bytes = new Uint8Array(byteLength)
    return state.bytes
  },
  fold: (acc, bytes) => [...acc, bytes.slice()],
  reduce: {
    init: () => /** @type {Uint8Array[]} */ ([]),
    merge: (left, right) => [...left, ...right],
    finish: (parts) => Uint8Array.from(parts.flatMap((part) => [...part])),
  },
})

/** Views of shared memory stay valid. */
export const foldKeepsSharedViews = definePlugin(import.meta.url, {
  name: 'fold-keeps-shared-views',
  fold: (acc, _bytes, chunk) => [...acc, chunk.view(chunk.start, chunk.end)],
  reduce: {
    init: () => /** @type {Readonly<Uint8Array>[]} */ ([]),
    merge: (left, right) => [...left, ...right],
    finish: (parts) => Uint8Array.from(parts.flatMap((part) => [...part])),
  },
})

/** What merges needs what comes first and last, and has it. */
export const foldCountsRepeats = definePlugin(import.meta.url, {
  name: 'fold-counts-repeats',
  fold: (acc, bytes) => {
    for (const byte of bytes) {
      if (acc.first < 0) acc.first = byte
      if (byte === acc.last) acc.repeats++
      acc.last = byte
    }
    return acc
  },
  reduce: {
    init: () => ({ first: -1, last: -1, repeats: 0 }),
    merge(left, right) {
      if (left.first < 0) return right
      if (right.first < 0) return left
      const between = left.last === right.first ? 1 : 0
      return { first: left.first, last: right.last, repeats: left.repeats + right.repeats + between }
    },
    finish: ({ repeats }) => repeats,
  },
})

/** Its state and its accumulator are of its own. It answers later. */
export const foldCountsLater = definePlugin(import.meta.url, {
  name: 'fold-counts-later',
  params: { without: 98 },
  chunks: lines(),
  setup: (params) => new Set([params.without]),
  async fold(acc, bytes, { state }) {
    await null
    for (const byte of bytes) if (!state.has(byte)) acc.set(byte, (acc.get(byte) ?? 0) + 1)
    return acc
  },
  reduce: /** @type {import('@onecopy/core').FoldReducer<Map<number, number>>} */ (countByKey()),
})

/** Merges into either side, and keeps what it was given. */
export const foldMergesInAnyOrder = definePlugin(import.meta.url, {
  name: 'fold-merges-in-any-order',
  fold: (acc, bytes) => {
    for (const byte of bytes) acc.counts[byte] = (acc.counts[byte] ?? 0) + 1
    return acc
  },
  reduce: {
    order: 'any',
    init: () => ({ counts: new Uint32Array(256) }),
    merge(left, right) {
      for (const [i, n] of left.counts.entries()) right.counts[i] = (right.counts[i] ?? 0) + n
      return right
    },
  },
})

/** Random numbers of the chunk are the same each time. */
export const drawsFromChunk = definePlugin(import.meta.url, {
  name: 'draws-from-chunk',
  map: (bytes, { random }) => Array.from(bytes, (byte) => byte * random()),
})

/** One element for four, in place. What it leaves out is zero. */
export const writesInPlace = definePlugin(import.meta.url, {
  name: 'writes-in-place',
  into: { elements: Float32Array, per: 4 },
  map(bytes, { out }) {
    for (let i = 0; i < out.length; i++)
      if (bytes[4 * i] !== 97) out[i] = (out[i] ?? 0) + (bytes[4 * i] ?? 0) + (bytes[4 * i + 3] ?? 0)
  },
})

/** Two elements for one, in place, and a number beside them. */
export const writesAndCounts = definePlugin(import.meta.url, {
  name: 'writes-and-counts',
  params: { times: 2 },
  into: ({ times }) => ({ elements: Uint16Array, times }),
  async map(bytes, { out, params }) {
    await null
    for (let i = 0; i < out.length; i++) out[i] = (bytes[Math.floor(i / params.times)] ?? 0) + (i % params.times)
    return bytes.length
  },
  reduce: sum(),
})

/** Skips lines, and says where they are in the data. */
export const skipsLines = definePlugin(import.meta.url, {
  name: 'skips-lines',
  chunks: lines(),
  map(bytes, { skip, start: first }) {
    let n = 0
    eachLine(bytes, (start, end) => {
      if (bytes.subarray(start, end).includes(97))
        skip(first + start, first + end, `it has an a, and ${end - start} bytes`)
      else n++
    })
    return n
  },
  reduce: sum(),
})

/** Cumulative sums. */
export const addsUp = definePlugin(import.meta.url, {
  name: 'adds-up',
  into: { elements: Float64Array },
  prefix: { map: (bytes) => bytes.reduce((a, b) => a + b, 0), reduce: sum() },
  map(bytes, { out, prefix }) {
    let total = prefix
    for (const [i, byte] of bytes.entries()) {
      total += byte
      out[i] = total
    }
  },
})

/** The numbers of lines with an a, from the beginning of the data. */
export const numbersLines = definePlugin(import.meta.url, {
  name: 'numbers-lines',
  chunks: lines(),
  prefix: { map: (bytes) => bytes.filter((byte) => byte === 10).length, reduce: sum() },
  map(bytes, { prefix }) {
    /** @type {number[]} */
    const found = []
    let line = prefix
    eachLine(bytes, (start, end) => {
      if (bytes.subarray(start, end).includes(97)) found.push(line)
      line++
    })
    return found
  },
  reduce: concat(),
})
