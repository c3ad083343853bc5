// A plugin that runs an engine of its own in its lane.

import { createEngine, definePlugin, fixed, share, sum } from '@onecopy/node'

export const nestedEngine = definePlugin(import.meta.url, {
  name: 'nested-engine',
  chunks: fixed({ size: 500 }),
  async map(bytes) {
    const engine = createEngine({ workers: 2 })
    try {
      return await engine
        .map(share(bytes.slice()), (inner) => inner.reduce((a, b) => a + b, 0), { chunks: fixed({ size: 50 }) })
        .reduce(sum())
    } finally {
      await engine.close()
    }
  },
  reduce: sum(),
})
