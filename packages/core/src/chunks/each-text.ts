// Lines inside a chunk as text and as JSON values.
//
// A call that makes one string costs more than the string. So a block of lines is decoded at once and cut into lines. In UTF-8 no
// other character contains the byte of a line feed, so the lines of the text are the lines of the bytes, whatever else is in them.

import { isError } from '../base/built-in.js'
import { checkBytes, checkCount, readOptions, show } from '../base/check.js'
import { decodeIn } from '../data/decode-encoding.js'
import { decodeWindow } from '../data/decode-text.js'
import type { EncodingOption } from './chunkers.js'
import { encodingOf, type TextEncoding } from './encodings.js'

/** Is called with each line. `index` counts the lines of the bytes from 0. */
export type VisitText = (text: string, index: number) => void

/** Is called with each value. `index` counts the lines of the bytes from 0. */
export type VisitJson<V> = (value: V, index: number) => void

/**
 * Is called with each line that is not JSON, and what `JSON.parse` says of it. `index` counts the lines of the bytes from 0. The line is
 * the bytes `[start, end)`, without its line feed, counted from the start of `bytes`.
 */
export type VisitInvalidJson = (text: string, index: number, error: SyntaxError, start: number, end: number) => void

const lineFeed = 10
/** An engine may keep the whole block for one line, so a block is small. */
const textBlockBytes = 4096
/** `JSON.parse` copies what it keeps, so a block may be larger. */
const jsonBlockBytes = 65536
/** So much of a line is shown in an error message. */
const mostShown = 60

/** Not a `Buffer`'s own, which count wrong past 2 GiB. */
const { indexOf, lastIndexOf } = Uint8Array.prototype

/**
 * Visit each line of `bytes` as text, in order.
 *
 * These are the lines that `eachLine` visits: without the line feed, but with a carriage return before it. They are decoded as
 * `decodeText` decodes them, in blocks of about 4 KiB, which is several times as fast as one by one.
 *
 * A runtime may keep the block of a line for as long as the line's text. If you keep few of many lines, make each of them with
 * `eachLine` and `decodeText` instead.
 *
 * With `encoding`, the lines are those of the chunker `lines({ encoding })`, decoded by the runtime's `TextDecoder`. `bytes` must begin
 * where a line begins, as chunks of that chunker do. A byte order mark in `bytes` stays in the text, as U+FEFF; that chunker leaves out the
 * one at the start of the data.
 *
 * For plugins and module functions: an inline function cannot see it.
 *
 * @param options.encoding - see `lines`; default UTF-8
 * @throws {TypeError} `bytes` is not a `Uint8Array`, or `visit` is not a function
 * @throws {RangeError} the encoding is not known, or its lines cannot be found
 * @example
 * map(bytes) {
 *   const found = []
 *   eachText(bytes, (line) => { if (/^ERROR .* timeout/.test(line)) found.push(line) })
 *   return found
 * }
 */
export function eachText(bytes: Readonly<Uint8Array>, visit: VisitText, options?: EncodingOption): void {
  checkCount('eachText', 3, arguments.length)
  checkBytes('bytes', bytes)
  checkFunction('visit', visit)
  const { encoding } = readOptions('eachText', options, ['encoding'])
  if (encoding === undefined) visitLines(bytes, textBlockBytes, visit)
  else visitLinesIn(bytes, encodingOf(encoding), visit)
}

/**
 * Visit the JSON value of each line of `bytes`, in order: NDJSON, also called JSON Lines.
 *
 * Lines of nothing but white space are left out. A byte order mark before the first value is left out, too.
 *
 * For plugins and module functions: an inline function cannot see it.
 *
 * @typeParam V - the type of the values. Nothing checks that they are of this type
 * @param invalid - is called for a line that is not JSON. Without it, such a line is an error
 * @throws {TypeError} `bytes` is not a `Uint8Array`, or `visit` or `invalid` is not a function
 * @throws {SyntaxError} a line is not JSON, and there is no `invalid`; the message has the line
 * @example
 * fold(totals, bytes) {
 *   eachJson<Payment>(bytes, ({ user, amount }) => totals.set(user, (totals.get(user) ?? 0) + amount))
 *   return totals
 * }
 */
export function eachJson<V = unknown>(
  bytes: Readonly<Uint8Array>,
  visit: VisitJson<V>,
  invalid?: VisitInvalidJson,
): void {
  checkCount('eachJson', 3, arguments.length)
  checkBytes('bytes', bytes)
  checkFunction('visit', visit)
  if (invalid !== undefined) checkFunction('invalid', invalid)
  const places = new LinePlaces(bytes)
  const refuse =
    invalid &&
    ((text: string, index: number, error: SyntaxError): void => {
      places.find(index)
      invalid(text, index, error, places.start, places.end)
    })
  visitLines(bytes, jsonBlockBytes, (line, index) => {
    if (line === '') return
    const text = index === 0 && line.charCodeAt(0) === 0xfeff ? line.slice(1) : line
    const value = parse(text, index, refuse)
    // `as`: the caller says so.
    if (value !== nothing) visit(value as V, index)
  })
}

