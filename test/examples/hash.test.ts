// hash: the tree hash and the CRC-32 of the whole, from hashes of chunks.

import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { combineCrc32, hash, leafBytes, treeHash } from '@onecopy/examples'
import { createEngine, fixed, sequential, share } from '@onecopy/node'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'

const engine = createEngine({ workers: 3 })
afterAll(() => engine.close())

const sha256 = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest()

/** The tree from its root: the left subtree has as many leaves as the largest power of two below their number. */
function rootOf(leaves: Buffer[]): Buffer {
  if (leaves.length === 1) return leaves[0]!
  const left = 2 ** Math.floor(Math.log2(leaves.length - 1))
  return sha256(rootOf(leaves.slice(0, left)), rootOf(leaves.slice(left)))
}

describe('hash', () => {
  test('of nothing: CRC 0, and the SHA-256 of nothing', async () => {
    expect(await engine.run(share(''), hash)).toEqual({ crc32: 0, treeHash: sha256().toString('hex') })
  })

  test('up to one leaf, the tree hash is the SHA-256', async () => {
    for (const length of [1, leafBytes - 1, leafBytes]) {
      const bytes = new Uint8Array(length).fill(7)
      expect((await engine.run(share(bytes), hash)).treeHash).toBe(sha256(bytes).toString('hex'))
    }
  })

  test('seven leaves, the last one shorter', async () => {
    const bytes = Buffer.alloc(6 * leafBytes + 12_345)
    for (let i = 0; i < bytes.length; i += 4096) bytes.writeUInt32LE(i, i)
    const leaf = (i: number): Buffer => sha256(bytes.subarray(i * leafBytes, (i + 1) * leafBytes))
    const root = sha256(
      sha256(sha256(leaf(0), leaf(1)), sha256(leaf(2), leaf(3))),
      sha256(sha256(leaf(4), leaf(5)), leaf(6)),
    )
    expect(await engine.run(share(bytes), hash)).toEqual({ crc32: crc32(bytes), treeHash: root.toString('hex') })
  })

  test('one worker and several give the same', async () => {
    const data = share(Buffer.alloc(9 * leafBytes + 1, 'onecopy'))
    const answers = [
      await sequential().run(data, hash),
      await engine.run(data, hash, { workers: 1 }),
      await engine.run(data, hash),
    ]
    expect(answers[1]).toEqual(answers[0])
    expect(answers[2]).toEqual(answers[0])
  })

  test('the CRC of any data in chunks of any size is that of zlib', async () => {
    const alone = sequential()
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 100 }), async (bytes, size) => {
        const answer = await alone.run(share(bytes), hash, { chunks: fixed({ size }) })
        expect(answer.crc32).toBe(crc32(bytes))
      }),
    )
  })
})

describe('combineCrc32', () => {
  test('gives the CRC of both pieces together', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), fc.uint8Array({ maxLength: 2000 }), (left, right) => {
        expect(combineCrc32(crc32(left), crc32(right), right.length)).toBe(crc32(right, crc32(left)))
      }),
    )
  })

  test('is associative', () => {
    const crc = fc.integer({ min: 0, max: 2 ** 32 - 1 })
    const length = fc.integer({ min: 0, max: 2 ** 51 })
    fc.assert(
      fc.property(crc, crc, length, crc, length, (a, b, bLength, c, cLength) => {
        const leftFirst = combineCrc32(combineCrc32(a, b, bLength), c, cLength)
        expect(combineCrc32(a, combineCrc32(b, c, cLength), bLength + cLength)).toBe(leftFirst)
      }),
    )
  })

  test('takes lengths above 2^32: 5 GiB of zeros', () => {
    // Doubling: 20 KiB of zeros by zlib, then as many times as make 5 GiB.
    let length = 20 * 1024
    let zeros = crc32(new Uint8Array(length))
    for (; length < 5 * 2 ** 30; length *= 2) zeros = combineCrc32(zeros, zeros, length)
    expect(length).toBe(5 * 2 ** 30)
    // By `head -c 5G /dev/zero | gzip -1 | gzip -lv`.
    expect(zeros.toString(16).padStart(8, '0')).toBe('193838c3')
  })
})

describe('treeHash', () => {
  test('any number of leaves gives the tree that is described from its root', () => {
    for (let count = 1; count <= 40; count++) {
      const leaves = Array.from({ length: count }, (_, i) => sha256(Uint8Array.of(i)))
      const expected = rootOf(leaves).toString('hex')
      expect(treeHash(leaves.map((leaf) => leaf.toString('hex')))).toBe(expected)
    }
  })
})
