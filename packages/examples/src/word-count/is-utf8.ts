// Tells whether bytes are UTF-8. It is a plain loop, because runs of letters are short and browsers have nothing ready-made.

/**
 * Whether all of `bytes` is well-formed UTF-8: no character is cut, longer than it needs to be, a surrogate, or above U+10FFFF.
 *
 * @see https://www.unicode.org/versions/Unicode16.0.0/core-spec/chapter-3/#G27506 table 3-7
 */
export function isUtf8(bytes: Readonly<Uint8Array>): boolean {
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at]!
    if (first < 0x80) {
      at++
      continue
    }
    const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
    if (first < 0xc2 || first > 0xf4 || at + length > bytes.length) return false
    const second = bytes[at + 1]!
    // What makes a character too long, a surrogate or too large shows in its second byte.
    if (second < leastSecond(first) || second > mostSecond(first)) return false
    for (let i = 2; i < length; i++) if ((bytes[at + i]! & 0xc0) !== 0x80) return false
    at += length
  }
  return true
}

function leastSecond(first: number): number {
  return first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
}

function mostSecond(first: number): number {
  return first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
}
