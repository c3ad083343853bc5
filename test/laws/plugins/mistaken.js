// Plugins with the mistakes that people make, one each.

import { concat, definePlugin, eachLine, fixed, lines, overlapping, records, sum } from '@onecopy/core'
import { add, countStarts, lineNumbers, longest, mean, sumOfLines } from './parts.js'

/** A mean of means: wrong as soon as the parts are not of the same size. */
export const meanOfMeans = definePlugin(import.meta.url, {
  name: 'mean-of-means',
  map: mean,
  reduce: (left, right) => (left + right) / 2,
})

/** Lists one after the other, which is not the same the other way round. */
export const concatInAnyOrder = definePlugin(import.meta.url, {
  name: 'concat-in-any-order',
  chunks: lines(),
  map: lineNumbers,
  reduce: { ...concat(), order: 'any' },
})

/** Keeps the first table that it is given, and adds the others into it. */
export const forgetsToCopy = definePlugin(import.meta.url, {
  name: 'forgets-to-copy',
  map: (bytes) => [bytes.length, bytes.filter((byte) => byte === 97).length],
  reduce: {
    init: () => /** @type {number[]} */ ([]),
    add: (acc, /** @type {number[]} */ value) => (acc.length === 0 ? value : add(acc, value)),
    merge: (left, right) => (left.length === 0 ? right : right.length === 0 ? left : add(left, right)),
  },
})

const nothing = { total: 0 }

