// A hit with what stands around it.

import { printable } from './hex-dump.js'

/** A hit, cut into what stands before it, itself, and what stands behind it. */
export interface HitContext {
  readonly before: string
  readonly match: string
  readonly after: string
}

/** Bytes that are shown before a hit. */
export const bytesBefore = 24
/** Bytes that are shown behind a hit. */
export const bytesAfter = 40

/**
 * The context of a hit. Text in UTF-8 is shown as text; line ends and other control characters as `·`.
 *
 * @param bytes - what was read around the hit
 * @param from - where the hit starts in `bytes`
 * @param length - bytes of the hit
 */
export function hitContext(bytes: Uint8Array, from: number, length: number): HitContext {
  return {
    before: readable(bytes.subarray(0, from)),
    match: readable(bytes.subarray(from, from + length)),
    after: readable(bytes.subarray(from + length)),
  }
}

function readable(bytes: Uint8Array): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
    return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '·')
  } catch {
    // The bytes are not UTF-8, or a character is cut at their edge.
    return printable(bytes)
  }
}
