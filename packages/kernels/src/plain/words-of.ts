// Bytes as 32-bit words, for plain twins that look at four bytes at once.

/** The aligned 32-bit words inside `bytes`, and the offset in `bytes` of the first of them. */
export function wordsOf({ buffer, byteOffset, length }: Uint8Array): { words: Uint32Array; from: number } {
  const from = -byteOffset & 3
  if (length < from + 4) return { words: new Uint32Array(0), from: 0 }
  return { words: new Uint32Array(buffer, byteOffset + from, (length - from) >> 2), from }
}
