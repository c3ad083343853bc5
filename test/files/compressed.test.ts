// Compressed files: the same answers as the bytes that are packed in them, on every engine.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import {
  type Chunker,
  csvRecords,
  delimited,
  type Engine,
  fixed,
  lines,
  overlapping,
  records,
  sequential,
  share,
} from '@onecopy/core'
import { createEngine, file, files } from '@onecopy/node'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { randomBytes } from '../support/bytes.js'
import { engineKinds } from '../support/engines.js'
import { bgzf, bgzfEnd, cut, type GzipHeader, gzipMember, hasZstd, skippedFrame, zstdFrame } from '../support/packed.js'
import { tempDir } from '../support/temp-dir.js'

const dir = tempDir()
let written = 0

function fileOf(bytes: Uint8Array, ending: string = ''): string {
  const path = join(dir, `file ${written++}${ending}`)
  writeFileSync(path, bytes)
  return path
}

/** Lines of very different lengths, with commas and quotes. */
function textOf(byteLength: number): Buffer {
  const bytes = Buffer.from(randomBytes(byteLength, 7))
  return bytes.map((byte) => [10, 44, 34, 97, 98, 99, 100, 101, 102, 32][byte % 10]!) as Buffer
}

const inMembers = (bytes: Uint8Array, size: number): Buffer =>
  Buffer.concat(cut(bytes, size).map((part) => gzipMember(part)))
const inFrames = (bytes: Uint8Array, size: number): Buffer => Buffer.concat(cut(bytes, size).map(zstdFrame))

const largeWindow = { [constants.BROTLI_PARAM_LARGE_WINDOW]: 1, [constants.BROTLI_PARAM_LGWIN]: 30 }

/** Ways to pack bytes. */
type Packing = readonly [name: string, pack: (bytes: Uint8Array) => Buffer, ending?: string]
const ofZstd: readonly Packing[] = [
  ['zstd', (bytes) => zstdFrame(bytes)],
  ['zstd in frames', (bytes) => inFrames(bytes, 6000)],
]
const packings: readonly Packing[] = [
  ['gzip', (bytes) => gzipSync(bytes)],
  ['gzip in members', (bytes) => inMembers(bytes, 6000)],
  ['BGZF', (bytes) => bgzf(bytes)],
  ['BGZF in small blocks', (bytes) => bgzf(bytes, 200)],
  ['Brotli', (bytes) => brotliCompressSync(bytes), '.br'],
  ['Brotli with a large window', (bytes) => brotliCompressSync(bytes, { params: largeWindow }), '.br'],
  ...(hasZstd ? ofZstd : []),
]

const chunkers: readonly (readonly [name: string, chunks: Chunker])[] = [
  ['fixed', fixed({ size: 1700 })],
  ['lines', lines({ size: 1000 })],
  ['delimited', delimited({ delimiter: ',\n', size: 1000 })],
  ['records', records({ length: 33, header: 10, size: 50 * 33 })],
  ['overlapping', overlapping({ size: 1900, overlap: 300 })],
  ['csvRecords', csvRecords({ size: 1000, malformed: 'keep' })],
]

const seen = (part: Readonly<Uint8Array>, { start, end }: { readonly start: number; readonly end: number }) => ({
  start,
  end,
  text: String.fromCharCode(...part),
})

const kinds = [
  ...engineKinds,
  { name: 'processes, 2 workers', make: () => createEngine({ workers: 2, isolation: 'process' }) },
]

