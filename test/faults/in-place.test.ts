// Runs that are written in place whose workers die half-way, and files that cannot take what is written.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { alloc, createEngine, createFile, file, fixed, type Output, share } from '@onecopy/node'
import { describe, expect, test } from 'vitest'
import { diesHalfWay } from '../plugins/in-place.js'
import { tempDir } from '../support/temp-dir.js'

const dir = tempDir()
const bytes = Uint8Array.from({ length: 1003 }, (_, i) => i * 7)
const expected = Uint32Array.from({ length: 2006 }, (_, i) => 2 * (Math.floor(i / 20) + bytes[i >> 1]!))

describe.each(['thread', 'process'] as const)('isolation: %s', (isolation) => {
  const into: readonly (readonly [
    name: string,
    make: () => Output<Uint32Array>,
    read: (out: Output) => Uint32Array,
  ])[] = [
    // `as`: the run gives the output that was made.
    ['memory', () => alloc(Uint32Array, 2006), (out) => (out as ReturnType<typeof alloc<Uint32Array>>).view()],
    [
      'a file',
      () => createFile(join(dir, `${isolation}.u32`), Uint32Array, 2006),
      () => new Uint32Array(new Uint8Array(readFileSync(join(dir, `${isolation}.u32`))).buffer),
    ],
  ]
  test.each(into)('a chunk whose worker died half-way is written anew, into %s', async (name, make, read) => {
    const folder = join(dir, `${isolation} ${name}`)
    mkdirSync(folder)
    await using engine = createEngine({ workers: 2, isolation })
    const output = make()
    const run = engine.run(share(bytes), diesHalfWay, { into: output, params: { folder, chunks: [0, 17, 60, 100] } })
    expect(await run).toBe(output)
    expect(read(output)).toEqual(expected)
    expect(run.stats).toMatchObject({ workersLost: 4, retries: 4 })
  })
})

test('a file in place: the same bytes as in memory, read chunk by chunk from another file', async () => {
  const [from, to] = [join(dir, 'numbers.f64'), join(dir, 'halves.f32')]
  const numbers = Float64Array.from({ length: 10_001 }, (_, i) => i / 3)
  writeFileSync(from, numbers)
  writeFileSync(to, 'this was here before, and is replaced')
  await using engine = createEngine({ workers: 2 })
  const halves = await engine.map(
    file(from, Float64Array),
    (part, { out }) => {
      for (let i = 0; i < part.length; i++) out[i] = part[i]! / 2
    },
    { into: createFile(to, Float32Array, 10_001), chunks: fixed({ size: 999 }) },
  )
  expect(halves).toMatchObject({ path: to, length: 10_001, byteLength: 40_004, elementType: 'Float32Array' })
  const written = await engine.map(file(to, Float32Array), (part) => part.slice(), { chunks: fixed({ size: 20_000 }) })
  expect(written).toEqual([Float32Array.from(numbers, (n) => n / 2)])
})

test('a file that is gone, and a place where no file can be', async () => {
  const path = join(dir, 'gone.u8')
  await using engine = createEngine({ workers: 1 })
  expect(() => createFile(join(dir, 'no such folder', 'a'), Uint8Array, 1)).toThrow(
    expect.objectContaining({ code: 'ENOENT', message: expect.stringContaining('cannot create ') }),
  )
  expect(() => createFile(path, Uint8Array, -1)).toThrow('length: expected an integer >= 0, got -1')
  const output = createFile(path, Uint8Array, 3)
  const { rmSync } = await import('node:fs')
  rmSync(path)
  await expect(engine.map(share('abc'), () => {}, { into: output })).rejects.toMatchObject({ code: 'ENOENT', path })
})

test.skipIf(process.platform !== 'linux')('a full disk is the system’s own error, with the path', async () => {
  const output = createFile(join(dir, 'full.u8'), Uint8Array, 3)
  const { rmSync, symlinkSync } = await import('node:fs')
  rmSync(output.path)
  // A device without room.
  symlinkSync('/dev/full', output.path)
  await using engine = createEngine({ workers: 1 })
  await expect(engine.map(share('abc'), (part, { out }) => out.set(part), { into: output })).rejects.toMatchObject({
    code: 'ENOSPC',
    path: output.path,
    message: expect.stringContaining('cannot write '),
  })
})