/** All runs add to the one object. */
export const sharesItsIdentity = definePlugin(import.meta.url, {
  name: 'shares-its-identity',
  map: (bytes) => bytes.length,
  reduce: {
    init: () => nothing,
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

/** A match that starts in the overlap is found by the next chunk, too. */
export const countsBordersTwice = definePlugin(import.meta.url, {
  name: 'counts-borders-twice',
  params: { pattern: 'ab' },
  chunks: ({ pattern }) => overlapping({ overlap: pattern.length }),
  map: (bytes, { params }) => countStarts(bytes, params.pattern, bytes.length),
  reduce: sum(),
})

/** An overlap that is too short: matches at borders are missed. */
export const missesBorders = definePlugin(import.meta.url, {
  name: 'misses-borders',
  params: { pattern: 'needle' },
  chunks: ({ pattern }) => overlapping({ overlap: pattern.length - 2 }),
  map: (bytes, { params, start, end }) => countStarts(bytes, params.pattern, end - start),
  reduce: sum(),
})

/** Sorts the data itself. */
export const writesItsInput = definePlugin(import.meta.url, {
  name: 'writes-its-input',
  map: (bytes) => bytes.sort()[bytes.length >> 1] ?? 0,
  reduce: longest,
})

/** A number at the border of two chunks becomes two numbers. */
export const splitsRecords = definePlugin(import.meta.url, {
  name: 'splits-records',
  chunks: fixed(),
  map: sumOfLines,
  reduce: sum(),
})

let calls = 0

/** Counts its calls. */
export const countsCalls = definePlugin(import.meta.url, {
  name: 'counts-calls',
  map: (bytes) => bytes.length + (calls++ % 2),
  reduce: sum(),
})

/** @type {Set<number>} */
const seen = new Set()

/** Counts what is new to it: where other chunks run elsewhere, that is more. */
export const countsTheNew = definePlugin(import.meta.url, {
  name: 'counts-the-new',
  map: (bytes) => {
    const before = seen.size
    for (const byte of bytes) seen.add(byte)
    return seen.size - before
  },
  reduce: sum(),
})

let largest = 0

/** Gives the largest of all that it has ever seen. */
export const largestSoFar = definePlugin(import.meta.url, {
  name: 'largest-so-far',
  map: (bytes) => {
    for (const byte of bytes) largest = Math.max(largest, byte)
    return largest
  },
})

/** Stamps its results. */
export const readsTheClock = definePlugin(import.meta.url, {
  name: 'reads-the-clock',
  map: (bytes) => ({ length: bytes.length, at: Date.now() }),
})

/** A function is no data. */
export const returnsFunction = definePlugin(import.meta.url, {
  name: 'returns-function',
  map: (bytes) => ({ counts: [bytes.length, { get: () => bytes[0] }] }),
})

class Point {
  constructor(/** @type {number} */ x) {
    this.x = x
  }
  double() {
    return this.x * 2
  }
}

/** What arrives has lost its methods. */
export const returnsInstance = definePlugin(import.meta.url, {
  name: 'returns-instance',
  map: (bytes) => [new Point(bytes.length)],
})

class Counter extends Map {
  count(/** @type {number} */ key, n = 1) {
    return this.set(key, (this.get(key) ?? 0) + n)
  }
}

/** A map with a method: what another worker merges is a plain Map. */
export const countsInClass = definePlugin(import.meta.url, {
  name: 'counts-in-class',
  map: (bytes) => [...bytes],
  reduce: {
    init: () => new Counter(),
    add(acc, /** @type {number[]} */ values) {
      for (const value of values) acc.count(value)
      return acc
    },
    merge(left, right) {
      for (const [key, n] of right) left.count(key, n)
      return left
    },
  },
})

/** Keys that are symbols are left behind. */
export const namesBySymbol = definePlugin(import.meta.url, {
  name: 'names-by-symbol',
  map: (bytes) => ({ [Symbol.for('length')]: bytes.length }),
})

/** A smallest number that starts from 0. */
export const minimumFromZero = definePlugin(import.meta.url, {
  name: 'minimum-from-zero',
  map: (bytes) => bytes.reduce((a, b) => Math.min(a, b), 255),
  reduce: {
    init: () => 0,
    add: (acc, /** @type {number} */ value) => Math.min(acc, value) || value,
    merge: (left, right) => Math.min(left, right),
  },
})

/** The same in its plainest form: whatever comes, the smallest is 0. */
export const smallestIsZero = definePlugin(import.meta.url, {
  name: 'smallest-is-zero',
  map: (bytes) => bytes.reduce((a, b) => Math.min(a, b)),
  reduce: {
    init: () => 0,
    add: (acc, /** @type {number} */ value) => Math.min(acc, value),
    merge: (left, right) => Math.min(left, right),
  },
})

/** @param {{ least: number, n: number }} left @param {{ least: number, n: number }} right */
const leastOf = (left, right) => ({ least: Math.min(left.least, right.least), n: left.n + right.n })

/** The same beside a figure that is right. */
export const leastIsZero = definePlugin(import.meta.url, {
  name: 'least-is-zero',
  map: (bytes) => ({ least: bytes.reduce((a, b) => Math.min(a, b)), n: bytes.length }),
  reduce: { init: () => ({ least: 0, n: 0 }), add: leastOf, merge: leastOf },
})

/** Offsets within the chunk, given as if they were within the data. */
export const relativeOffsets = definePlugin(import.meta.url, {
  name: 'relative-offsets',
  map: (bytes) => [...bytes.keys()].filter((i) => bytes[i] === 97),
  reduce: concat(),
})

/** Carries the last byte from chunk to chunk, which is right where one lane runs all of them in order. */
export const carriesOver = definePlugin(import.meta.url, {
  name: 'carries-over',
  setup: () => ({ last: -1 }),
  map: (bytes, { state }) => {
    let repeats = 0
    for (const byte of bytes) {
      if (byte === state.last) repeats++
      state.last = byte
    }
    return repeats
  },
  reduce: sum(),
})

/** @type {number[]} */
const kept = []

/** One list for all results: what a lane has not handed over yet changes. */
export const reusesItsResult = definePlugin(import.meta.url, {
  name: 'reuses-its-result',
  map: (bytes) => {
    kept.length = 0
    kept.push(...bytes)
    return kept
  },
})

/** Throws where a record was cut. */
export const throwsOnHalves = definePlugin(import.meta.url, {
  name: 'throws-on-halves',
  chunks: fixed(),
  map: (bytes) => {
    if (bytes.length % 2 === 1) throw new RangeError('half a record')
    return bytes.length / 2
  },
  reduce: sum(),
})

/** @param {number[]} numbers */
const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? 0

/** A list of medians: their own median is another one. */
export const medianOfMedians = definePlugin(import.meta.url, {
  name: 'median-of-medians',
  map: (bytes) => [median([...bytes])],
  reduce: { ...concat(), finish: median },
})

/** Each chunk's mean counts as much as that of any other one, though the last chunk is shorter. */
export const meanOfChunks = definePlugin(import.meta.url, {
  name: 'mean-of-chunks',
  map: mean,
  reduce: {
    init: () => ({ sum: 0, n: 0 }),
    add: (acc, /** @type {number} */ value) => ({ sum: acc.sum + value, n: acc.n + 1 }),
    merge: (left, right) => ({ sum: left.sum + right.sum, n: left.n + right.n }),
    finish: ({ sum, n }) => sum / n,
  },
})

/** The line before the data is taken for the header of each chunk. */
export const skipsHeaders = definePlugin(import.meta.url, {
  name: 'skips-headers',
  chunks: lines(),
  map: (bytes) => Math.max(0, lineNumbers(bytes).length - 1),
  reduce: sum(),
})

/** A single byte needs no overlap, and the next chunk has it, too. */
export const countsByteTwice = definePlugin(import.meta.url, {
  name: 'counts-byte-twice',
  params: { byte: 65 },
  chunks: overlapping({ overlap: 1 }),
  map: (bytes, { params }) => bytes.filter((byte) => byte === params.byte).length,
  reduce: sum(),
})

/** Records of six bytes in chunks that are cut for four. */
export const readsOtherRecords = definePlugin(import.meta.url, {
  name: 'reads-other-records',
  chunks: records({ length: 4 }),
  map: (bytes) => {
    let total = 0
    for (let at = 0; at + 6 <= bytes.length; at += 6) total += (bytes[at] ?? 0) + (bytes[at + 5] ?? 0)
    return total
  },
  reduce: sum(),
})

/** Paragraphs end with an empty line, not with any line. */
export const splitsParagraphs = definePlugin(import.meta.url, {
  name: 'splits-paragraphs',
  chunks: lines(),
  map: (bytes) =>
    String.fromCharCode(...bytes)
      .split('\n\n')
      .filter((paragraph) => paragraph.trim() !== '').length,
  reduce: sum(),
})

/** @param {Map<number, number>} left @param {Map<number, number>} right */
function addCounts(left, right) {
  for (const [key, n] of right) left.set(key, (left.get(key) ?? 0) + n)
  return left
}

/** Counts bytes by their value. @param {Map<number, number>} acc @param {Readonly<Uint8Array>} bytes */
function countBytes(acc, bytes) {
  for (const byte of bytes) acc.set(byte, (acc.get(byte) ?? 0) + 1)
  return acc
}

/** Keeps the longest line as a view: a worker that reads a file uses the memory of it for the next chunk. */
export const foldKeepsView = definePlugin(import.meta.url, {
  name: 'fold-keeps-view',
  chunks: lines(),
  fold: (acc, bytes) => {
    eachLine(bytes, (start, end) => {
      if (end - start > acc.length) acc = bytes.subarray(start, end)
    })
    return acc
  },
  reduce: {
    init: () => /** @type {Readonly<Uint8Array>} */ (new Uint8Array(0)),
    merge: (left, right) => (right.length > left.length ? right : left),
  },
})

/** The same in a buffer of its own, where chunks land one after the other. */
export const foldKeepsItsBuffer = definePlugin(import.meta.url, {
  name: 'fold-keeps-its-buffer',
  setup: () => ({ bytes: new Uint8Array(0) }),
  buffer: (state, byteLength) => {
    state.bytes = new Uint8Array(byteLength)
    return state.bytes
  },
  fold: (acc, bytes) => [...acc, bytes],
  reduce: {
    init: () => /** @type {Readonly<Uint8Array>[]} */ ([]),
    merge: (left, right) => [...left, ...right],
    finish: (parts) => Uint8Array.from(parts.flatMap((part) => [...part])),
  },
})

/** @type {Map<number, number>} */
const allCounts = new Map()

/** Counts into a table of the module, and forgets the accumulator that it was given. */
export const foldIgnoresAcc = definePlugin(import.meta.url, {
  name: 'fold-ignores-acc',
  fold: (_acc, bytes) => countBytes(allCounts, bytes),
  reduce: { init: () => /** @type {Map<number, number>} */ (new Map()), merge: addCounts },
})

/** Its state is of the worker, and not of the block. */
export const foldCarriesOver = definePlugin(import.meta.url, {
  name: 'fold-carries-over',
  setup: () => ({ last: -1 }),
  fold: (repeats, bytes, { state }) => {
    for (const byte of bytes) {
      if (byte === state.last) repeats++
      state.last = byte
    }
    return repeats
  },
  reduce: sum(),
})

/** The accumulator says how the chunk before ended, which the first chunk of a block cannot know. */
export const foldReadsTheChunkBefore = definePlugin(import.meta.url, {
  name: 'fold-reads-the-chunk-before',
  fold: (acc, bytes) => {
    for (const byte of bytes) {
      if (byte === acc.last) acc.repeats++
      acc.last = byte
    }
    return acc
  },
  reduce: {
    init: () => ({ last: -1, repeats: 0 }),
    merge: (left, right) => ({ last: right.last, repeats: left.repeats + right.repeats }),
    finish: ({ repeats }) => repeats,
  },
})

/** Numbers lines from the beginning of each block. */
export const foldNumbersLines = definePlugin(import.meta.url, {
  name: 'fold-numbers-lines',
  chunks: lines(),
  fold: (acc, bytes) => [...acc, ...lineNumbers(bytes).map((_, i) => acc.length + i)],
  reduce: { init: () => /** @type {number[]} */ ([]), merge: (left, right) => [...left, ...right] },
})

/** A mean of means, which folding does not cure. */
export const foldMeanOfMeans = definePlugin(import.meta.url, {
  name: 'fold-mean-of-means',
  fold: (acc, bytes) => (acc < 0 ? mean(bytes) : (acc + mean(bytes)) / 2),
  reduce: {
    init: () => -1,
    merge: (left, right) => (left < 0 ? right : right < 0 ? left : (left + right) / 2),
  },
})

const noBytes = { total: 0 }

/** All blocks begin with the one object. */
export const foldSharesItsIdentity = definePlugin(import.meta.url, {
  name: 'fold-shares-its-identity',
  fold(acc, bytes) {
    acc.total += bytes.length
    return acc
  },
  reduce: { init: () => noBytes, merge: (left, right) => ({ total: left.total + right.total }) },
})

const keptTotal = { total: 0 }

/** Returns an object that it uses again for the next block. */
export const foldReusesItsResult = definePlugin(import.meta.url, {
  name: 'fold-reuses-its-result',
  fold(acc, bytes) {
    keptTotal.total = acc.total + bytes.reduce((a, b) => a + b, 0)
    return keptTotal
  },
  reduce: { init: () => ({ total: 0 }), merge: (left, right) => ({ total: left.total + right.total }) },
})

/** Sorts the data itself. */
export const foldWritesItsInput = definePlugin(import.meta.url, {
  name: 'fold-writes-its-input',
  fold: (acc, bytes) => Math.max(acc, /** @type {Uint8Array} */ (bytes).sort().at(-1) ?? 0),
  reduce: { init: () => 0, merge: (left, right) => Math.max(left, right) },
})

/** A minimum that ends at 0 as soon as there is a second block. */
export const foldMinimumFromZero = definePlugin(import.meta.url, {
  name: 'fold-minimum-from-zero',
  fold: (acc, bytes) => bytes.reduce((a, b) => Math.min(a, b), acc || 255),
  reduce: { init: () => 0, merge: (left, right) => Math.min(left, right) },
})

/** Lists one after the other, which is not the same the other way round. */
export const foldInAnyOrder = definePlugin(import.meta.url, {
  name: 'fold-in-any-order',
  fold: (acc, bytes) => [...acc, ...bytes],
  reduce: { order: 'any', init: () => /** @type {number[]} */ ([]), merge: (left, right) => [...left, ...right] },
})

/** A Map with a method arrives as a plain Map. */
export const foldCountsInClass = definePlugin(import.meta.url, {
  name: 'fold-counts-in-class',
  fold(acc, bytes) {
    for (const byte of bytes) acc.count(byte)
    return acc
  },
  reduce: {
    init: () => new Counter(),
    merge(left, right) {
      for (const [key, n] of right) left.count(key, n)
      return left
    },
  },
})

/** Offsets within the chunk, given as if they were within the data. */
export const foldRelativeOffsets = definePlugin(import.meta.url, {
  name: 'fold-relative-offsets',
  fold: (acc, bytes) => [...acc, ...[...bytes.keys()].filter((i) => bytes[i] === 97)],
  reduce: { init: () => /** @type {number[]} */ ([]), merge: (left, right) => [...left, ...right] },
})

/** A number at the border of two chunks becomes two numbers. */
export const foldSplitsRecords = definePlugin(import.meta.url, {
  name: 'fold-splits-records',
  chunks: fixed(),
  fold: (acc, bytes) => acc + sumOfLines(bytes),
  reduce: sum(),
})

/** It says that two bytes are enough, and takes more. */
export const takesTooMuch = definePlugin(import.meta.url, {
  name: 'takes-too-much',
  map: (bytes) => [...bytes],
  reduce: {
    init: () => /** @type {number[]} */ ([]),
    add: (acc, value) => [...acc, ...value],
    merge: (left, right) => [...left, ...right],
    enough: (acc) => acc.length >= 2,
  },
})

/** Nothing is enough at once. */
export const isEnoughTooEarly = definePlugin(import.meta.url, {
  name: 'is-enough-too-early',
  fold: (acc, bytes) => acc + bytes.length,
  reduce: { ...sum(), enough: (acc) => acc < 3 },
})

/** Other numbers each time. */
export const drawsFromMath = definePlugin(import.meta.url, {
  name: 'draws-from-math',
  map: (bytes) => Math.floor(Math.random() * 1000) + bytes.length,
})

/** Smooths over the border of its window, into the window of the next chunk. */
export const writesBeyondItsWindow = definePlugin(import.meta.url, {
  name: 'writes-beyond-its-window',
  into: { elements: Uint8Array },
  map(bytes, { out, end, length }) {
    out.set(bytes)
    if (end < length) new Uint8Array(out.buffer)[end] = 255
  },
})

/** Numbers its elements from its own start. */
export const numbersItsWindow = definePlugin(import.meta.url, {
  name: 'numbers-its-window',
  into: { elements: Float64Array },
  map(_bytes, { out }) {
    for (let i = 0; i < out.length; i++) out[i] = i
  },
})

/** Skips the whole chunk for one bad line in it. */
export const skipsChunks = definePlugin(import.meta.url, {
  name: 'skips-chunks',
  chunks: lines(),
  map(bytes, chunk) {
    if (bytes.includes(97)) chunk.skip(chunk.start, chunk.end, 'it has an a')
    return null
  },
})

/** Counts from the start of the chunk. */
export const skipsRelatively = definePlugin(import.meta.url, {
  name: 'skips-relatively',
  chunks: lines(),
  map(bytes, chunk) {
    eachLine(bytes, (start, end) => {
      if (bytes.subarray(start, end).includes(97)) chunk.skip(start, end, 'it has an a')
    })
    return null
  },
})

/** Numbers chunks, and not lines. */
export const numbersChunks = definePlugin(import.meta.url, {
  name: 'numbers-chunks',
  chunks: lines(),
  prefix: { map: () => 1, reduce: sum() },
  map: (bytes, { prefix }) => [prefix, bytes.length],
  reduce: concat(),
})