describe.each(kinds)('runs over a compressed file: $name', ({ make }) => {
  let engine: Engine
  beforeAll(() => {
    engine = make()
  })
  afterAll(() => engine.close())

  const bytes = textOf(20_000)

  describe.each(packings.map(([name, pack, ending]) => ({ name, pack, ending })))('$name', ({ pack, ending }) => {
    test.each(chunkers)('give the answers of the same bytes in memory: %s', async (_name, chunks) => {
      const data = await file(fileOf(pack(bytes), ending), { decompress: 'auto' })
      expect(await engine.map(data, seen, { chunks })).toEqual(await sequential().map(share(bytes), seen, { chunks }))
    })
  })

  test('give the answers of the same bytes in memory, for any members, blocks and chunk size', async () => {
    const header: fc.Arbitrary<GzipHeader> = fc.record(
      {
        extra: fc.uint8Array({ maxLength: 40 }),
        name: fc.stringMatching(/^[a-z.]{0,9}$/),
        comment: fc.stringMatching(/^[a-z ]{0,9}$/),
        hasChecksum: fc.boolean(),
        extraFlags: fc.constantFrom(0, 0, 1, 2, 255),
        system: fc.constantFrom(3, 3, 0, 20, 254),
        emptyBlocks: fc.constantFrom(0, 0, 1, 900),
      },
      { requiredKeys: [] },
    )
    const member = fc.tuple(fc.uint8Array({ maxLength: 200 }), header, fc.constantFrom(0, 1, 9))
    await fc.assert(
      fc.asyncProperty(
        fc.array(member, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 0, max: 5 }),
        async (members, size, zeros) => {
          const packed = [...members.map((each) => gzipMember(...each)), Buffer.alloc(zeros)]
          const data = await file(fileOf(Buffer.concat(packed)), { decompress: 'gzip' })
          const got = await engine.map(data, (part) => part, { chunks: fixed({ size }) })
          const wanted = Buffer.concat(members.map(([part]) => part))
          expect(data.length).toBe(wanted.length)
          expect(Buffer.concat(got).equals(wanted)).toBe(true)
        },
      ),
      { numRuns: 40 },
    )
  })

  test.each<readonly [name: string, header: GzipHeader]>([
    ['another compressor', { extraFlags: 1 }],
    ['another system', { system: 77 }],
    ['another compressor that writes a checksum', { extraFlags: 9, system: 200, hasChecksum: true }],
    ['a program that flushed often', { emptyBlocks: 5000 }],
  ])('give the answers of the same bytes in memory: a member of %s, among others', async (_name, header) => {
    const parts = cut(bytes, 500)
    const packed = parts.map((part, i) => gzipMember(part, i % 5 === 3 ? header : {}))
    const data = await file(fileOf(Buffer.concat(packed)), { decompress: 'auto' })
    const got = await engine.map(data, (part) => part, { chunks: fixed({ size: 700 }) })
    expect(Buffer.concat(got).equals(bytes)).toBe(true)
  })

  test('give the answers of the same bytes in memory: one large member of gzip, and a part of it', async () => {
    const large = Buffer.alloc(5 * 1024 * 1024, textOf(99_991))
    const path = fileOf(gzipSync(large, { level: 1 }))
    const count = (part: Readonly<Uint8Array>, { start }: { readonly start: number }): readonly number[] => [
      start,
      part.length,
      part.reduce((sum, byte) => (sum * 31 + byte) % 1_000_003, 7),
    ]
    const chunks = lines({ size: 100_000 })
    expect(await engine.map(await file(path, { decompress: 'auto' }), count, { chunks })).toEqual(
      await sequential().map(share(large), count, { chunks }),
    )
    const [start, end] = [1_000_000, 1_234_567]
    expect(await engine.map(await file(path, { decompress: 'auto', start, end }), count, { chunks })).toEqual(
      await sequential().map(share(large.subarray(start, end)), count, { chunks }),
    )
  })

  test('read elements of any type, behind a header of odd length', async () => {
    const numbers = Float64Array.from({ length: 4000 }, (_, i) => Math.sin(i))
    const raw = Buffer.concat([Buffer.from('abc'), new Uint8Array(numbers.buffer)])
    for (const [, pack, ending] of packings) {
      const options = { decompress: 'auto', offset: 3, start: 5, end: 3900 } as const
      const data = await file(fileOf(pack(raw), ending), Float64Array, options)
      const got = await engine.map(data, (part) => part, { chunks: fixed({ size: 100 }) })
      expect(got.flatMap((part) => [...part])).toEqual([...numbers.subarray(5, 3900)])
    }
  })

  test('chunk.view reads any window of what is decompressed', async () => {
    const data = await file(fileOf(bgzf(bytes, 700)), { decompress: 'auto' })
    const got = await engine.map(
      data,
      (part, chunk) => [...chunk.view(chunk.length - chunk.end, chunk.length - chunk.start), part[0]!],
      { chunks: fixed({ size: 1000 }) },
    )
    const parts = cut(bytes, 1000)
    expect(got).toEqual(parts.map((part, i) => [...parts[parts.length - 1 - i]!, part[0]!]))
  })
})

