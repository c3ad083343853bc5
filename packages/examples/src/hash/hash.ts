// The hash plugin: a SHA-256 tree hash and the CRC-32 of the whole data, from hashes of its chunks.

import { definePlugin, fixed, type Plugin } from '@onecopy/core'
import { combineCrc32 } from './crc32-combine.js'
import { crc32, sha256 } from './digest.js'
import { hexOf } from './hex.js'
import { leafBytes, treeHash } from './tree-hash.js'

/** The result for one chunk, which is a leaf of the tree. */
export interface Leaf {
  /** 64 lower-case hex digits. */
  readonly sha256: string
  /** CRC-32, as `zlib.crc32` returns it. */
  readonly crc32: number
  /** Bytes. */
  readonly length: number
}

/** The partial result for neighbouring leaves. */
interface Leaves {
  readonly sha256: string[]
  crc32: number
  length: number
}

/** The answer. */
export interface Hash {
  /** The tree hash: 64 lower-case hex digits. */
  readonly treeHash: string
  /** The CRC-32 of the whole data as a number, as `zlib.crc32` returns it. */
  readonly crc32: number
}

/**
 * The tree hash with leaves of 1 MiB, and the CRC-32.
 *
 * The reducer is associative, and the order matters. CRCs are combined (see crc32-combine.ts), and hashes of leaves are listed.
 * `finish` builds the tree from the list, on one thread. Merging subtrees earlier would be right only if the merges had the
 * shape of the tree, and a reducer must not rely on that. The list takes 64 characters per MiB.
 *
 * @example const { treeHash, crc32 } = await engine.run(file('disk.img'), hash)
 */
export const hash: Plugin<undefined, Leaf, Hash> = definePlugin(import.meta.url, {
  name: 'hash',
  description: 'A SHA-256 tree hash with leaves of 1 MiB, and the CRC-32 of the whole.',
  chunks: fixed({ size: leafBytes }),

  async map(bytes): Promise<Leaf> {
    const digest = sha256(bytes)
    return { crc32: crc32(bytes), sha256: hexOf(await digest), length: bytes.length }
  },

  reduce: {
    init: (): Leaves => ({ sha256: [], crc32: 0, length: 0 }),
    add: (leaves, leaf) => append(leaves, [leaf.sha256], leaf),
    merge: (left, right) => append(left, right.sha256, right),
    finish: (leaves): Hash => ({ treeHash: treeHash(leaves.sha256), crc32: leaves.crc32 }),
  },
})

function append(left: Leaves, sha256: readonly string[], right: { crc32: number; length: number }): Leaves {
  for (const leaf of sha256) left.sha256.push(leaf)
  left.crc32 = combineCrc32(left.crc32, right.crc32, right.length)
  left.length += right.length
  return left
}
