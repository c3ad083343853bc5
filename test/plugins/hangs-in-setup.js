// A plugin whose setup never returns; it notifies the counter first.

import { alloc, definePlugin } from '@onecopy/node'

export const hangsInSetup = definePlugin(import.meta.url, {
  name: 'hangs-in-setup',
  params: { counter: alloc(Int32Array, 2) },
  setup({ counter }) {
    const view = counter.view()
    Atomics.store(view, 0, 1)
    Atomics.notify(view, 0)
    return new Promise(() => {
      setTimeout(() => {}, 1_000_000)
    })
  },
  map: (bytes) => bytes.length,
})
