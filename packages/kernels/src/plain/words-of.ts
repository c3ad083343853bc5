// Bytes as words of four, for twins that look at four bytes at once.

/** The words in `bytes` at whole multiples of four of their buffer, and where the first of them begins. */
export function wordsOf({ buffer, byteOffset, length }: Uint8Array): { words: Uint32Array; from: number } {
  const from = -byteOffset & 3
  if (length < from + 4) return { words: new Uint32Array(0), from: 0 }
  return { words: new Uint32Array(buffer, byteOffset + from, (length - from) >> 2), from }
}
