// A result for people: numbers with separated thousands, records as tables, counts by key and lists of numbers as bars.

import { inspect, types } from 'node:util'
import type { Colors } from '../terminal/colors.js'
import { formatCount, formatNumber, formatShort } from '../terminal/numbers.js'
import { printable, printableLines } from '../terminal/printable.js'
import { bar, barPlot } from './bars.js'
import { areCounts, areOffsets, type Entry, isAtLeast0, isNumber, orderEntries, type Sort } from './entries.js'
import { type Column, keyValues, table } from './table.js'

/** How many rows are shown; the rest is only counted. */
const mostRows = 40
const mostColumns = 8
const mostBars = 256
const mostValues = 10
const barWidth = 24
/** At most this many characters of a value, in a table and on a line of its own. */
const mostCellLength = 60
const mostLineLength = 200

/** How a result is shown. */
export interface ResultStyle {
  readonly colors: Colors
  /** How entries by key are ordered. Default: chosen from the entries. */
  readonly sort?: Sort
  /** The title for numbers by key. Default: `count`, if they can be counts. */
  readonly title?: string | undefined
  /** The title for the keys of entries; default `key`. */
  readonly key?: string
  /** Whether the output is a terminal. Then text must not contain control characters. */
  readonly isTerminal?: boolean
}

/** Any result of a run as text, without a line feed at the end. */
export function resultText(result: unknown, style: ResultStyle): string {
  if (typeof result === 'string') return style.isTerminal === true ? printableLines(result) : result
  if (typeof result !== 'object' || result === null) return cell(result, mostLineLength)
  const numbers = numbersOf(result)
  if (numbers !== undefined) return numbersText(numbers, result)
  if (types.isMap(result)) return entriesText([...result], style, true)
  if (Array.isArray(result) || types.isSet(result)) return listText([...result], style)
  if (isRecord(result)) return recordText(result, style)
  return cell(result)
}

/** A value on one line, cut after `most` characters. */
export function cell(value: unknown, most: number = mostCellLength): string {
  if (typeof value === 'number' || typeof value === 'bigint') return formatNumber(value)
  if (typeof value === 'string') return cut(printable(value), most)
  if (types.isDate(value)) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString()
  const options = { depth: 2, breakLength: Number.POSITIVE_INFINITY, maxArrayLength: mostValues, maxStringLength: 200 }
  return cut(printable(inspect(value, { ...options, compact: true })), most)
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}

/** The numbers of a typed array, or of an array that holds nothing else. */
function numbersOf(value: object): ArrayLike<number | bigint> | undefined {
  // `as`: every view that is not a DataView is a typed array of numbers.
  if (ArrayBuffer.isView(value)) return types.isDataView(value) ? undefined : (value as unknown as Uint8Array)
  if (!Array.isArray(value) || value.length === 0) return undefined
  return value.every((each) => typeof each === 'number' || typeof each === 'bigint') ? value : undefined
}

function numbersText(numbers: ArrayLike<number | bigint>, value: object): string {
  const kind = Array.isArray(value) ? '' : `${value.constructor.name} of `
  if (numbers.length === 0) return 'no numbers'
  const plain = numbers.length <= mostBars ? Array.from(numbers, Number) : []
  const isDrawn = plain.length > 1 && plain.every((each) => Number.isFinite(each) && each >= 0) && !areOffsets(plain)
  if (!isDrawn) return firstNumbers(numbers, kind)
  if (plain.length > 16) return barPlot(plain)
  const most = Math.max(...plain)
  const width = Math.max(...plain.map((each) => formatShort(each).length))
  const margin = String(plain.length - 1).length
  return plain
    .map(
      (each, at) =>
        `${String(at).padStart(margin)}  ${formatShort(each).padStart(width)}  ${bar(share(each, most), barWidth)}`,
    )
    .map((line) => line.trimEnd())
    .join('\n')
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}

function firstNumbers(numbers: ArrayLike<number | bigint>, kind: string): string {
  const most = numbers.length <= mostRows ? mostRows : mostValues
  const first = Array.from({ length: Math.min(most, numbers.length) }, (_, at) => formatNumber(numbers[at]!))
  const isAll = first.length === numbers.length
  return `${kind}${formatCount(numbers.length, 'number')}: ${first.join('  ')}${isAll ? '' : '  … (--json gives all)'}`
}

/**
 * Show numbers by key as a table with bars, records by key as a table, and other entries by key.
 *
 * @param isWhole - whether these are all entries; otherwise their sum is not known
 */
