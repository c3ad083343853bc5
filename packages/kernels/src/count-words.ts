// The plugin that counts words.

import { definePlugin, overlapping, type Plugin } from '@onecopy/core'
import { bytesOf } from './base/check.js'
import { exactCounts } from './exact-counts.js'
import { plainWordEnds } from './plain/count.js'
import { checkedChunks, chunkBytes, landingBuffer, type SimdParams, simdByDefault, simdState } from './wasm/simd.js'

const space = 0x20

/**
 * How many words there are: longest runs of bytes other than ASCII white space (tab, line feed, vertical tab, form feed,
 * carriage return, space), as `LC_ALL=C wc -w` of coreutils 9.5 and later counts them. Exact up to 2^53.
 *
 * A word ends where the next byte is white space or where the data ends. A word belongs to the chunk in which it ends, so the
 * function needs one byte behind the chunk. The plugin's own chunker gives it as overlap. With any other chunker the function
 * reads that byte from the data.
 *
 * @throws {TypeError} `simd` is neither true nor false
 * @example const words = await engine.run(file('book.txt'), countWords)
 */
export const countWords: Plugin<SimdParams, number, number> = definePlugin(import.meta.url, {
  name: 'count-words',
  description: 'How many words there are, as runs of bytes other than ASCII white space.',
  params: simdByDefault,
  chunks: checkedChunks(overlapping({ size: chunkBytes, overlap: 1 })),
  setup: simdState,
  buffer: landingBuffer,

  map(data, chunk): number {
    const bytes = bytesOf(data)
    const { start, end, state } = chunk
    const owned = end - start
    let next = space
    // A stream does not know its length: then nothing is there.
    if (end < chunk.length) next = bytes.length > owned ? bytes[owned]! : (chunk.view(end, end + 1)[0] ?? space)
    const { kernel } = state
    if (kernel === undefined) return plainWordEnds(bytes.subarray(0, owned), next)
    const address = kernel.place(bytes)
    // At the end of the data, or without overlap, the next byte is written behind the chunk, where the memory has spare bytes.
    if (bytes.length <= owned) kernel.bytes(address + owned, 1)[0] = next
    return kernel.run.countWordEnds(address, owned + 1) >>> 0
  },

  reduce: exactCounts,
})
