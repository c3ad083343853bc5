// buffer(view): the memory of a view as a Buffer, without a copy.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { buffer, createEngine, file, moduleFunction, share } from '@onecopy/node'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tempDir } from '../support/temp-dir.js'
import { typedArrays } from '../support/typed-arrays.js'

const folder = tempDir()

const kinds = [DataView, ...typedArrays]

/** 64 bytes that differ. */
function memory(Kind: typeof ArrayBuffer | typeof SharedArrayBuffer): ArrayBufferLike {
  const bytes = new Uint8Array(new Kind(64))
  for (let i = 0; i < bytes.length; i++) bytes[i] = 3 * i
  return bytes.buffer
}

test.each(kinds.map((Kind) => ({ name: Kind.name, Kind })))('shows the bytes of a $name, and no others', ({ Kind }) => {
  // `as`: all of them are made alike.
  const Any = Kind as new (place: ArrayBufferLike, byteOffset: number, length: number) => ArrayBufferView
  for (const place of [memory(ArrayBuffer), memory(SharedArrayBuffer)]) {
    const view = new Any(place, 8, 2)
    const made = buffer(view)
    expect(Buffer.isBuffer(made)).toBe(true)
    expect(made.buffer).toBe(place)
    expect([...made]).toEqual([...new Uint8Array(place, 8, view.byteLength)])
  }
})

test('any window of any memory', () => {
  fc.assert(
    fc.property(fc.nat(64), fc.nat(64), fc.boolean(), (a, b, isShared) => {
      const place = memory(isShared ? SharedArrayBuffer : ArrayBuffer)
      const view = new Uint8Array(place).subarray(Math.min(a, b), Math.max(a, b))
      expect([...buffer(view)]).toEqual([...view])
      expect(buffer(view).byteOffset).toBe(view.byteOffset)
    }),
  )
})

test('is no copy: what is written to one is seen through the other', () => {
  const bytes = share('abc').view()
  const made = buffer(bytes)
  new Uint8Array(bytes.buffer)[1] = 0x2d
  expect(made.toString()).toBe('a-c')
})

test('takes a view of another realm', () => {
  const view = runInNewContext('new Uint16Array(new SharedArrayBuffer(8), 2, 3).fill(0x6161)')
  expect(buffer(view).toString()).toBe('aaaaaa')
})

test('in a worker, over shared memory and over a file', async () => {
  const countOf = moduleFunction<typeof import('../plugins/buffer.js')>(
    new URL('../plugins/buffer.js', import.meta.url),
    'indicesOfNeedle',
  )
  const text = 'a needle, and another needle'
  const engine = createEngine({ workers: 1 })
  try {
    const path = join(folder, 'text')
    writeFileSync(path, text)
    for (const data of [share(text), file(path)]) {
      expect((await engine.map(data, countOf)).flat()).toEqual([2, 22])
    }
  } finally {
    await engine.close()
  }
})

test.each([
  [undefined, 'undefined'],
  [null, 'null'],
  ['text', '"text"'],
  ['x'.repeat(1e6), `"${'x'.repeat(57)}"… (1000000 characters)`],
  [[1, 2], 'an array of 2'],
  [new ArrayBuffer(8), 'an object (ArrayBuffer)'],
  [new SharedArrayBuffer(8), 'an object (SharedArrayBuffer)'],
  [share('text'), 'an object (SharedMemory)'],
])('refuses %#', (value, shown) => {
  // `as`: wrong on purpose.
  const call = (): unknown => buffer(value as never)
  expect(call).toThrow(TypeError)
  expect(call).toThrow(`view: expected a typed array or DataView, got ${shown}.`)
})
