// Plugins whose results are written into a file.

import { buffer, definePlugin, eachLine, lines } from '@onecopy/node'

/** The lines that begin with an even number. */
export const evenLines = definePlugin(import.meta.url, {
  name: 'even-lines',
  params: { size: 1000 },
  chunks: ({ size }) => lines({ size }),
  map(bytes) {
    const text = buffer(bytes)
    /** @type {Uint8Array[]} */
    const kept = []
    eachLine(bytes, (start, end) => {
      if (Number.parseInt(text.toString('latin1', start, end), 10) % 2 === 0) kept.push(text.subarray(start, end + 1))
    })
    return Buffer.concat(kept)
  },
})

/** Half of each chunk, or so many bytes as `weight` says. */
export const halves = definePlugin(import.meta.url, {
  name: 'halves',
  params: { failAt: -1, weight: 0 },
  map(bytes, { index, params }) {
    if (index === params.failAt) throw new Error('the chunk that fails')
    return params.weight > 0 ? new Uint8Array(params.weight) : bytes.subarray(0, bytes.length / 2)
  },
})
