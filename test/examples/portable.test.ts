// What examples do in browsers, where Node's own functions are missing, against these functions.

import { isUtf8 } from 'node:buffer'
import { crc32 } from 'node:zlib'
import { build } from 'esbuild'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPlainFinder } from '../../packages/examples/dist/finder.js'
import { crc32InJavaScript } from '../../packages/examples/dist/hash/crc32.js'
import { isUtf8 as isUtf8InJavaScript } from '../../packages/examples/dist/word-count/is-utf8.js'

test('the examples can be bundled for a browser', async () => {
  const stdin = { contents: "export * from '@onecopy/examples'", resolveDir: process.cwd() }
  const { outputFiles } = await build({
    stdin,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    logLevel: 'error',
  })
  expect(outputFiles[0]!.text).not.toMatch(/from "node:/)
})

test('the finder finds what a Buffer finds, from any offset on', () => {
  // Few letters, so that patterns occur, overlap and fail late.
  const letters = (constraints: fc.ArrayConstraints) => fc.array(fc.constantFrom(0, 97, 98, 255), constraints)
  fc.assert(
    fc.property(
      letters({ maxLength: 60 }),
      letters({ minLength: 1, maxLength: 6 }),
      fc.nat(62),
      (bytes, pattern, from) => {
        const find = createPlainFinder(Uint8Array.from(bytes), Uint8Array.from(pattern))
        expect(find(from)).toBe(Buffer.from(bytes).indexOf(Uint8Array.from(pattern), from))
      },
    ),
    { numRuns: 1000 },
  )
})

test('CRC-32 is that of zlib, for short and long data at any address', () => {
  const long = fc
    .integer({ min: 0, max: 20_000 })
    .map((length) => Buffer.from(`${'onecopy ✓'.repeat(length)}`).subarray(0, length))
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 100 }), long), fc.nat(7), (bytes, offset) => {
      const view = new Uint8Array(new SharedArrayBuffer(offset + bytes.length), offset)
      view.set(bytes)
      expect(crc32InJavaScript(view)).toBe(crc32(bytes))
    }),
  )
})

test('what is UTF-8 is what Node says', () => {
  const character = fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }).map((text) => [...Buffer.from(text)])
  const edges = fc
    .constantFrom(...'80 bf c0 c1 c2 df e0 9f a0 ed ef f0 8f 90 f4 f5 ff'.split(' '))
    .map((hex) => [Number.parseInt(hex, 16)])
  fc.assert(
    fc.property(fc.array(fc.oneof(character, edges), { maxLength: 6 }), (parts) => {
      const bytes = Uint8Array.from(parts.flat())
      expect(isUtf8InJavaScript(bytes)).toBe(isUtf8(bytes))
    }),
    { numRuns: 3000 },
  )
})
