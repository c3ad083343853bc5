// Decodes text in any encoding from a part of shared memory, on every runtime.

import { isArrayBuffer, isError } from '../base/built-in.js'
import { runtime } from '../base/runtime.js'
import { decodeWindow } from './decode-text.js'

type Decoder = InstanceType<typeof runtime.TextDecoder>

const decoders = new Map<string, Decoder>()
/** What windows-1252 has at the bytes 0x80 to 0x9F. */
const windows1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'
/** Node 20 decodes windows-1252 as ISO-8859-1, which has control characters there. Undefined: nobody has looked yet. */
let hasControls: boolean | undefined
/** Browsers' decoders refuse shared memory. This becomes true when this runtime's decoder has refused it once. */
let refusesShared = false

/**
 * The text in the window `[start, end)`. Bytes that are none of the encoding become U+FFFD. A byte order mark stays in the text.
 *
 * @param name - as `TextDecoder` knows it, or `utf-32le` or `utf-32be`
 */
export function decodeIn(name: string, view: Readonly<Uint8Array>, start: number, end: number): string {
  if (name === 'utf-8') return decodeWindow(view, start, end)
  if (name === 'utf-32le' || name === 'utf-32be') return decodeUtf32(view, start, end, name === 'utf-32le')
  const text = decodeByRuntime(name, view.subarray(start, end))
  if (name !== 'windows-1252') return text
  hasControls ??= decodeByRuntime(name, Uint8Array.of(0x80)) !== '€'
  return hasControls ? text.replace(/[\x80-\x9f]/g, (each) => windows1252[each.charCodeAt(0) - 0x80]!) : text
}

function decodeByRuntime(name: string, window: Readonly<Uint8Array>): string {
  let decoder = decoders.get(name)
  if (decoder === undefined) {
    // Other encodings have no byte order mark. With this option, Node 20 and 22 leave out the byte 0xFF at the start of windows-1252.
    decoder = new runtime.TextDecoder(name, { ignoreBOM: name.startsWith('utf-16') })
    decoders.set(name, decoder)
  }
  if (!refusesShared || isArrayBuffer(window.buffer)) {
    try {
      return decoder.decode(window)
    } catch (error) {
      if (isArrayBuffer(window.buffer) || !isError(error) || error.name !== 'TypeError') throw error
      refusesShared = true
    }
  }
  return decoder.decode(window.slice())
}

/** More arguments than this may be too many for a call. */
const mostAtOnce = 4096
const replacement = 0xfffd

/** No runtime has a decoder for it. */
function decodeUtf32(view: Readonly<Uint8Array>, start: number, end: number, isLittleEndian: boolean): string {
  const bytes = new DataView(view.buffer, view.byteOffset + start, end - start)
  const parts: string[] = []
  let points: number[] = []
  for (let at = 0; at < bytes.byteLength; at += 4) {
    const isWhole = at + 4 <= bytes.byteLength
    const point = isWhole ? bytes.getUint32(at, isLittleEndian) : replacement
    const isCharacter = point < 0xd800 || (point > 0xdfff && point <= 0x10ffff)
    points.push(isCharacter ? point : replacement)
    if (points.length < mostAtOnce) continue
    parts.push(String.fromCodePoint(...points))
    points = []
  }
  parts.push(String.fromCodePoint(...points))
  return parts.join('')
}
