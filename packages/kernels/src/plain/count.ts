// The plain twins of counting: one byte value, and words.

import { wordsOf } from './words-of.js'

/** How many of `bytes` equal `byte`. Tests the four bytes of a 32-bit word at once, without a branch. */
export function plainCount(bytes: Uint8Array, byte: number): number {
  const { words, from: first } = wordsOf(bytes)
  let count = 0
  for (let at = 0; at < first; at++) count += Number(bytes[at] === byte)
  const wanted = Math.imul(byte, 0x01010101)
  for (let from = 0; from < words.length; from += 255) {
    const to = Math.min(words.length, from + 255)
    // Four counters in one word. Each has 8 bits, so it can count 255 rounds.
    let counters = 0
    for (let i = from; i < to; i++) {
      const word = words[i]! ^ wanted
      counters = (counters + (~(((word & 0x7f7f7f7f) + 0x7f7f7f7f) | word | 0x7f7f7f7f) >>> 7)) | 0
    }
    count += (counters & 0xff) + ((counters >>> 8) & 0xff) + ((counters >>> 16) & 0xff) + (counters >>> 24)
  }
  for (let at = first + words.length * 4; at < bytes.length; at++) count += Number(bytes[at] === byte)
  return count
}

/** 1 for white space: tab, line feed, vertical tab, form feed, carriage return and space; 0 for the other bytes. */
const isSpace = new Uint8Array(256)
isSpace.fill(1, 0x09, 0x0e)
isSpace[0x20] = 1

/** How many words end in `bytes`. `next` is the byte behind them; at the end of the data it is white space. */
export function plainWordEnds(bytes: Uint8Array, next: number): number {
  let count = 0
  let before = 1
  for (let i = 0; i < bytes.length; i++) {
    const space = isSpace[bytes[i]!]!
    // Arithmetic instead of `if`, because the processor mispredicts white space in data that is not text.
    count += space & (before ^ 1)
    before = space
  }
  return count + (isSpace[next]! & (before ^ 1))
}
