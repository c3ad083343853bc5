// The chunker for quoted CSV, and its dialects.

import { checkCount, checkInteger, readOptions, show } from '../base/check.js'
import { memberOf } from '../base/own-members.js'
import { type Chunker, delimiterBytes, type Malformed, optionalSize, type SizeOptions } from './chunkers.js'
import { carriageReturn, lineFeed } from './csv-automaton.js'
import { encodingOf } from './encodings.js'

/** A dialect of CSV. */
export interface CsvDialect {
  /**
   * Ends a field: one character of ASCII, or the value of a byte.
   *
   * @default ','
   */
  readonly delimiter?: string | number | undefined
  /**
   * Begins and ends a field that may contain delimiters and line ends: one character of ASCII, or the value of a byte.
   *
   * @default '"'
   */
  readonly quote?: string | number | undefined
  /**
   * Makes the next quote a part of its quoted field: one character of ASCII, or the value of a byte. With the quote itself, a quote
   * is written twice (`""`). With another character, such as a backslash, it is written `\"`, and the character itself is
   * written twice. Outside of quoted fields it is an ordinary character.
   *
   * @default the quote
   */
  readonly escape?: string | number | undefined
  /**
   * What becomes of malformed records: `'refuse'` makes them an error, `'skip'` leaves them out, and `'keep'` takes their quotes as
   * ordinary characters.
   *
   * @default 'refuse'
   */
  readonly malformed?: Malformed | undefined
}

/** A complete dialect. The chunker that {@link csvRecords} makes is one. */
export interface CsvFormat {
  /** The byte that ends a field. */
  readonly delimiter: number
  /** The byte that begins and ends a quoted field. */
  readonly quote: number
  /** The byte that makes the next quote a part of its field. */
  readonly escape: number
  /** What becomes of malformed records. */
  readonly malformed: Malformed
}

/**
 * Whole records of CSV, in which quoted fields may contain line feeds. A record belongs to the chunk in which it starts.
 *
 * The cuts are exact and not guessed: whether a line feed ends a record depends on all quotes before it. So a run over this chunker first
 * reads back from the end of each chunk, in parallel, until it is certain whether a quoted field is open there. In most CSV with quotes a
 * few kilobytes are enough. Where a chunk has no quotes, all of it is read, and so is read twice. This first pass does not show in the
 * progress.
 *
 * The records are those of RFC 4180. A record ends with `\n`, `\r\n` or a single `\r`, unless a quoted field is open. A field
 * is quoted if a quote is its first byte; a space before it makes it an ordinary field. A byte order mark at the start of the data belongs
 * to no chunk. A chunk in which no record starts is skipped. For bytes only, in any encoding in which the bytes of the dialect and of line
 * ends always mean these characters, such as UTF-8 and Latin-1, but not UTF-16. So there is no option `encoding`: decode fields yourself.
 *
 * Give the same object to {@link eachField} or {@link eachCsvRecord}, which read the records.
 *
 * Malformed are a quote in a field that is not quoted, and anything but a delimiter or a line end behind a closing quote. The chunker cuts
 * such records as if these quotes were ordinary bytes, and `eachField` refuses or skips them. If the data ends in a quoted field, the
 * chunker itself does so: with `malformed: 'refuse'` the chunk that holds the record fails (`ERR_CHUNK_FAILED`), and the message
 * has the offset of the quote. With `'skip'` the record belongs to no chunk. With `'keep'` it ends with the data.
 *
 * @throws {TypeError | RangeError} `size` is not an integer >= 1; `delimiter`, `quote` or `escape` is not one byte, or is a line end;
 *   the delimiter is the quote or the escape character; `malformed` is none of its values
 * @example
 * const csv = csvRecords({ delimiter: ';' })
 * export const rows = definePlugin(import.meta.url, {
 *   name: 'rows',
 *   chunks: csv,
 *   map(bytes) {
 *     let rows = 0
 *     eachCsvRecord(bytes, csv, () => rows++)
 *     return rows
 *   },
 *   reduce: sum(),
 * })
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
export function csvRecords(options?: SizeOptions & CsvDialect): Chunker & CsvFormat {
  checkCount('csvRecords', 1, arguments.length)
  refuseEncoding(options)
  const { size, ...dialect } = readOptions('csvRecords', options, ['size', ...dialectKeys])
  return Object.freeze({ kind: 'csv', size: optionalSize(size), ...checkDialect(dialect) })
}

/** The options of {@link csvRecords} that say how a record is read. */
export const dialectKeys = ['delimiter', 'quote', 'escape', 'malformed'] as const

/**
 * Say why CSV has no option `encoding`, and what to do: users know it from `lines`.
 *
 * @throws {TypeError | RangeError} `options` have one
 */
export function refuseEncoding(options: unknown): void {
  const given = typeof options === 'object' && options !== null ? memberOf(options, 'encoding') : undefined
  if (given === undefined) return
  const { name, unit } = encodingOf(given)
  if (unit > 1) {
    throw new RangeError(
      `encoding: CSV is cut at single bytes, and a character of ${name} has ${unit} bytes or more; convert it to UTF-8 first, for example with iconv`,
    )
  }
  throw new TypeError(
    `encoding: CSV in ${name} is cut without it, because line ends, "," and '"' are bytes of their own; leave it out, and decode fields with new TextDecoder(${show(name)})`,
  )
}

const policies: readonly unknown[] = ['refuse', 'skip', 'keep'] satisfies Malformed[]

/**
 * Check a dialect and fill in its defaults.
 *
 * @throws {TypeError | RangeError} see {@link csvRecords}
 */
export function checkDialect(dialect: CsvDialect): CsvFormat {
  const delimiter = memberOf(dialect, 'delimiter')
  const quote = memberOf(dialect, 'quote')
  const escapeByte = memberOf(dialect, 'escape')
  const { malformed = 'refuse' } = { malformed: memberOf(dialect, 'malformed') }
  const ownDelimiter = byteOf('delimiter', delimiter ?? ',')
  const ownQuote = byteOf('quote', quote ?? '"')
  const ownEscape = escapeByte === undefined ? ownQuote : byteOf('escape', escapeByte)
  if (ownDelimiter === ownQuote) throw new RangeError(`delimiter: it must not be the quote, got ${show(delimiter)}`)
  if (ownDelimiter === ownEscape) {
    throw new RangeError(`delimiter: it must not be the escape character, got ${show(delimiter)}`)
  }
  if (!policies.includes(malformed)) {
    throw new TypeError(`malformed: expected 'refuse', 'skip' or 'keep', got ${show(malformed)}`)
  }
  return { delimiter: ownDelimiter, quote: ownQuote, escape: ownEscape, malformed }
}

function byteOf(name: string, value: string | number): number {
  const bytes = typeof value === 'number' ? [checkInteger(name, value, 0, 255)] : textBytes(name, value)
  const [byte] = bytes
  if (bytes.length !== 1 || byte === undefined) {
    throw new RangeError(`${name}: expected one character of ASCII or the value of a byte, got ${show(value)}`)
  }
  if (byte === lineFeed || byte === carriageReturn)
    throw new RangeError(`${name}: it must not be a line end, got ${show(value)}`)
  return byte
}

function textBytes(name: string, value: unknown): readonly number[] {
  if (typeof value !== 'string') {
    throw new TypeError(`${name}: expected one character of ASCII or the value of a byte, got ${show(value)}`)
  }
  return value === '' ? [] : delimiterBytes(value)
}
