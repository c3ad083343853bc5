// The hash of a key's bytes. assembly/group.ts computes the same.

/**
 * A hash of 32 bits over words of four bytes, the last one filled up with zeros.
 *
 * The rounds are those of Fx (rustc-hash), the end is that of MurmurHash3. It does not resist keys that somebody chose to collide.
 */
export function hashOf(bytes: Readonly<Uint8Array>, start: number, end: number): number {
  let hash = end - start
  let at = start
  for (; end - at >= 4; at += 4) {
    const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    hash = Math.imul(((hash << 5) | (hash >>> 27)) ^ word, 0x9e3779b1)
  }
  if (at < end) {
    let word = bytes[at]!
    if (end - at > 1) word |= bytes[at + 1]! << 8
    if (end - at > 2) word |= bytes[at + 2]! << 16
    hash = Math.imul(((hash << 5) | (hash >>> 27)) ^ word, 0x9e3779b1)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
