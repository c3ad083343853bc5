// A hash of 64 bits for keys: the first 64 bits of MurmurHash3 (x86, 128 bits).

import { double, words as doubleWords, highWord, lowWord } from '../base/float-bits.js'

/** The two halves of the hash. */
export const hashed: Uint32Array = new Uint32Array(2)

/** The bytes of a key as words of 32 bits, little-endian; zeros fill the last block of four words. */
let key = new Uint32Array(64)

/**
 * Hash a key into `hashed`. The seed tells kinds apart, so the number 1 and the text '1' are different keys.
 *
 * | kind | seed | bytes |
 * | --- | --- | --- |
 * | text | 1 | its UTF-16 code units, little-endian |
 * | number | 2 | the double, little-endian; -0 as 0 |
 * | bigint | 3 | its digits in base 16, as text |
 * | boolean | 4 | one byte, 0 or 1 |
 * | bytes | 5 | the bytes |
 *
 * Returns false if the key is of no such kind.
 */
export function hashKey(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
      hashWords(putText(value), 1)
      return true
    case 'number':
      hashWords(putNumber(value), 2)
      return true
    case 'bigint':
      hashWords(putText(value.toString(16)), 3)
      return true
    case 'boolean':
      key.fill(0, 0, 4)
      key[0] = Number(value)
      hashWords(1, 4)
      return true
    default:
      return false
  }
}

/** Hash bytes into `hashed`, as one key. */
export function hashBytes(bytes: Readonly<Uint8Array>): void {
  reserve(bytes.length)
  for (let i = 0; i < bytes.length; i++) key[i >>> 2]! |= bytes[i]! << (8 * (i & 3))
  hashWords(bytes.length, 5)
}

/** Make room for `byteLength` bytes. The last words are zeros. */
function reserve(byteLength: number): void {
  const length = 4 * Math.ceil(byteLength / 16)
  if (length > key.length) key = new Uint32Array(2 * length)
  else key.fill(0, 0, length)
}

function putText(text: string): number {
  reserve(2 * text.length)
  for (let i = 0; i < text.length; i++) key[i >>> 1]! |= text.charCodeAt(i) << (16 * (i & 1))
  return 2 * text.length
}

function putNumber(value: number): number {
  // Programs cannot tell one NaN from another, so all get the bits of this one.
  double[0] = Number.isNaN(value) ? 0 : value + 0
  key[0] = doubleWords[lowWord]!
  key[1] = Number.isNaN(value) ? 0x7ff80000 : doubleWords[highWord]!
  key[2] = 0
  key[3] = 0
  return 8
}

const [c1, c2, c3, c4] = [0x239b961b, 0xab0e9789, 0x38b34ae5, 0xa1e38b93]

/** @see https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp */
function hashWords(byteLength: number, seed: number): void {
  let [h1, h2, h3, h4] = [seed, seed, seed, seed]
  const whole = 4 * Math.floor(byteLength / 16)
  for (let i = 0; i < whole; i += 4) {
    h1 = step(h1 ^ mix(key[i]!, c1, 15, c2), 19, h2, 0x561ccd1b)
    h2 = step(h2 ^ mix(key[i + 1]!, c2, 16, c3), 17, h3, 0x0bcaa747)
    h3 = step(h3 ^ mix(key[i + 2]!, c3, 17, c4), 15, h4, 0x96cd1c35)
    h4 = step(h4 ^ mix(key[i + 3]!, c4, 18, c1), 13, h1, 0x32ac3b17)
  }
  // Fewer than 16 bytes are left. The zeros behind them change nothing.
  if (byteLength > 4 * whole) {
    h1 ^= mix(key[whole]!, c1, 15, c2)
    h2 ^= mix(key[whole + 1]!, c2, 16, c3)
    h3 ^= mix(key[whole + 2]!, c3, 17, c4)
    h4 ^= mix(key[whole + 3]!, c4, 18, c1)
  }
  h1 ^= byteLength
  h2 ^= byteLength
  h3 ^= byteLength
  h4 ^= byteLength
  h1 = (h1 + h2 + h3 + h4) | 0
  h2 = scramble(h2 + h1)
  h3 = scramble(h3 + h1)
  h4 = scramble(h4 + h1)
  h1 = scramble(h1)
  h1 = (h1 + h2 + h3 + h4) | 0
  hashed[0] = h1
  hashed[1] = h2 + h1
}

function mix(word: number, by: number, bits: number, then: number): number {
  return Math.imul(rotate(Math.imul(word, by), bits), then)
}

function step(h: number, bits: number, next: number, then: number): number {
  return (Math.imul(rotate(h, bits) + next, 5) + then) | 0
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}

function scramble(word: number): number {
  let h = word
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
