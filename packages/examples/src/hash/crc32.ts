// The CRC-32 of gzip and zip in JavaScript: eight bytes per step, in four streams at a time.
//
// Each step needs the CRC of the step before, so a processor waits for the tables most of the time. In four pieces of the data
// at a time, there are four steps that do not wait for each other. The four CRCs are combined at the end. This takes less than half
// of the time of a single stream.

import { combineCrc32 } from './crc32-combine.js'

const polynomial = 0xedb88320
/** Below so many bytes, combining takes longer than it saves. */
const leastBytes = 4096

/** `tables[k][byte]`: what `byte` does to the CRC when `k` more bytes follow it in the same step. */
const tables = ((): readonly Int32Array[] => {
  const first = Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ polynomial
    return crc
  })
  const all = [first]
  while (all.length < 8) all.push(all.at(-1)!.map((crc) => first[crc & 255]! ^ (crc >>> 8)))
  return all
})()
// As names, because they are faster than elements of a list.
const [t0, t1, t2, t3, t4, t5, t6, t7] = tables as [
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
]

/**
 * The CRC-32 of some bytes.
 *
 * @returns an integer in 0..2^32-1
 * @see M. E. Kounavis, F. L. Berry, Novel table lookup-based algorithms for high-performance CRC generation (2008): slicing by 8
 */
export function crc32InJavaScript(bytes: Readonly<Uint8Array>): number {
  let crc = ~0
  let at = 0
  if (bytes.length >= leastBytes) {
    // Words must lie at multiples of four bytes. Every browser's machine has the lowest byte of a word first.
    at = -bytes.byteOffset & 3
    crc = ofBytes(crc, bytes, 0, at)
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, 8 * Math.floor((bytes.length - at) / 32))
    crc = ofWords(crc, words)
    at += words.byteLength
  }
  return ~ofBytes(crc, bytes, at, bytes.length) >>> 0
}

function ofBytes(crc: number, bytes: Readonly<Uint8Array>, from: number, to: number): number {
  for (let at = from; at < to; at++) crc = t0[(crc ^ bytes[at]!) & 255]! ^ (crc >>> 8)
  return crc
}

/** The number of words is a multiple of eight. */
function ofWords(crc: number, words: Int32Array): number {
  const quarter = words.length / 4
  const parts = [0, 1, 2, 3].map((k) => words.subarray(k * quarter, (k + 1) * quarter))
  const [wordsA, wordsB, wordsC, wordsD] = parts as [Int32Array, Int32Array, Int32Array, Int32Array]
  let [a, b, c, d] = [crc, 0, 0, 0]
  for (let i = 0; i < quarter; i += 2) {
    a = step(a ^ wordsA[i]!, wordsA[i + 1]!)
    b = step(b ^ wordsB[i]!, wordsB[i + 1]!)
    c = step(c ^ wordsC[i]!, wordsC[i + 1]!)
    d = step(d ^ wordsD[i]!, wordsD[i + 1]!)
  }
  const byteLength = 4 * quarter
  return [b, c, d].reduce((left, right) => combineCrc32(left, right, byteLength), a)
}

/** The CRC after eight bytes: four that the CRC was added to, and four more. */
function step(low: number, high: number): number {
  return (
    t7[low & 255]! ^
    t6[(low >>> 8) & 255]! ^
    t5[(low >>> 16) & 255]! ^
    t4[low >>> 24]! ^
    t3[high & 255]! ^
    t2[(high >>> 8) & 255]! ^
    t1[(high >>> 16) & 255]! ^
    t0[high >>> 24]!
  )
}
