// Compressed files that are cut off, damaged or followed by something else: one clear error that says where, and never a wrong answer.

import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { fixed, isOnecopyError, sequential, sum } from '@onecopy/core'
import { createEngine, file } from '@onecopy/node'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { randomBytes } from '../support/bytes.js'
import {
  bgzf,
  bgzfBlock,
  cut,
  type GzipHeader,
  gzipMember,
  hasZstd,
  skippedFrame,
  zstdFrame,
} from '../support/packed.js'
import { tempDir } from '../support/temp-dir.js'

const dir = tempDir()
let files = 0

function fileOf(bytes: Uint8Array): string {
  const path = join(dir, `file ${files++}`)
  writeFileSync(path, bytes)
  return path
}

type Format = 'gzip' | 'zstd' | 'brotli'

/** What a file holds, or the code and message of the error. */
async function unpack(packed: Uint8Array, decompress: Format): Promise<Buffer | string> {
  try {
    const data = await file(fileOf(packed), { decompress })
    return Buffer.concat(await sequential().map(data, (part) => part.slice(), { chunks: fixed({ size: 100 }) }))
  } catch (error) {
    if (!isOnecopyError(error)) throw error
    return `${error.code}: ${error.message}`
  }
}

const bytes = randomBytes(400, 1).map((byte) => byte & 15)
const parts = cut(bytes, 100)

const packings: readonly (readonly [name: string, format: Format, pieces: readonly Buffer[]])[] = [
  ['gzip', 'gzip', [gzipSync(bytes)]],
  ['gzip in members', 'gzip', parts.map((part) => gzipMember(part, { name: 'x', hasChecksum: true }))],
  ['BGZF', 'gzip', parts.map(bgzfBlock)],
  ...(hasZstd ? [['zstd in frames', 'zstd', parts.map(zstdFrame)] as const] : []),
]

describe.each(packings)('%s', (_name, format, pieces) => {
  const packed = Buffer.concat(pieces)
  const edges = new Map<number, number>()
  pieces.reduce((end, piece, i) => edges.set(end, i) && end + piece.length, 0)

  test('cut off anywhere: the members before the cut if it lies between two, else ERR_DATA_DAMAGED', async () => {
    for (let end = 1; end < packed.length; end++) {
      const got = await unpack(packed.subarray(0, end), format)
      const whole = edges.get(end)
      if (whole === undefined) expect(got, `cut at ${end}`).toMatch(/^ERR_DATA_DAMAGED: .* at byte \d+: /)
      else expect(got, `cut at ${end}`).toEqual(Buffer.concat(parts.slice(0, whole)))
    }
  })

  test('with one wrong bit anywhere: the right answer, or ERR_DATA_DAMAGED', async () => {
    for (let at = 0; at < packed.length * 8; at += 3) {
      const wrong = Buffer.from(packed)
      wrong[at >> 3]! ^= 1 << (at & 7)
      const got = await unpack(wrong, format)
      if (typeof got === 'string') expect(got, `bit ${at}`).toMatch(/^ERR_DATA_DAMAGED: .* at byte \d+: /)
      else expect(got.equals(bytes), `bit ${at}`).toBe(true)
    }
  })
})

test('a damaged member is named by where it begins in the compressed file', async () => {
  for (const pieces of [parts.map((part) => gzipMember(part)), parts.map(bgzfBlock)]) {
    const packed = Buffer.concat(pieces)
    const start = pieces[0]!.length + pieces[1]!.length
    packed[start + pieces[2]!.length - 6]! ^= 1
    expect(await unpack(packed, 'gzip')).toMatch(new RegExp(`is damaged: the gzip member at byte ${start}: `))
  }
})

test.each<readonly [name: string, garbage: Buffer, at: number]>([
  ['text', Buffer.from('garbage'), 0],
  ['text behind zeros', Buffer.from('\0\0\0garbage'), 3],
  ['a member behind zeros', Buffer.concat([Buffer.alloc(7), gzipSync('x')]), 7],
  ['the beginning of a header', Buffer.of(0x1f, 0x8b), 0],
])('what follows the last member of gzip is refused: %s', async (_name, garbage, at) => {
  for (const pieces of [[gzipSync(bytes)], parts.map((part) => gzipMember(part)), [bgzf(bytes, 100)]]) {
    const packed = Buffer.concat(pieces)
    const got = await unpack(Buffer.concat([packed, garbage]), 'gzip')
    expect(got).toMatch(new RegExp(`^ERR_DATA_DAMAGED: .* at byte ${packed.length + at}: `))
  }
})

test('files of gzip inside of a member look like members, and are data', async () => {
  const inner = Buffer.concat([1, 2, 3].map((seed) => gzipMember(randomBytes(5000, seed))))
  const packed = gzipSync(Buffer.concat([Buffer.from('name'), inner]), { level: 0 })
  expect(await unpack(packed, 'gzip')).toEqual(Buffer.concat([Buffer.from('name'), inner]))
})

