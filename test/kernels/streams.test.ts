// Plugins over a stream: they do not know where it ends, and give the answers that they give over memory.

import { type Plugin, sequential, share, stream } from '@onecopy/core'
import { byteCount, wordCount } from '@onecopy/examples'
import { byteHistogram, countByte, countLines, countWords, findBytes } from '@onecopy/kernels'
import { expect, test } from 'vitest'
import { inPieces } from '../support/pieces.js'

const bytes = new TextEncoder().encode('to be or not to be, that is  the question\n'.repeat(7000))

test.each<readonly [name: string, plugin: unknown, params: object | undefined]>([
  ['count-lines', countLines, undefined],
  ['count-words', countWords, undefined],
  ['count-words without SIMD', countWords, { simd: false }],
  ['count-byte', countByte, { byte: 98 }],
  ['byte-histogram', byteHistogram, undefined],
  ['find-bytes', findBytes, { pattern: 'question\nto be' }],
  ['find-bytes without SIMD', findBytes, { pattern: 'question\nto be', simd: false }],
  ['find-bytes, which ends early', findBytes, { pattern: 'be', limit: 5 }],
  ['find-bytes of several patterns', findBytes, { patterns: ['not to', 'question\nto', 'be'] }],
  ['word-count', wordCount, undefined],
  ['byte-count', byteCount, undefined],
])('%s', async (_name, plugin, params) => {
  // `as`: each case has the parameters of its plugin.
  const job = plugin as Plugin<object, unknown, unknown>
  for (const end of [0, 1, 43, 65_536, 131_079, bytes.length]) {
    const part = bytes.subarray(0, end)
    for (const chunks of [undefined, { kind: 'overlapping', size: 65_536, overlap: 5000 } as const]) {
      const options = { ...(params === undefined ? {} : { params }), ...(chunks === undefined ? {} : { chunks }) }
      const expected = await sequential().run(share(part), job, options)
      expect(await sequential().run(stream(inPieces(part, [10_000, 3])), job, options)).toEqual(expected)
    }
  }
})