function entriesText(entries: readonly Entry[], style: ResultStyle, isWhole: boolean): string {
  if (entries.length === 0) return 'no entries'
  const shown = orderEntries(entries, style.sort).slice(0, mostRows)
  const values = entries.map(([, value]) => value)
  if (values.every(isNumber)) return withRest(numbersByKey(shown, values, style, isWhole), entries.length)
  const records = shown.map(([, value]) => value)
  const fields = records.every(isRecord) ? [...new Set(records.flatMap((record) => Object.keys(record)))] : []
  if (fields.length > 0 && fields.length < mostColumns) {
    const columns = [{ title: style.key ?? 'key' }, ...columnsOf(records.filter(isRecord), fields)]
    // `as`: each has been looked at.
    const rows = shown.map(([key, value]) => [cell(key), ...cellsOf(value as AnyRecord, fields)])
    return withRest(table(columns, rows, style.colors), entries.length)
  }
  const lines = shown.map(([key, value]) => [cell(key), cell(value)] as const)
  return withRest(keyValues(lines, style.colors), entries.length)
}

/** A table of numbers by key, with bars if these say something, and with shares of the total if the numbers can be counts. */
function numbersByKey(
  shown: readonly Entry[],
  values: readonly (number | bigint)[],
  style: ResultStyle,
  isWhole: boolean,
): string {
  const canCount = areCounts(values)
  const title = canCount ? (style.title ?? 'count') : 'value'
  const isDrawn = values.every(isAtLeast0) && (title === 'count' || !areOffsets(values))
  const hasShares = isDrawn && canCount && isWhole
  const total = values.reduce<number>((sum, value) => sum + Number(value), 0)
  const most = values.reduce<number>((best, value) => Math.max(best, Number(value)), 0)
  const rows = shown.map(([key, value]) => {
    const number = Number(value)
    // `as`: each has been looked at.
    return [
      cell(key),
      formatNumber(value as number | bigint),
      ...(hasShares ? [`${(share(number, total) * 100).toFixed(1)} %`] : []),
      ...(isDrawn ? [bar(share(number, most), barWidth)] : []),
    ]
  })
  const columns: Column[] = [{ title: style.key ?? 'key' }, { title, align: 'right' }]
  if (hasShares) columns.push({ title: 'share', align: 'right' })
  if (isDrawn) columns.push({ title: '' })
  return table(columns, rows, style.colors)
}

function listText(values: readonly unknown[], style: ResultStyle): string {
  if (values.length === 0) return 'an empty list'
  if (values.every(isKeyed)) return entriesText(values, style, false)
  const shown = values.slice(0, mostRows)
  const keys = shown.every(isRecord) ? [...new Set(shown.flatMap((each) => Object.keys(each)))] : []
  if (keys.length > 0 && keys.length <= mostColumns)
    return recordsText(shown.filter(isRecord), keys, values.length, style)
  return withRest(shown.map((each) => cell(each, mostLineLength)).join('\n'), values.length)
}

/** Whether `value` is an entry as `[...map]` gives it: a text and a number. */
function isKeyed(value: unknown): value is readonly [string, unknown] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && isNumber(value[1])
}

type AnyRecord = Readonly<Record<string, unknown>>

function recordsText(
  records: readonly AnyRecord[],
  keys: readonly string[],
  total: number,
  style: ResultStyle,
): string {
  return withRest(
    table(
      columnsOf(records, keys),
      records.map((record) => cellsOf(record, keys)),
      style.colors,
    ),
    total,
  )
}

function columnsOf(records: readonly AnyRecord[], keys: readonly string[]): Column[] {
  return keys.map((title) => {
    const isNumeric = records.every(({ [title]: value }) => ['number', 'bigint', 'undefined'].includes(typeof value))
    return { title: cut(printable(title), mostCellLength), align: isNumeric ? 'right' : 'left' }
  })
}

function cellsOf(record: AnyRecord, keys: readonly string[]): string[] {
  return keys.map((key) => (Object.hasOwn(record, key) && record[key] !== undefined ? cell(record[key]) : ''))
}

function recordText(record: AnyRecord, style: ResultStyle): string {
  const entries = Object.entries(record)
  if (entries.length === 0) return 'an empty object'
  // An object with this many counts holds counts by key, and not fields.
  if (entries.length > 16 && areCounts(entries.map(([, value]) => value))) return entriesText(entries, style, true)
  const small: (readonly [string, string])[] = []
  const large: string[] = []
  for (const [key, value] of entries) {
    if (isLarge(value)) large.push(`${style.colors.bold(printable(key))}\n${resultText(value, style)}`)
    else small.push([printable(key), cell(value, mostLineLength)])
  }
  return [...(small.length > 0 ? [keyValues(small, style.colors)] : []), ...large].join('\n\n')
}

/** Whether a member of an object needs its own picture or table. */
function isLarge(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || types.isDate(value)) return false
  if (ArrayBuffer.isView(value)) return true
  if (types.isMap(value) || types.isSet(value)) return value.size > 0
  return Array.isArray(value) && value.length > 0
}

/** Whether `value` is a plain object. */
function isRecord(value: unknown): value is AnyRecord {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function withRest(text: string, total: number): string {
  return total > mostRows ? `${text}\n… and ${formatNumber(total - mostRows)} more (--json gives all)` : text
}