describe('files of gzip that are stored in any member are data', () => {
  type Pack = (data: Uint8Array) => Buffer
  const ofMembers = (data: Uint8Array): Buffer => Buffer.concat(cut(data, 4000).map((part) => gzipMember(part)))
  const packs: readonly (readonly [name: string, pack: Pack])[] = [
    ['one file', (data) => gzipSync(data)],
    ['a file with a name', (data) => gzipMember(data, { name: 'a.log', hasChecksum: true })],
    ['members', ofMembers],
    ['BGZF', (data) => bgzf(data, 3000)],
    ['a file in a file', (data) => gzipSync(gzipSync(data, { level: 0 }), { level: 0 })],
  ]
  const plain = [1, 2, 3].map((seed) => gzipMember(randomBytes(9000, seed)))

  test.each(packs)('%s', async (_name, pack) => {
    for (const outer of [(data: Uint8Array) => gzipMember(data, {}, 0), (data: Uint8Array) => gzipSync(data)]) {
      for (const at of [0, 1, 2, 3]) {
        const inner = Buffer.concat([Buffer.from('name'), pack(randomBytes(20_000, 4)), pack(randomBytes(70_000, 5))])
        const packed = Buffer.concat([...plain.slice(0, at), outer(inner), ...plain.slice(at)])
        const got = await unpack(packed, 'gzip')
        expect(Buffer.isBuffer(got) && got.equals(gunzipSync(packed)), `${_name} in member ${at}`).toBe(true)
      }
    }
  })

  test('whatever is in them, and in any order', async () => {
    const data = fc.tuple(fc.nat(3000), fc.nat(100)).map(([length, seed]) => randomBytes(length, seed))
    const { file: one } = fc.letrec<{ file: Buffer; content: Uint8Array }>((tie) => ({
      content: fc.oneof(
        { maxDepth: 3 },
        data,
        fc.array(fc.oneof(tie('file'), data), { maxLength: 3 }).map((all) => Buffer.concat(all)),
      ),
      file: fc
        .tuple(tie('content'), fc.constantFrom(0, 0, 1, 9), fc.constantFrom<GzipHeader>({}, { name: 'x' }), fc.nat(4))
        .map(([content, level, header, kind]) =>
          kind === 0 ? bgzf(content, 500) : gzipMember(content, header, level),
        ),
    }))
    await fc.assert(
      fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 5 }), async (members) => {
        const packed = Buffer.concat(members)
        const got = await unpack(packed, 'gzip')
        expect(Buffer.isBuffer(got) && got.equals(gunzipSync(packed))).toBe(true)
      }),
      { numRuns: 100 },
    )
  })

  test('and what is damaged behind them is still told, with its place', async () => {
    const stored = gzipMember(Buffer.concat(plain), {}, 0)
    const packed = Buffer.concat([plain[0]!, stored, plain[1]!, plain[2]!])
    const start = plain[0]!.length + stored.length
    packed[start + 1000]! ^= 1
    expect(await unpack(packed, 'gzip')).toMatch(new RegExp(`^ERR_DATA_DAMAGED: .* the gzip member at byte ${start}: `))
  })
})

test('zeros behind the last member of gzip are no damage', async () => {
  for (const pieces of [[gzipSync(bytes)], parts.map((part) => gzipMember(part)), [bgzf(bytes, 100)]]) {
    for (const zeros of [1, 2, 3, 4, 512, 200_000]) {
      expect(await unpack(Buffer.concat([...pieces, Buffer.alloc(zeros)]), 'gzip')).toEqual(Buffer.from(bytes))
    }
  }
})

test.each<readonly [Format, Buffer]>([
  ['gzip', Buffer.from('no gzip')],
  ['brotli', Buffer.from('\xff\xff\xff no brotli', 'latin1')],
  ...(hasZstd ? [['zstd', Buffer.from('no zstd at all')] as const] : []),
])('a file that is no %s: ERR_DATA_DAMAGED', async (format, packed) => {
  expect(await unpack(packed, format)).toMatch(/^ERR_DATA_DAMAGED: .* at byte \d+: /)
})

test('Brotli that is cut off, or followed by something else: ERR_DATA_DAMAGED', async () => {
  const packed = brotliCompressSync(bytes)
  for (let end = 1; end < packed.length; end += 7) {
    expect(await unpack(packed.subarray(0, end), 'brotli')).toMatch(/^ERR_DATA_DAMAGED: /)
  }
  expect(await unpack(Buffer.concat([packed, Buffer.from('more')]), 'brotli')).toMatch(/^ERR_DATA_DAMAGED: /)
})

test.runIf(hasZstd)('a frame that is skipped and cut off: ERR_DATA_DAMAGED', async () => {
  const packed = Buffer.concat([zstdFrame(bytes), skippedFrame(bytes)])
  expect(await unpack(packed.subarray(0, -1), 'zstd')).toMatch(/^ERR_DATA_DAMAGED: .* at byte \d+: /)
})

test('a file that was truncated since it was opened: ERR_DATA_CHANGED', async () => {
  const path = fileOf(bgzf(bytes, 100))
  const data = await file(path, { decompress: 'auto' })
  truncateSync(path, 100)
  await using engine = createEngine({ workers: 2 })
  const run = engine.map(data, (part) => part.length, { chunks: fixed({ size: 10 }) }).reduce(sum())
  await expect(run).rejects.toMatchObject({ code: 'ERR_DATA_CHANGED' })
})
