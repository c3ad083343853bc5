// Plugins and module functions that fold.

import { countByKey, definePlugin, fixed, sum } from '@onecopy/core'

/** Counts bytes by their value, with what its parameters say left out. Its `state` says how many chunks a worker has folded. */
export const countValues = definePlugin(import.meta.url, {
  name: 'count-values',
  params: { without: -1 },
  chunks: fixed({ size: 3 }),
  setup: () => ({ chunks: 0 }),
  fold(counts, bytes, { params, state }) {
    state.chunks++
    for (const byte of bytes) if (byte !== params.without) counts.set(byte, (counts.get(byte) ?? 0) + 1)
    return counts
  },
  reduce: /** @type {import('@onecopy/core').FoldReducer<Map<number, number>>} */ (countByKey()),
})

/** What is folded may be an object of the plugin's own, with what the last step makes of it. */
export const mean = definePlugin(import.meta.url, {
  name: 'mean',
  chunks: fixed({ size: 5 }),
  async fold(acc, bytes) {
    await null
    return { total: bytes.reduce((a, b) => a + b, acc.total), n: acc.n + bytes.length }
  },
  reduce: {
    init: () => ({ total: 0, n: 0 }),
    merge: (left, right) => ({ total: left.total + right.total, n: left.n + right.n }),
    finish: ({ total, n }) => total / n,
  },
})

/** @type {import('@onecopy/core').FoldFn<number>} */
export function addLength(n, bytes) {
  return n + bytes.length
}

/** Its worker ends in the middle of a block, as often as there are lives in `params.left`. */
export const dies = definePlugin(import.meta.url, {
  name: 'dies',
  /** @type {{ left: import('@onecopy/core').SharedMemory<Int32Array> | undefined, at: number }} */
  params: { left: undefined, at: 0 },
  chunks: fixed({ size: 1 }),
  fold(n, bytes, { index, params }) {
    if (index === params.at && Atomics.sub(/** @type {Int32Array} */ (params.left?.view()), 0, 1) > 0) process.exit(3)
    return n + (bytes[0] ?? 0)
  },
  reduce: sum(),
})
