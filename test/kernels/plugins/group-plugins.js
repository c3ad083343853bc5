// Plugins on groupBy, as a user writes them. Plain JavaScript, because worker threads of Node 20 load it.

import { eachLine } from '@onecopy/core'
import { groupBy } from '@onecopy/kernels'
import { definePlugin, lines } from '@onecopy/node'

/** @type {import('@onecopy/kernels').GroupByOptions<'whole' | 'price' | 'ratio'>} */
const options = {
  separator: ';',
  columns: {
    whole: { type: 'integer' },
    price: { type: 'decimal', digits: 2 },
    ratio: { type: 'double' },
  },
}
const fast = groupBy(options)
const plain = groupBy({ ...options, simd: false })
const words = groupBy()

export const byKey = definePlugin(import.meta.url, {
  name: 'by-key',
  params: { simd: true },
  chunks: lines(),
  map: (bytes, chunk) => (chunk.params.simd ? fast : plain).ofRows(bytes),
  reduce: fast.reduce,
})

export const byKeyFolded = definePlugin(import.meta.url, {
  name: 'by-key-folded',
  params: { simd: true },
  chunks: lines(),
  fold: (table, bytes, chunk) => (chunk.params.simd ? fast : plain).addRows(table, bytes),
  reduce: fast.reduce,
})

export const firstFields = definePlugin(import.meta.url, {
  name: 'first-fields',
  chunks: lines(),
  fold(table, bytes) {
    eachLine(bytes, (start, end) => {
      const found = bytes.indexOf(59, start)
      words.count(table, words.find(table, bytes, start, found < 0 || found > end ? end : found))
    })
    return table
  },
  reduce: words.reduce,
})
