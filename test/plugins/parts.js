// Plugins whose parts are put together in every way, one for each kind of answer.

import { concat, countByKey, csvRecords, definePlugin, fixed, lines, sum } from '@onecopy/core'

/** Its bits depend on the order and the grouping of every addition. */
export const floatSum = definePlugin(import.meta.url, {
  name: 'float-sum',
  params: { size: 7 },
  chunks: ({ size }) => fixed({ size }),
  /** @param {Readonly<Float64Array>} part */
  map: (part) => part.reduce((acc, value) => acc + value, 0),
  reduce: sum(),
})

/** Many of its chunks own nothing. */
export const lineList = definePlugin(import.meta.url, {
  name: 'line-list',
  chunks: lines({ size: 5 }),
  map: (bytes, { index, start, end }) => [{ index, start, end, text: String.fromCharCode(...bytes) }],
  reduce: concat(),
})

/** Its chunks follow from all bytes before them. */
export const recordList = definePlugin(import.meta.url, {
  name: 'record-list',
  chunks: csvRecords({ size: 5, malformed: 'keep' }),
  map: (bytes, { index, start, end }) => [{ index, start, end, text: String.fromCharCode(...bytes) }],
  reduce: concat(),
})

export const eachChunk = definePlugin(import.meta.url, {
  name: 'each-chunk',
  chunks: lines({ size: 5 }),
  map: (bytes, { start }) => ({ start, bytes: bytes.slice() }),
})

export const numbersOnly = definePlugin(import.meta.url, {
  name: 'numbers-only',
  chunks: fixed({ size: 3 }),
  map: (bytes) => bytes.length,
})

export const anyOrder = definePlugin(import.meta.url, {
  name: 'any-order',
  chunks: lines({ size: 5 }),
  map: (bytes) => bytes.length,
  reduce: { ...sum(), order: 'any' },
})

/** Merges two results without an identity, and changes what it merges. */
export const bareMerge = definePlugin(import.meta.url, {
  name: 'bare-merge',
  chunks: lines({ size: 5 }),
  map: (bytes, { index }) => [index, bytes.length],
  reduce(left, right) {
    left.push(...right)
    return left
  },
})

/** Blocks of several chunks share an accumulator, as soon as there are 512 chunks. */
export const foldedValues = definePlugin(import.meta.url, {
  name: 'folded-values',
  chunks: fixed({ size: 1 }),
  fold(counts, bytes) {
    for (const byte of bytes) counts.set(byte % 8, (counts.get(byte % 8) ?? 0) + 1)
    return counts
  },
  reduce: /** @type {import('@onecopy/core').FoldReducer<Map<number, number>>} */ (countByKey()),
})

/** Its finish may run once, and says how often it ran. */
export const finishes = definePlugin(import.meta.url, {
  name: 'finishes',
  chunks: fixed({ size: 2 }),
  map: (bytes) => bytes.length,
  reduce: {
    init: () => ({ n: 0 }),
    add: (acc, n) => ({ n: acc.n + n }),
    merge: (a, b) => ({ n: a.n + b.n }),
    finish: (acc) => ({ ...acc }),
  },
})

export const throwsInMerge = definePlugin(import.meta.url, {
  name: 'throws-in-merge',
  chunks: fixed({ size: 1 }),
  map: (bytes) => bytes[0] ?? 0,
  reduce(left, right) {
    if (right === 66) throw new RangeError('66 cannot be merged')
    return left + right
  },
})

export const throwsAtByte = definePlugin(import.meta.url, {
  name: 'throws-at-byte',
  chunks: fixed({ size: 1 }),
  map(bytes) {
    if (bytes[0] === 7) throw new RangeError('seven')
    return 1
  },
  reduce: sum(),
})
