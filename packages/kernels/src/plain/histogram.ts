// The plain twin of the histogram. Uses four tables over words of four bytes, for the reason given in assembly/histogram.ts.

import { wordsOf } from './words-of.js'

export function plainHistogram(bytes: Uint8Array): Float64Array {
  const { words, from } = wordsOf(bytes)
  const a = new Uint32Array(256)
  const b = new Uint32Array(256)
  const c = new Uint32Array(256)
  const d = new Uint32Array(256)
  for (let at = 0; at < from; at++) a[bytes[at]!]!++
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    a[word & 0xff]!++
    b[(word >>> 8) & 0xff]!++
    c[(word >>> 16) & 0xff]!++
    d[word >>> 24]!++
  }
  for (let at = from + words.length * 4; at < bytes.length; at++) a[bytes[at]!]!++
  return Float64Array.from(a, (count, value) => count + b[value]! + c[value]! + d[value]!)
}
