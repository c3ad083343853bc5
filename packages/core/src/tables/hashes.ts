// Hashes of 32 bits for keys. They follow from the key and the seed alone, so they are the same on every machine.

import { double, words } from '../base/float-bits.js'

/** Multiplies the hash of text and bytes once per code unit. */
export const factor: number = 0x9e3779b1

/** The last step of MurmurHash3: each bit of `hash` changes about half of the bits. */
export function mix(hash: number): number {
  let h = hash ^ (hash >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/** The hash of the code units of `text`. */
export function hashText(text: string, seed: number): number {
  let h = seed
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), factor)
  return mix(h)
}

/** The hash of bytes. For ASCII it is the hash of the text. */
export function hashBytes(bytes: Readonly<Uint8Array>, start: number, end: number, seed: number): number {
  let h = seed
  for (let i = start; i < end; i++) h = Math.imul(h ^ bytes[i]!, factor)
  return mix(h)
}

/** The hash of a number. 0 and -0 are one key, and so are all `NaN`. */
export function hashNumber(number: number, seed: number): number {
  const whole = number | 0
  if (whole === number) return mix(whole ^ seed)
  // Programs cannot tell one NaN from another, but their bits may differ.
  if (Number.isNaN(number)) return mix(~seed)
  double[0] = number
  return mix(Math.imul(mix(words[0]! ^ seed), factor) ^ words[1]!)
}
