// Records and fields of quoted CSV: loops for chunk functions.

import { checkBytes, checkCount, checkInteger, readOptions, show } from '../base/check.js'
import { decodeWindow } from '../data/decode-text.js'
import { CsvReader } from './csv-reader.js'
import { type CsvDialect, type CsvFormat, checkDialect, dialectKeys, refuseEncoding } from './csv-records.js'
import { decimalIn } from './decimal.js'

/**
 * Called with the place of one field: offsets into the bytes that were given. `end` is exclusive. `column` counts the fields of a
 * record from 0.
 */
export type VisitField = (start: number, end: number, column: number) => void

/** Called with one record. The same object is used again for the next record. */
export type VisitCsvRecord = (record: CsvRecord) => void

/**
 * Called with the place of a malformed record, which is then left out: offsets into the bytes that were given, without the line
 * end. `why` says what is wrong with it.
 */
export type VisitMalformed = (start: number, end: number, why: string) => void

/** A record of CSV. Only valid until `visit` returns. */
export interface CsvRecord {
  /** Where the record starts: an offset into the bytes that were given. */
  readonly start: number
  /** Where the record ends, without its line end. */
  readonly end: number
  /** The number of its fields: at least 1. An empty line has one empty field. */
  readonly length: number
  /** Where a field starts. A quote before a field is not part of it. The end of the record if there is no such field. */
  startOf(column: number): number
  /** Where a field ends. A quote behind a field is not part of it. The end of the record if there is no such field. */
  endOf(column: number): number
  /** Whether a field is quoted. So an empty text, `""`, can be told from no text. False if there is no such field. */
  isQuoted(column: number): boolean
  /** A field as text, with escaped quotes made quotes again. Empty if there is no such field. */
  text(column: number): string
  /** A field as a number, as `Number` reads it. `NaN` if it is no number, or is empty, or if there is no such field. */
  number(column: number): number
}

/** A dialect, or the chunker that {@link csvRecords} has made. */
export type CsvHow = CsvDialect | CsvFormat

/**
 * Visit each field of the CSV in `bytes`, in order.
 *
 * `visit(start, end, column)` gets offsets into `bytes`. They exclude the quotes around a field; a quote that is escaped inside of it stays
 * escaped, and {@link fieldText} makes the text. `column` is 0 at the first field of each record. An empty line is a record
 * with one empty field. A last record without a line end is visited too; behind the last line end there is no record. Nothing is
 * allocated per record.
 *
 * The bytes are whole records, as chunks of `csvRecords()` are, or one record.
 *
 * A record is visited only if it is well-formed as a whole. What becomes of malformed records says `csv.malformed`, unless
 * `malformed` is given.
 *
 * For plugins and module functions. An inline function cannot use it, because it cannot import.
 *
 * @param csv - the dialect: the chunker that `csvRecords` has made, or its options. Undefined: RFC 4180
 * @param malformed - is called for each malformed record instead of an error. The record is left out
 * @throws {TypeError | RangeError} `bytes` is not a `Uint8Array`, `csv` is no dialect, or `visit` or `malformed` is not a function
 * @throws {SyntaxError} a record is malformed, and the dialect refuses that; the message has the offset in `bytes`
 * @example
 * map(bytes) {
 *   let total = 0
 *   eachField(bytes, csv, (start, end, column) => { if (column === 2) total += Number(decodeText(bytes, start, end)) })
 *   return total
 * }
 */
export function eachField(
  bytes: Readonly<Uint8Array>,
  csv: CsvHow | undefined,
  visit: VisitField,
  malformed?: VisitMalformed,
): void {
  checkCount('eachField', 4, arguments.length)
  const format = checkArguments(bytes, csv, visit, malformed)
  const reader = new CsvReader(bytes, format)
  while (reader.next()) {
    if (reader.fault !== undefined && isLeftOut(reader, format, malformed)) continue
    const { starts, ends, count } = reader
    for (let column = 0; column < count; column++) visit(starts[column]!, ends[column]!, column)
  }
}

/**
 * Visit each record of the CSV in `bytes`, in order.
 *
 * `visit` gets one object that moves from record to record: what it says is valid until `visit` returns. It makes texts and numbers only of
 * the fields that are asked for. Everything else is as {@link eachField} says.
 *
 * For plugins and module functions. An inline function cannot use it, because it cannot import.
 *
 * @param csv - the dialect: the chunker that `csvRecords` has made, or its options. Undefined: RFC 4180
 * @param malformed - is called for each malformed record instead of an error. The record is left out
 * @throws {TypeError | RangeError} `bytes` is not a `Uint8Array`, `csv` is no dialect, or `visit` or `malformed` is not a function
 * @throws {SyntaxError} a record is malformed, and the dialect refuses that; the message has the offset in `bytes`
 * @example eachCsvRecord(bytes, csv, (record) => totals.set(record.text(0), record.number(2)))
 */
export function eachCsvRecord(
  bytes: Readonly<Uint8Array>,
  csv: CsvHow | undefined,
  visit: VisitCsvRecord,
  malformed?: VisitMalformed,
): void {
  checkCount('eachCsvRecord', 4, arguments.length)
  const format = checkArguments(bytes, csv, visit, malformed)
  const reader = new CsvReader(bytes, format)
  const record = new ReadRecord(bytes, format, reader)
  while (reader.next()) {
    if (reader.fault === undefined || !isLeftOut(reader, format, malformed)) visit(record)
  }
}

