// Plugins of the cases that group: rows by key, JSON by user, and words.

import { groupBy } from '@onecopy/kernels'
import { definePlugin, eachJson, lines } from '@onecopy/node'

const rows = groupBy({ separator: ';', columns: { value: { type: 'decimal', digits: 1 } } })
const words = groupBy()

export const groupRows = definePlugin(import.meta.url, {
  name: 'group-rows',
  chunks: lines(),
  fold: (table, bytes) => rows.addRows(table, bytes),
  reduce: rows.reduce,
})

/**
 * @param {Map<string, number>} sums
 * @param {Readonly<Uint8Array>} bytes
 */
export function addPayments(sums, bytes) {
  /** @param {{ user: string, amount: number }} payment */
  const add = ({ user, amount }) => {
    sums.set(user, (sums.get(user) ?? 0) + amount)
  }
  eachJson(bytes, add)
  return sums
}

/** @type {import('@onecopy/node').Reducer<Map<string, number>, Map<string, number>>} */
const sumByUser = {
  init: () => new Map(),
  add: addSums,
  merge: addSums,
}

/**
 * @param {Map<string, number>} left
 * @param {Map<string, number>} right
 */
function addSums(left, right) {
  for (const [user, sum] of right) left.set(user, (left.get(user) ?? 0) + sum)
  return left
}

export const mapPayments = definePlugin(import.meta.url, {
  name: 'map-payments',
  chunks: lines(),
  /** @param {Readonly<Uint8Array>} bytes */
  map: (bytes) => addPayments(new Map(), bytes),
  reduce: sumByUser,
})

export const foldPayments = definePlugin(import.meta.url, {
  name: 'fold-payments',
  chunks: lines(),
  fold: addPayments,
  reduce: sumByUser,
})

/**
 * Words are runs of bytes above the space.
 *
 * @param {import('@onecopy/kernels').GroupTable} table
 * @param {Readonly<Uint8Array>} bytes whole words
 */
export function addWords(table, bytes) {
  const { length } = bytes
  for (let at = 0; at < length; ) {
    const start = at
    while (at < length && /** @type {number} */ (bytes[at]) > 32) at++
    if (at > start) words.count(table, words.find(table, bytes, start, at))
    at++
  }
  return table
}

export const wordReducer = words.reduce

export const countWords = definePlugin(import.meta.url, {
  name: 'count-words-by-key',
  // Each chunk gets a table of its own, which has to grow and to be merged. With many keys, large chunks are faster.
  chunks: lines({ size: 16 * 2 ** 20 }),
  fold: addWords,
  reduce: { ...words.reduce, finish: topTen },
})

/** @param {import('@onecopy/kernels').GroupTable} table */
export function topTen(table) {
  const groups = /** @type {NonNullable<typeof words.reduce.finish>} */ (words.reduce.finish)(table)
  return groups.largest(10).map(({ key, count }) => [key, count])
}
