// The plain twin of the histogram: four tables over words of four bytes, for the kernel's own reason.

export function plainHistogram(bytes: Uint8Array): Float64Array {
  const { buffer, byteOffset, length } = bytes
  const a = new Uint32Array(256)
  const b = new Uint32Array(256)
  const c = new Uint32Array(256)
  const d = new Uint32Array(256)
  let at = 0
  for (; at < length && (byteOffset + at) % 4 !== 0; at++) a[bytes[at]!]!++
  const words = new Uint32Array(buffer, byteOffset + at, (length - at) >> 2)
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    a[word & 0xff]!++
    b[(word >>> 8) & 0xff]!++
    c[(word >>> 16) & 0xff]!++
    d[word >>> 24]!++
  }
  for (at += words.length * 4; at < length; at++) a[bytes[at]!]!++
  return Float64Array.from(a, (count, value) => count + b[value]! + c[value]! + d[value]!)
}
