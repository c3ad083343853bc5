// The SHA-256 tree hash that S3 Glacier published, from the hashes of its leaves.

import { sha256Now } from './digest.js'
import { bytesOfHex, hexOf } from './hex.js'

/** Bytes of a leaf; the last one may be shorter. */
export const leafBytes: number = 1024 * 1024

/**
 * The root of the tree. Level by level, neighbours become `SHA-256(left ‖ right)`. A node without a neighbour moves up as it
 * is.
 *
 * Without leaves, it is the SHA-256 of nothing.
 *
 * @param leaves - the SHA-256 of each leaf in order, each 64 hex digits
 * @returns 64 lower-case hex digits
 * @see https://docs.aws.amazon.com/amazonglacier/latest/dev/checksum-calculations.html
 */
export function treeHash(leaves: readonly string[]): string {
  if (leaves.length === 0) return hexOf(sha256Now(new Uint8Array(0)))
  let level = leaves
  while (level.length > 1) {
    const parents: string[] = []
    for (let i = 0; i < level.length; i += 2) {
      const left = level[i]!
      const right = level[i + 1]
      parents.push(right === undefined ? left : hashPair(left, right))
    }
    level = parents
  }
  return level[0]!
}

function hashPair(left: string, right: string): string {
  return hexOf(sha256Now(bytesOfHex(left + right)))
}
