// The plugin of the cluster demo: a sum that rounds at each step. Merging in another order would give other last bits.

import { definePlugin, fixed, sum } from '@onecopy/core'

export const roundingSum = definePlugin(import.meta.url, {
  name: 'rounding-sum',
  chunks: fixed({ size: 1024 * 1024 }),
  map(bytes, { index }) {
    let total = 0
    for (const byte of bytes) total += byte * 0.1
    return index % 3 === 0 ? total * 1e10 : total / 7
  },
  reduce: sum(),
})
