// A plugin whose setup takes its time, in one of its lanes for ever; a chunk of it may throw.

import { alloc, definePlugin, fixed } from '@onecopy/node'

export const slowSetup = definePlugin(import.meta.url, {
  name: 'slow-setup',
  params: { setupMs: 0, throwsAt: -1, hangsInSecond: false, setups: alloc(Int32Array, 1) },
  chunks: fixed({ size: 100 }),
  async setup({ setupMs, hangsInSecond, setups }) {
    if (Atomics.add(setups.view(), 0, 1) === 1 && hangsInSecond) {
      await new Promise(() => {
        setTimeout(() => {}, 1_000_000)
      })
    }
    await new Promise((resolve) => {
      setTimeout(resolve, setupMs)
    })
  },
  map(_, { index, params }) {
    if (index === params.throwsAt) throw new Error('boom')
    return index
  },
})
