// The CRC-32 of gzip and zip in JavaScript, eight bytes per step.

const polynomial = 0xedb88320

/** `tables[k][byte]`: what `byte` does to the CRC when `k` more bytes follow it in the same step. */
const tables = ((): readonly Uint32Array[] => {
  const first = Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ polynomial
    return crc
  })
  const all = [first]
  while (all.length < 8) all.push(all.at(-1)!.map((crc) => first[crc & 255]! ^ (crc >>> 8)))
  return all
})()

/**
 * The CRC-32 of some bytes.
 *
 * @returns an integer in 0..2^32-1
 * @see M. E. Kounavis, F. L. Berry, Novel table lookup-based algorithms for high-performance CRC generation (2008): slicing by 8
 */
export function crc32InJavaScript(bytes: Readonly<Uint8Array>): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = tables
  let crc = ~0
  let at = 0
  for (; at + 8 <= bytes.length; at += 8) {
    crc =
      t7![(crc ^ bytes[at]!) & 255]! ^
      t6![((crc >>> 8) ^ bytes[at + 1]!) & 255]! ^
      t5![((crc >>> 16) ^ bytes[at + 2]!) & 255]! ^
      t4![(crc >>> 24) ^ bytes[at + 3]!]! ^
      t3![bytes[at + 4]!]! ^
      t2![bytes[at + 5]!]! ^
      t1![bytes[at + 6]!]! ^
      t0![bytes[at + 7]!]!
  }
  for (; at < bytes.length; at++) crc = t0![(crc ^ bytes[at]!) & 255]! ^ (crc >>> 8)
  return ~crc >>> 0
}