describe('file with decompress', () => {
  test('takes a file that is not compressed as it is, if the format is to be found out', async () => {
    const data = await file(fileOf(Buffer.from('as it is')), { decompress: 'auto' })
    expect(await sequential().map(data, (part) => String.fromCharCode(...part))).toEqual(['as it is'])
  })

  test('is not asked for: the bytes are those of the file', () => {
    const packed = gzipSync('text')
    expect(file(fileOf(packed)).length).toBe(packed.length)
    expect(file(fileOf(packed), { decompress: false }).length).toBe(packed.length)
  })

  test.each(['zip', true, 1, null])('refuses %j: a TypeError that names the formats', (decompress) => {
    const path = fileOf(Buffer.from('x'))
    expect(() => file(path, { decompress: decompress as 'auto' })).toThrow(TypeError)
    expect(() => file(path, { decompress: decompress as 'auto' })).toThrow(
      /^decompress: expected 'auto', 'gzip', .* got /,
    )
  })

  test('rejects if there is no such file, and says the path', async () => {
    const data = file(join(dir, 'nowhere.gz'), { decompress: 'auto' })
    await expect(data).rejects.toMatchObject({ code: 'ENOENT', message: /nowhere\.gz/ })
  })

  // Windows has no such devices.
  test.skipIf(process.platform === 'win32')('refuses a device, also among files, and says what reads it', async () => {
    const cure = /is not a regular file; to read it from its start to its end, use load\(\) or stream\(\)$/
    await expect(file('/dev/zero', { decompress: 'auto' })).rejects.toThrow(cure)
    await expect(files([fileOf(gzipSync('x')), '/dev/zero'], { decompress: 'auto' })).rejects.toThrow(cure)
  })

  test('a range that is not inside of what is decompressed: a RangeError', async () => {
    const path = fileOf(gzipSync('12345'))
    await expect(file(path, { decompress: 'auto', end: 6 })).rejects.toThrow(RangeError)
    await expect(file(path, Float64Array, { decompress: 'auto' })).rejects.toThrow(RangeError)
  })

  test('an empty file is empty data; a file of empty members too', async () => {
    const empty = await file(fileOf(new Uint8Array(0)), { decompress: 'auto' })
    expect(empty.length).toBe(0)
    const members = await file(fileOf(Buffer.concat([bgzfEnd, gzipSync(''), bgzfEnd])), { decompress: 'auto' })
    expect(await sequential().map(members, () => 1)).toEqual([])
  })

  test('says the same of the same file, and something else of what is packed in it', async () => {
    const path = fileOf(bgzf(textOf(1000)))
    const [one, two] = [await file(path, { decompress: 'auto' }), await file(path, { decompress: 'gzip' })]
    expect(one.identity).toBe(two.identity)
    expect(one.identity).not.toBe(file(path).identity)
    expect(one.identity).toContain('decompressed')
  })

  test.runIf(hasZstd)('skips frames of zstd that hold other data', async () => {
    const packed = [skippedFrame(randomBytes(50, 1)), zstdFrame(Buffer.from('ab')), skippedFrame(randomBytes(9, 2), 7)]
    const data = await file(fileOf(Buffer.concat([...packed, zstdFrame(Buffer.from('cd'))])), { decompress: 'auto' })
    expect(await sequential().map(data, (part) => String.fromCharCode(...part))).toEqual(['abcd'])
  })
})
