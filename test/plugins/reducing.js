// Plugins with reducers of their own and with state.

import { definePlugin, fixed } from '@onecopy/core'

const separator = '+'

/** Its reducer uses what the module has: it is found with the plugin, not sent as text. */
export const joinTexts = definePlugin(import.meta.url, {
  name: 'join-texts',
  chunks: fixed({ size: 2 }),
  map: (bytes) => String.fromCharCode(...bytes),
  reduce: (left, right) => `${left}${separator}${right}`,
})

export const meanLength = definePlugin(import.meta.url, {
  name: 'mean-length',
  chunks: fixed({ size: 4 }),
  map: (bytes) => bytes.length,
  reduce: {
    init: () => ({ total: 0, n: 0 }),
    add: (acc, /** @type {number} */ length) => ({ total: acc.total + length, n: acc.n + 1 }),
    merge: (left, right) => ({ total: left.total + right.total, n: left.n + right.n }),
    finish: (acc) => acc.total / acc.n,
  },
})

/** Counts its setups in shared memory, and gives each chunk what the setup made. */
export const withState = definePlugin(import.meta.url, {
  name: 'with-state',
  /** @type {{ setups: import('@onecopy/core').SharedMemory<Int32Array> | undefined, base: number }} */
  params: { setups: undefined, base: 100 },
  chunks: fixed({ size: 4 }),
  setup: async (params) => {
    if (params.setups !== undefined) Atomics.add(params.setups.view(), 0, 1)
    return { offset: params.base }
  },
  map: (_bytes, chunk) => chunk.state.offset + chunk.index,
})

export const failingSetup = definePlugin(import.meta.url, {
  name: 'failing-setup',
  setup: () => {
    throw new RangeError('no such table')
  },
  map: (bytes) => bytes.length,
})

/** Its name is given to another plugin, which no module exports. */
export function definedButNotExported() {
  return definePlugin(import.meta.url, { name: 'not-exported', map: (bytes) => bytes.length })
}

/** What `this` is in its functions. */
export const withoutThis = definePlugin(import.meta.url, {
  name: 'without-this',
  params: { chunks: '' },
  chunks(params) {
    params.chunks = typeof (/** @type {unknown} */ (this))
    return fixed()
  },
  setup() {
    return typeof (/** @type {unknown} */ (this))
  },
  buffer(_, byteLength) {
    if (this !== undefined) throw new TypeError('buffer has a this')
    return new Uint8Array(byteLength)
  },
  map(_, { params, state }) {
    return { chunks: params.chunks, setup: state, map: typeof (/** @type {unknown} */ (this)) }
  },
  teardown() {
    if (this !== undefined) throw new TypeError('teardown has a this')
  },
  reduce(left, right) {
    return this === undefined ? left : right
  },
})
