// Whether bytes of a gzip member may lie in a stored block. Deflate stores data that cannot be packed as it is. If that data is a file of
// gzip, its header looks like the start of the next member.
//
// See https://www.rfc-editor.org/rfc/rfc1951 (3.2.4, non-compressed blocks).

/** A stored block has at most so many bytes. */
const mostStoredBytes = 65_535
/** A block begins with its length in 16 bits, and the same bits inverted. */
const lengthBytes = 4

/**
 * Whether a stored block may hold the byte at `at`. If it says no, none does. If a member ends before `at`, it says yes for one of eight
 * members, by chance.
 *
 * @param bytes - they begin with the member
 */
export function mayBeStored(bytes: Buffer, at: number): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, at)
  for (let begin = Math.max(1, at - lengthBytes - mostStoredBytes + 1); begin <= at - lengthBytes; begin++) {
    const lengths = view.getUint32(begin, true)
    if (((lengths ^ (lengths >>> 16)) & 0xffff) !== 0xffff) continue
    // The bits between the kind of the block, which is 0, and the next whole byte are 0 too. They are the highest ones.
    if (begin + lengthBytes + (lengths & 0xffff) > at && view.getUint8(begin - 1) < 0x40) return true
  }
  return false
}
