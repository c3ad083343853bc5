// A plugin whose functions run something themselves: each at once, and after a timer.

import { setTimeout } from 'node:timers/promises'
import { createEngine, definePlugin, fixed, share, sum } from '@onecopy/node'

const engine = createEngine({ workers: 1 })
const three = () => engine.map(share('abc'), (bytes) => bytes.length).reduce(sum())

export const innerRuns = definePlugin(import.meta.url, {
  name: 'inner-runs',
  chunks: fixed({ size: 10 }),
  async setup() {
    await setTimeout(1)
    return await three()
  },
  async map(_, { state }) {
    const first = await three()
    await setTimeout(1)
    return state + first + (await three())
  },
  async teardown() {
    await three()
    await engine.close()
  },
  reduce: sum(),
})
