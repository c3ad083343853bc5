// Adds up random numbers, and parts of them, so that the order shows in the last bits.

import { definePlugin, sum } from '@onecopy/core'

export const drawsPlugin = definePlugin(import.meta.url, {
  name: 'draws',
  map(_, { random, start, end }) {
    let total = 0
    for (let i = start; i < end; i++) total += random() * 10 ** (i % 7)
    return total
  },
  reduce: sum(),
})
