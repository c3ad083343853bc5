// Encodings of text: how each writes a line feed, and which bytes may be found in the middle of its characters.
//
// Text can be cut at a delimiter only if the delimiter's bytes, at an offset that counts, are always the delimiter. In encodings of one
// byte per character, and in UTF-8, they are. In UTF-16 and UTF-32 they are at multiples of 2 or 4 bytes. In the encodings of East Asia the
// second byte of a character may be an ASCII character, but never a line feed.
//
// Method: https://encoding.spec.whatwg.org (indexes and decoders of legacy encodings)

import { show } from '../base/check.js'
import { runtime } from '../base/runtime.js'
import { decodeIn } from '../data/decode-encoding.js'

/** An encoding that can be cut. */
export interface TextEncoding {
  /** The name that `TextDecoder` knows, or `utf-32le` or `utf-32be`, which it does not know. */
  readonly name: string
  /** Bytes per unit: 1, 2 or 4. Units of 2 and 4 bytes are in the order that the name says. */
  readonly unit: 1 | 2 | 4
  readonly isBigEndian: boolean
  /** The byte order mark; empty if the encoding has none. */
  readonly mark: readonly number[]
  /** Characters that always stand for themselves in a text, one by one; undefined: all that it has. */
  readonly safe: RegExp | undefined
}

const wideNames: ReadonlyMap<string, TextEncoding> = new Map(
  [
    wide('utf-16le', 2, false, [0xff, 0xfe]),
    wide('utf-16be', 2, true, [0xfe, 0xff]),
    wide('utf-32le', 4, false, [0xff, 0xfe, 0, 0]),
    wide('utf-32be', 4, true, [0, 0, 0xfe, 0xff]),
  ].map((each) => [each.name, each]),
)

function wide(name: string, unit: 2 | 4, isBigEndian: boolean, mark: readonly number[]): TextEncoding {
  return { name, unit, isBigEndian, mark, safe: undefined }
}

/**
 * Which ASCII characters are never the second byte of a character. EUC-JP has only bytes from 0x8E on there, GBK and GB18030 also digits and
 * bytes from 0x40 on, Big5 and Shift_JIS bytes from 0x40 on, and EUC-KR, as Windows writes it, also letters.
 */
const multibyte: ReadonlyMap<string, RegExp> = new Map([
  ['shift_jis', /^[\0-?]*$/],
  ['big5', /^[\0-?]*$/],
  ['gbk', /^[\0-/:-?]*$/],
  ['gb18030', /^[\0-/:-?]*$/],
  ['euc-kr', /^[\0-@[-`{-\x7f]*$/],
  ['euc-jp', /^[\0-\x7f]*$/],
])

/** The encodings of one byte per character that `TextDecoder` knows by these names. */
const singleByte = /^(windows-(125[0-8]|874)|iso-8859-([2-8]|8-i|1[03-6])|koi8-[ru]|ibm866|macintosh|x-mac-cyrillic)$/

/** Encodings that cannot be cut, and why. */
const uncuttable: readonly (readonly [name: RegExp, why: string])[] = [
  [
    /^(utf-?16|utf-?32|ucs-?[24]|unicode|iso-10646-ucs-[24])$/,
    'its byte order is not known; if the data begins with FF FE, it is utf-16le, with FE FF utf-16be',
  ],
  [/^(iso-?2022|csiso2022|hz)/, 'what a byte means depends on the escape sequences before it'],
  [/^(x-)?utf-?7$|^unicode-1-1-utf-7$/, 'what a byte means depends on the shifts before it'],
  [/^(x-)?ebcdic|^(ibm|cp)-?(037|500|1047|1140)$/, 'its line feed is another byte, and no decoder knows it here'],
]

/**
 * Find an encoding by its name, as `TextDecoder` does: case does not matter, and there are other names for some.
 *
 * @throws {TypeError} `name` is not text
 * @throws {RangeError} the encoding is not known, or its text cannot be cut; the message says why
 */
export function encodingOf(name: unknown): TextEncoding {
  if (typeof name !== 'string') throw new TypeError(`encoding: expected the name of an encoding, got ${show(name)}`)
  const label = name
    .trim()
    .toLowerCase()
    .replaceAll('_', '-')
    .replace(/^utf(\d)/, 'utf-$1')
  const known = wideNames.get(label)
  if (known !== undefined) return known
  const [, why] = uncuttable.find(([pattern]) => pattern.test(label)) ?? []
  if (why !== undefined) {
    throw new RangeError(
      `encoding: text in ${show(name)} cannot be cut, because ${why}; convert it to UTF-8 first, for example with iconv`,
    )
  }
  const own = ownName(name)
  const base = { unit: 1, isBigEndian: false, mark: [], safe: undefined } as const
  if (own === 'utf-8') return { ...base, name: own, mark: [0xef, 0xbb, 0xbf] }
  const safe = own === undefined ? undefined : multibyte.get(own)
  if (own !== undefined && (safe !== undefined || singleByte.test(own))) return { ...base, name: own, safe }
  throw new RangeError(
    `encoding: expected an encoding that this runtime knows, such as 'utf-16le', 'latin1' or 'shift_jis', got ${show(name)}`,
  )
}

/** The name of the Encoding Standard for an encoding; undefined if the runtime does not know it. */
function ownName(name: string): string | undefined {
  try {
    return new runtime.TextDecoder(name, { ignoreBOM: true }).encoding
  } catch {
    // The caller says which ones there are.
    return undefined
  }
}

/**
 * The bytes of a delimiter in an encoding.
 *
 * @throws {RangeError} the encoding does not have one of its characters, or it may be found in the middle of other characters
 */
export function encodeDelimiter(text: string, { name, unit, isBigEndian, safe }: TextEncoding): number[] {
  if (name === 'utf-8') return [...new runtime.TextEncoder().encode(text)]
  if (unit > 1) {
    const units = unit === 2 ? [...text].flatMap(utf16Units) : [...text].map((each) => each.codePointAt(0)!)
    return units.flatMap((value) => {
      const bytes = Array.from({ length: unit }, (_, i) => (value >>> (8 * i)) & 0xff)
      return isBigEndian ? bytes.reverse() : bytes
    })
  }
  if (safe !== undefined) {
    if (safe.test(text)) return [...text].map((each) => each.charCodeAt(0))
    throw new RangeError(
      `delimiter: in ${name}, ${show(text)} may be found in the middle of other characters; give one without such characters, or convert the data to UTF-8`,
    )
  }
  const table = Array.from({ length: 256 }, (_, byte) => decodeIn(name, Uint8Array.of(byte), 0, 1))
  return [...text].map((each) => {
    const byte = table.indexOf(each)
    if (byte >= 0 && each !== '\ufffd') return byte
    throw new RangeError(`delimiter: ${name} has no ${show(each)}`)
  })
}

function utf16Units(character: string): number[] {
  return Array.from({ length: character.length }, (_, i) => character.charCodeAt(i))
}
