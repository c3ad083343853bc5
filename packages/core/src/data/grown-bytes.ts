// How large a reused buffer becomes when the next chunk does not fit into it.

const stepBytes = 64 * 1024

/**
 * The size of a buffer for `byteLength` bytes and a quarter more, as a multiple of 64 KiB. Chunks whose lengths differ a little,
 * as with lines, can then use the same buffer.
 */
export function grownBytes(byteLength: number): number {
  return Math.ceil((byteLength * 1.25) / stepBytes) * stepBytes
}
