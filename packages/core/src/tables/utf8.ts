// Text as UTF-8 in shared memory: measured, written, compared in place, and read.
//
// A surrogate without a partner takes three bytes, as if it were a character. So every JavaScript string comes back as it was.

import { decodeWindow } from '../data/decode-text.js'

/** Up to this many bytes of ASCII are read one by one, because a call of the runtime's decoder takes longer. */
const mostShort = 12

/** The number of bytes of `text`; negative if a surrogate in it has no partner. */
export function utf8Length(text: string): number {
  let bytes = text.length
  let isWellFormed = true
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) continue
    bytes += unit < 0x800 ? 1 : 2
    if (!isSurrogate(unit)) continue
    if (isPair(text, i)) i++
    else isWellFormed = false
  }
  return isWellFormed ? bytes : -bytes
}

/** Write `text` into `heap` from `at` on. Returns where it ends. */
export function writeUtf8(text: string, heap: Uint8Array, at: number): number {
  let to = at
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) heap[to++] = unit
    else if (unit < 0x800) {
      heap[to++] = 0xc0 | (unit >> 6)
      heap[to++] = 0x80 | (unit & 0x3f)
    } else if (isSurrogate(unit) && isPair(text, i)) {
      // `!`: the pair is a character.
      const character = text.codePointAt(i++)!
      heap[to++] = 0xf0 | (character >> 18)
      heap[to++] = 0x80 | ((character >> 12) & 0x3f)
      heap[to++] = 0x80 | ((character >> 6) & 0x3f)
      heap[to++] = 0x80 | (character & 0x3f)
    } else {
      heap[to++] = 0xe0 | (unit >> 12)
      heap[to++] = 0x80 | ((unit >> 6) & 0x3f)
      heap[to++] = 0x80 | (unit & 0x3f)
    }
  }
  return to
}

/** Whether the bytes `[start, end)` of `heap` are `text`. */
export function isUtf8Of(text: string, heap: Readonly<Uint8Array>, start: number, end: number): boolean {
  const { length } = text
  const bytes = end - start
  if (bytes !== length) return bytes > length && isWideUtf8Of(text, heap, start, end)
  // As many bytes as code units: all are ASCII, or they differ.
  for (let i = 0; i < length; i++) if (heap[start + i] !== text.charCodeAt(i)) return false
  return true
}

function isWideUtf8Of(text: string, heap: Readonly<Uint8Array>, start: number, end: number): boolean {
  let at = start
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) {
      if (heap[at++] !== unit) return false
    } else if (unit < 0x800) {
      if (heap[at++] !== (0xc0 | (unit >> 6)) || heap[at++] !== (0x80 | (unit & 0x3f))) return false
    } else if (isSurrogate(unit) && isPair(text, i)) {
      // `!`: the pair is a character.
      const character = text.codePointAt(i++)!
      if (heap[at++] !== (0xf0 | (character >> 18))) return false
      if (heap[at++] !== (0x80 | ((character >> 12) & 0x3f))) return false
      if (heap[at++] !== (0x80 | ((character >> 6) & 0x3f))) return false
      if (heap[at++] !== (0x80 | (character & 0x3f))) return false
    } else {
      if (heap[at++] !== (0xe0 | (unit >> 12))) return false
      if (heap[at++] !== (0x80 | ((unit >> 6) & 0x3f))) return false
      if (heap[at++] !== (0x80 | (unit & 0x3f))) return false
    }
  }
  // The comparison may have looked past the end, at the next value.
  return at === end
}

/** The text that {@link writeUtf8} wrote. */
export function readUtf8(heap: Readonly<Uint8Array>, start: number, end: number, isWellFormed: boolean): string {
  if (end - start <= mostShort) {
    let text = ''
    let at = start
    for (; at < end; at++) {
      const byte = heap[at]!
      if (byte >= 0x80) break
      text += String.fromCharCode(byte)
    }
    if (at === end) return text
  }
  return isWellFormed ? decodeWindow(heap, start, end) : readSurrogates(heap, start, end)
}

/** As {@link readUtf8}, for text that decoders refuse. */
function readSurrogates(heap: Readonly<Uint8Array>, start: number, end: number): string {
  const units: string[] = []
  for (let at = start; at < end; ) {
    const byte = heap[at++]!
    if (byte < 0x80) units.push(String.fromCharCode(byte))
    else {
      const more = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3
      let character = byte & (0x3f >> more)
      for (let i = 0; i < more; i++) character = (character << 6) | (heap[at++]! & 0x3f)
      units.push(String.fromCodePoint(character))
    }
  }
  return units.join('')
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xe000
}

/** Whether the surrogate at `i` and the next code unit are a pair. */
function isPair(text: string, i: number): boolean {
  const next = text.charCodeAt(i + 1)
  return text.charCodeAt(i) < 0xdc00 && next >= 0xdc00 && next < 0xe000
}