const nothing: unique symbol = Symbol('nothing')

/** Finds where lines are, in ascending order. Only for the few that are asked for: counting costs as much as cutting. */
class LinePlaces {
  start = 0
  end = 0
  readonly #bytes: Readonly<Uint8Array>
  #index = 0

  constructor(bytes: Readonly<Uint8Array>) {
    this.#bytes = bytes
  }

  find(index: number): void {
    for (; this.#index < index; this.#index++) this.start = indexOf.call(this.#bytes, lineFeed, this.start) + 1
    const end = indexOf.call(this.#bytes, lineFeed, this.start)
    this.end = end < 0 ? this.#bytes.length : end
  }
}

type RefuseLine = (text: string, index: number, error: SyntaxError) => void

function parse(text: string, index: number, invalid: RefuseLine | undefined): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    // White space is looked for only here, because most lines have a value.
    if (/^[ \t\r]*$/.test(text)) return nothing
    // Others than these are not the line's: the stack may have been full.
    if (!isError(error) || error.name !== 'SyntaxError') throw error
    if (invalid === undefined) {
      const shown = text.length > mostShown ? `${show(text.slice(0, mostShown))}…` : show(text)
      throw new SyntaxError(`line ${index} of the bytes is not JSON: ${error.message}, in ${shown}`, { cause: error })
    }
    // `as`: its name says so.
    invalid(text, index, error as SyntaxError)
    return nothing
  }
}

function visitLines(bytes: Readonly<Uint8Array>, blockBytes: number, visit: VisitText): void {
  const { length } = bytes
  let index = 0
  for (let start = 0; start < length; ) {
    const end = blockEnd(bytes, start, blockBytes)
    const block = decodeWindow(bytes, start, end)
    for (let from = 0; from < block.length; ) {
      const found = block.indexOf('\n', from)
      const to = found < 0 ? block.length : found
      visit(block.slice(from, to), index++)
      from = to + 1
    }
    start = end
  }
}

function visitLinesIn(bytes: Readonly<Uint8Array>, encoding: TextEncoding, visit: VisitText): void {
  const { name, unit } = encoding
  const { length } = bytes
  // The bytes of its line feed are not looked for: the text of a block is cut. A block ends behind a line feed.
  const isLineFeed = unit === 1 ? undefined : lineFeedIn(bytes, encoding)
  let index = 0
  for (let start = 0; start < length; ) {
    const end =
      isLineFeed === undefined ? blockEnd(bytes, start, textBlockBytes) : wideBlockEnd(isLineFeed, start, length, unit)
    const block = decodeIn(name, bytes, start, end)
    for (let from = 0; from < block.length; ) {
      const found = block.indexOf('\n', from)
      const to = found < 0 ? block.length : found
      visit(block.slice(from, to), index++)
      from = to + 1
    }
    start = end
  }
}

/** Whether a line feed of an encoding with units of 2 or 4 bytes is at an offset. */
function lineFeedIn(bytes: Readonly<Uint8Array>, { unit, isBigEndian }: TextEncoding): (at: number) => boolean {
  const low = isBigEndian ? unit - 1 : 0
  return (at) => {
    if (bytes[at + low] !== lineFeed) return false
    for (let i = 0; i < unit; i++) if (i !== low && bytes[at + i] !== 0) return false
    return true
  }
}

/** As `blockEnd`, for units of 2 or 4 bytes. */
function wideBlockEnd(isLineFeed: (at: number) => boolean, start: number, length: number, unit: number): number {
  const most = start + textBlockBytes
  if (most >= length) return length
  for (let at = most - unit; at >= start; at -= unit) if (isLineFeed(at)) return at + unit
  for (let at = most; at + unit <= length; at += unit) if (isLineFeed(at)) return at + unit
  return length
}

/** The end of the last line that ends in the next `blockBytes` bytes; that of the next line if none does. */
function blockEnd(bytes: Readonly<Uint8Array>, start: number, blockBytes: number): number {
  const most = start + blockBytes
  if (most >= bytes.length) return bytes.length
  const last = lastIndexOf.call(bytes, lineFeed, most - 1)
  if (last >= start) return last + 1
  const next = indexOf.call(bytes, lineFeed, most)
  return next < 0 ? bytes.length : next + 1
}

function checkFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') throw new TypeError(`${name}: expected a function, got ${show(value)}`)
}
