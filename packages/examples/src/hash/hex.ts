// Bytes as hex digits, and back.

/** Two lower-case digits per byte. */
export function hexOf(bytes: Readonly<Uint8Array>): string {
  let digits = ''
  for (const byte of bytes) digits += byte.toString(16).padStart(2, '0')
  return digits
}

/** The inverse of {@link hexOf}. */
export function bytesOfHex(digits: string): Uint8Array {
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16))
}
