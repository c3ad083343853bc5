// Records inside one chunk, as offsets: loops for chunk functions over lines, fields and records of fixed length.

import { checkBytes, checkCount, checkInteger, readOptions, show } from '../base/check.js'
import type { TypedArray } from '../data/typed-array.js'
import { type DelimiterOptions, delimiterAlign, delimiterBytes } from './chunkers.js'
import { Delimiter } from './delimiter.js'

/** Called with the place of one record: offsets into the bytes that were given. `end` is exclusive. */
export type VisitRecord = (start: number, end: number) => void

const lineFeed = 10

/** Not the method of `Buffer`, which returns wrong offsets past 2 GiB. */
const { indexOf } = Uint8Array.prototype

/**
 * This many bytes are compared one by one before `indexOf` is called, because a call costs as much and fields are often
 * shorter.
 */
const nearBytes = 32

/**
 * Visit each line of `bytes`, in order.
 *
 * `visit(start, end)` gets offsets into `bytes`. `end` excludes the line feed; a carriage return before it stays. A last line
 * without a line feed is visited too. An empty line after the last line feed is not visited. So these are the lines that the
 * chunker `lines()` cuts. Nothing is allocated.
 *
 * For plugins and module functions. An inline function cannot use it, because it cannot import.
 *
 * @throws {TypeError} `bytes` is not a `Uint8Array`, or `visit` is not a function
 * @example
 * map(bytes) {
 *   let longest = 0
 *   eachLine(bytes, (start, end) => { longest = Math.max(longest, end - start) })
 *   return longest
 * }
 */
export function eachLine(bytes: Readonly<Uint8Array>, visit: VisitRecord): void {
  checkCount('eachLine', 2, arguments.length)
  checkBytes('bytes', bytes)
  checkVisit(visit)
  visitBetween(bytes, lineFeed, visit)
}

/**
 * Visit each record of a chunk, in order: records of `length` elements, or records that end with a delimiter.
 *
 * `visit(start, end)` gets offsets into the given array, in elements. With `length`, every record is whole; a shorter rest at
 * the end is not visited. With `delimiter`, the records are those of the chunker `delimited`. `end` excludes the delimiter. A
 * last record without a delimiter is visited too. An empty record after the last delimiter is not visited. With `align`, a
 * delimiter counts only if its offset in `bytes` is a multiple of `align`; a chunk of `delimited({ align })` starts at such a
 * multiple. Nothing is allocated per record, and the time is linear in the bytes for any content.
 *
 * For plugins and module functions. An inline function cannot use it, because it cannot import.
 *
 * @param how - `length`: elements per record, integer >= 1; or `delimiter`: one or more bytes, as text (taken as UTF-8), bytes,
 *   or the value of one byte; with it `align`: bytes, integer >= 1 that divides the delimiter's length, default 1
 * @throws {TypeError} the first argument is not a typed array (with a delimiter: not a `Uint8Array`), or `visit` is not a
 *   function
 * @throws {TypeError | RangeError} `length` is not an integer >= 1; the delimiter is empty or not a delimiter; `align` does not
 *   divide its length; both `length` and `delimiter` are given, or neither
 * @example eachRecord(bytes, { length: 80 }, (start, end) => records.push(decodeText(bytes, start, end)))
 * @example eachRecord(line, { delimiter: ',' }, (start, end) => fields.push(decodeText(line, start, end)))
 */
export function eachRecord(elements: Readonly<TypedArray>, how: { readonly length: number }, visit: VisitRecord): void
export function eachRecord(bytes: Readonly<Uint8Array>, how: DelimiterOptions, visit: VisitRecord): void
export function eachRecord(
  elements: Readonly<TypedArray>,
  how: { readonly length?: number } & Partial<DelimiterOptions>,
  visit: VisitRecord,
): void {
  checkCount('eachRecord', 3, arguments.length)
  const { length, delimiter, align } = readOptions('eachRecord', how, ['length', 'delimiter', 'align'])
  checkVisit(visit)
  if (delimiter === undefined) {
    if (align !== undefined)
      throw new TypeError(`align: it is allowed only together with a delimiter, got ${show(align)}`)
    if (!ArrayBuffer.isView(elements) || elements.length === undefined)
      throw new TypeError(`elements: expected a typed array, got ${show(elements)}`)
    visitEvery(elements.length, checkInteger('length', length, 1), visit)
    return
  }
  if (length !== undefined) throw new TypeError('eachRecord: expected a length or a delimiter, got both')
  const pattern = delimiterBytes(delimiter)
  checkBytes('bytes', elements)
  const step = align === undefined ? 1 : delimiterAlign(align, pattern)
  if (pattern.length === 1) visitBetween(elements, pattern[0]!, visit)
  else visitBetweenPatterns(elements, new Delimiter(pattern, step), pattern.length, visit)
}

function visitEvery(count: number, length: number, visit: VisitRecord): void {
  for (let end = length; end <= count; end += length) visit(end - length, end)
}

function visitBetween(bytes: Readonly<Uint8Array>, delimiter: number, visit: VisitRecord): void {
  const { length } = bytes
  for (let start = 0; start < length; ) {
    const near = Math.min(length, start + nearBytes)
    let end = start
    while (end < near && bytes[end] !== delimiter) end++
    if (end === near) {
      end = indexOf.call(bytes, delimiter, near)
      if (end < 0) end = length
    }
    visit(start, end)
    start = end + 1
  }
}

function visitBetweenPatterns(
  bytes: Readonly<Uint8Array>,
  delimiter: Delimiter,
  delimiterLength: number,
  visit: VisitRecord,
): void {
  const { length } = bytes
  for (let start = 0; start < length; ) {
    const found = delimiter.find(bytes, start)
    const end = found < 0 ? length : found
    visit(start, end)
    start = end + delimiterLength
  }
}

function checkVisit(visit: VisitRecord): void {
  if (typeof visit !== 'function') throw new TypeError(`visit: expected a function, got ${show(visit)}`)
}