/**
 * The text of a field that {@link eachField} has visited: decoded from UTF-8, and with escaped quotes made quotes again.
 *
 * `bytes` must be the bytes that were given to `eachField`, because the byte before the field shows whether it is quoted.
 *
 * @param start - where the field starts, an offset into `bytes`
 * @param end - where the field ends
 * @param csv - the dialect that was given to `eachField`
 * @throws {TypeError | RangeError} `bytes` is not a `Uint8Array`, `csv` is no dialect, or an offset is not an integer >= 0
 * @example eachField(bytes, csv, (start, end, column) => { if (column === 0) names.push(fieldText(bytes, start, end, csv)) })
 */
export function fieldText(bytes: Readonly<Uint8Array>, start: number, end: number, csv?: CsvHow): string {
  checkCount('fieldText', 4, arguments.length)
  checkBytes('bytes', bytes)
  checkInteger('start', start, 0, bytes.length)
  checkInteger('end', end, start, bytes.length)
  return textOf(bytes, start, end, formatOf(csv))
}

function textOf(bytes: Readonly<Uint8Array>, start: number, end: number, format: CsvFormat): string {
  const text = decodeWindow(bytes, start, end)
  // Only a quoted field can hold escaped quotes.
  if (start === 0 || bytes[start - 1] !== format.quote) return text
  const mark = String.fromCharCode(format.escape)
  if (!text.includes(mark)) return text
  if (format.escape === format.quote) return text.replaceAll(mark + mark, mark)
  const quoteMark = String.fromCharCode(format.quote)
  let plain = ''
  let from = 0
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 2)) {
    const next = text[at + 1]
    // Before any other character it stands for itself.
    if (next !== mark && next !== quoteMark) continue
    plain += text.slice(from, at)
    from = at + 1
  }
  return plain + text.slice(from)
}

class ReadRecord implements CsvRecord {
  readonly #bytes: Readonly<Uint8Array>
  readonly #format: CsvFormat
  readonly #reader: CsvReader

  constructor(bytes: Readonly<Uint8Array>, format: CsvFormat, reader: CsvReader) {
    this.#bytes = bytes
    this.#format = format
    this.#reader = reader
  }

  get start(): number {
    return this.#reader.start
  }

  get end(): number {
    return this.#reader.end
  }

  get length(): number {
    return this.#reader.count
  }

  startOf(column: number): number {
    const { starts, count, end } = this.#reader
    // Undefined: a number below 0, or between two columns.
    return column < count ? (starts[column] ?? end) : end
  }

  endOf(column: number): number {
    const { ends, count, end } = this.#reader
    return column < count ? (ends[column] ?? end) : end
  }

  isQuoted(column: number): boolean {
    const { starts, count } = this.#reader
    const start = column < count ? (starts[column] ?? 0) : 0
    return start > 0 && this.#bytes[start - 1] === this.#format.quote
  }

  text(column: number): string {
    return textOf(this.#bytes, this.startOf(column), this.endOf(column), this.#format)
  }

  number(column: number): number {
    const start = this.startOf(column)
    const end = this.endOf(column)
    const value = decimalIn(this.#bytes, start, end)
    if (value !== undefined) return value
    const text = decodeWindow(this.#bytes, start, end)
    return /\S/.test(text) ? Number(text) : Number.NaN
  }
}

/** Whether a malformed record is left out. */
function isLeftOut(reader: CsvReader, format: CsvFormat, malformed: VisitMalformed | undefined): boolean {
  const { start, end, fault, faultAt } = reader
  const why = `${fault}, at byte ${faultAt}`
  if (malformed !== undefined) malformed(start, end, why)
  else if (format.malformed === 'refuse') {
    throw new SyntaxError(
      `the record at bytes ${start} to ${end} is malformed: ${why}; to go on without it, give csvRecords({ malformed: 'skip' })`,
    )
  }
  return malformed !== undefined || format.malformed !== 'keep'
}

function checkArguments(bytes: unknown, csv: CsvHow | undefined, visit: unknown, malformed: unknown): CsvFormat {
  checkBytes('bytes', bytes)
  if (typeof visit !== 'function') throw new TypeError(`visit: expected a function, got ${show(visit)}`)
  if (malformed !== undefined && typeof malformed !== 'function') {
    throw new TypeError(`malformed: expected a function, got ${show(malformed)}`)
  }
  return formatOf(csv)
}

const byDefault: CsvFormat = checkDialect({})
/** The last dialect that was given, and its format, because plugins give the same one for each field. */
let lastDialect: CsvHow | undefined
let lastFormat: CsvFormat = byDefault

function formatOf(csv: CsvHow | undefined): CsvFormat {
  if (csv === undefined) return byDefault
  if (csv !== lastDialect) {
    refuseEncoding(csv)
    const { kind: _kind, size: _size, ...dialect } = readOptions<AnyHow>('csv', csv, ['kind', 'size', ...dialectKeys])
    lastFormat = checkDialect(dialect)
    // A dialect that is not frozen may have other values at the next call.
    lastDialect = Object.isFrozen(csv) ? csv : undefined
  }
  return lastFormat
}

/** A chunker has these two members besides. */
type AnyHow = CsvHow & { readonly kind?: unknown; readonly size?: unknown }
