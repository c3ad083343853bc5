// Plugins whose reducers have `enough`.

import { alloc, definePlugin, first, fixed } from '@onecopy/core'

/** @typedef {{ readonly ran: import('@onecopy/core').SharedMemory<Int32Array> | string, readonly byte: number, readonly all: boolean }} Params */

const params = /** @type {Params} */ ({ ran: alloc(Int32Array, 1), byte: 0, all: false })

/** Count a chunk, in shared memory or in a file. @param {Params['ran']} ran */
function count(ran) {
  if (typeof ran === 'string') process.getBuiltinModule('node:fs').appendFileSync(ran, '.')
  else Atomics.add(ran.view(), 0, 1)
}

/** Where the byte is first; counts the chunks that have run. With `all`, the whole data is read. */
export const earlySearch = definePlugin(import.meta.url, {
  name: 'early-search',
  params,
  chunks: fixed({ size: 1 }),
  map(bytes, { params: { ran, byte }, start }) {
    count(ran)
    return bytes[0] === byte ? start : undefined
  },
  stopsEarly: ({ all }) => !all,
  reduce: /** @type {import('@onecopy/core').Reducer<number | undefined, number | undefined>} */ (first()),
})

/** The same as a fold. */
export const earlyFold = definePlugin(import.meta.url, {
  name: 'early-fold',
  params,
  chunks: fixed({ size: 1 }),
  fold(acc, bytes, { params: { ran, byte }, start }) {
    count(ran)
    return acc ?? (bytes[0] === byte ? start : null)
  },
  reduce: {
    init: () => /** @type {number | null} */ (null),
    merge: (left, right) => left ?? right,
    enough: (acc) => acc !== null,
  },
})
