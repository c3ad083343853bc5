// hash in the gallery. Its check computes the CRC of the stream, and builds the tree from its root downwards.

import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { type Hash, hash } from '../hash/hash.js'
import type { Example } from './example.js'

interface Answer {
  /** Eight lower-case hex digits. */
  readonly crc32: string
  /** 64 lower-case hex digits. */
  readonly treeHash: string
}

/** The example. */
export const hashExample: Example<Hash, Answer> = {
  plugin: hash,
  teaches: 'a reducer for which the order matters, and a chunk size that is part of the answer',
  run: (engine, data, { workers, watch }) => watch(engine.run(data, hash, { workers })),
  answer: ({ crc32, treeHash }) => ({ crc32: hexOf(crc32), treeHash }),
  check: hashInOrder,
  against: 'zlib.crc32 of the stream, and the tree split from its root, on one thread',
  summary: ({ crc32, treeHash }) => `CRC-32 ${crc32}\ntree ${treeHash.slice(0, 12)}…`,
  details: ({ crc32, treeHash }) => `CRC-32     ${crc32}\nTree hash  ${treeHash}`,
}

function hexOf(crc: number): string {
  return crc.toString(16).padStart(8, '0')
}

const mebibyte = 2 ** 20

async function hashInOrder(pieces: AsyncIterable<Uint8Array>): Promise<Answer> {
  const leaves: Buffer[] = []
  let crc = 0
  let leaf = createHash('sha256')
  let room = mebibyte
  for await (const piece of pieces) {
    crc = crc32(piece, crc)
    for (let at = 0; at < piece.length; ) {
      const part = piece.subarray(at, at + room)
      leaf.update(part)
      at += part.length
      room -= part.length
      if (room > 0) continue
      leaves.push(leaf.digest())
      leaf = createHash('sha256')
      room = mebibyte
    }
  }
  if (room < mebibyte || leaves.length === 0) leaves.push(leaf.digest())
  return { crc32: hexOf(crc), treeHash: rootOf(leaves).toString('hex') }
}

/**
 * The same tree, built from the root, as RFC 9162 describes its own tree: the left subtree has as many leaves as the largest
 * power of two that is less than their number.
 */
function rootOf(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 1) return leaves[0]!
  let left = 1
  while (left * 2 < leaves.length) left *= 2
  return createHash('sha256')
    .update(rootOf(leaves.slice(0, left)))
    .update(rootOf(leaves.slice(left)))
    .digest()
}
