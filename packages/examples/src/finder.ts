// Finds a pattern in bytes, again and again: with a Buffer in Node, by a plain loop in browsers.

/** Returns the first offset >= `from` at which the pattern occurs; -1 if there is none. */
export type Finder = (from: number) => number

/**
 * A finder for a pattern of at least one byte.
 *
 * Offsets are those in `bytes`, which must be a chunk: past 2 GiB, the `indexOf` of a Buffer returns wrong offsets.
 */
export function createFinder(bytes: Readonly<Uint8Array>, pattern: Readonly<Uint8Array>): Finder {
  if (typeof Buffer === 'undefined') return createPlainFinder(bytes, pattern)
  const memory = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return (from) => memory.indexOf(pattern, from)
}

/**
 * The same without a Buffer.
 *
 * @see R. N. Horspool, Practical fast searching in strings (1980)
 */
export function createPlainFinder(bytes: Readonly<Uint8Array>, pattern: Readonly<Uint8Array>): Finder {
  const last = pattern.length - 1
  if (last === 0) return (from) => bytes.indexOf(pattern[0]!, from)
  /** How far the pattern may move if this byte is under its end. */
  const skips = new Int32Array(256).fill(pattern.length)
  for (let i = 0; i < last; i++) skips[pattern[i]!] = last - i
  return (from) => {
    for (let at = from; at + last < bytes.length; at += skips[bytes[at + last]!]!) {
      let i = last
      while (i >= 0 && bytes[at + i] === pattern[i]) i--
      if (i < 0) return at
    }
    return -1
  }
}
