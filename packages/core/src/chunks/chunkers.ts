// The chunkers: plain descriptions of how data is cut. They are made and checked here, and carried out in chunk-plan.ts and chunk-ranges.ts.

import { checkCount, checkInteger, isBytes, readOptions, show } from '../base/check.js'
import { runtime } from '../base/runtime.js'
import { encodeDelimiter, encodingOf } from './encodings.js'

/** A rule that cuts data into chunks, as plain data. Made by {@link fixed}, {@link lines} and the others. */
export type Chunker =
  | {
      /** Made by {@link fixed}. */
      readonly kind: 'fixed'
      /** Elements per chunk. */
      readonly size?: number | undefined
    }
  | {
      /** Made by {@link records}. */
      readonly kind: 'records'
      /** Elements per record. */
      readonly length: number
      /** Elements before the first record. */
      readonly header?: number | undefined
      /** Elements per chunk; a chunk holds as many whole records as fit, and at least one. */
      readonly size?: number | undefined
    }
  | {
      /** Made by {@link overlapping}. */
      readonly kind: 'overlapping'
      /** Elements that each chunk owns. */
      readonly size?: number | undefined
      /** Elements that `bytes` extends past the chunk's end. */
      readonly overlap: number
    }
  | {
      /** Made by {@link delimited} and {@link lines}. */
      readonly kind: 'delimited'
      /** Bytes per chunk; each end moves to the next record. */
      readonly size?: number | undefined
      /** The bytes that end a record. */
      readonly delimiter: readonly number[]
      /** The delimiter counts only at offsets that are multiples of this, in bytes. Default: 1. */
      readonly align?: number | undefined
      /** If the data begins with these bytes, they belong to no chunk. Default: none. */
      readonly mark?: readonly number[] | undefined
    }
  | {
      /** Made by {@link csvRecords}. */
      readonly kind: 'csv'
      /** Bytes per chunk; each end moves to the next record. */
      readonly size?: number | undefined
      /** The byte that ends a field. */
      readonly delimiter: number
      /** The byte that begins and ends a quoted field. */
      readonly quote: number
      /** The byte that makes the next quote a part of its field. */
      readonly escape: number
      /** What becomes of a record whose quotes are at wrong places, or of a quoted field that is not closed. */
      readonly malformed: Malformed
    }

/** What becomes of malformed records of CSV: they are an error, or are left out, or their quotes are ordinary characters. */
export type Malformed = 'refuse' | 'skip' | 'keep'

/** How large chunks are. */
export interface SizeOptions {
  /**
   * Elements per chunk (for bytes: bytes); integer >= 1.
   *
   * @default a power of two from 64 KiB to 4 MiB that makes about 256 chunks, and a larger one for more than 4 TiB; it depends on the
   *   length of the data alone
   */
  readonly size?: number | undefined
}

/**
 * Chunks of `size` elements. The last one may be shorter.
 *
 * @throws {RangeError} `size` is not an integer >= 1
 * @example engine.map(data, fn, { chunks: fixed({ size: 1024 * 1024 }) })
 */
export function fixed(options?: SizeOptions): Chunker {
  checkCount('fixed', 1, arguments.length)
  const { size } = readOptions('fixed', options, ['size'])
  return Object.freeze({ kind: 'fixed', size: optionalSize(size) })
}

/**
 * Whole records of one length, after an optional header.
 *
 * A chunk holds as many whole records as fit its `size`, and at least one. The header belongs to no chunk. Neither does a rest
 * at the end that is shorter than a record.
 *
 * @param options.length - elements per record (for bytes: bytes); integer >= 1
 * @param options.header - elements before the first record; integer >= 0, default 0
 * @throws {RangeError} an option is out of range
 * @example engine.map(data, fn, { chunks: records({ length: 80, header: 512 }) })
 * @example engine.map(pixels, fn, { chunks: records({ length: 4 * width, size: 16 * 4 * width }) }) // 16 rows per chunk
 */
export function records(
  options: SizeOptions & { readonly length: number; readonly header?: number | undefined },
): Chunker {
  checkCount('records', 1, arguments.length)
  const { length, header = 0, size } = readOptions('records', options, ['length', 'header', 'size'])
  if (length === undefined) {
    const cure = size === undefined ? '' : '; size is the number of elements per chunk'
    throw new RangeError(`length: expected the number of elements per record, got undefined${cure}`)
  }
  return Object.freeze({
    kind: 'records',
    length: checkInteger('length', length, 1),
    header: checkInteger('header', header, 0),
    size: optionalSize(size),
  })
}

/**
 * Chunks of `size` elements, where `bytes` also holds the next `overlap` elements, as far as the data goes.
 *
 * For patterns of up to `overlap + 1` elements. A match belongs to the chunk in which it starts, that is, where
 * `start <= offset < end`.
 *
 * @param options.overlap - elements; integer >= 0
 * @throws {RangeError} an option is out of range
 * @example engine.map(data, fn, { chunks: overlapping({ overlap: needle.length - 1 }) })
 */
export function overlapping(options: SizeOptions & { readonly overlap: number }): Chunker {
  checkCount('overlapping', 1, arguments.length)
  const { size, overlap } = readOptions('overlapping', options, ['size', 'overlap'])
  return Object.freeze({ kind: 'overlapping', size: optionalSize(size), overlap: checkInteger('overlap', overlap, 0) })
}

/** The encoding of text; see {@link lines}. */
export interface EncodingOption {
  /**
   * The encoding, by a name that `TextDecoder` knows: `'utf-8'`, `'utf-16le'`, `'utf-16be'`, `'latin1'` (read as Windows-1252, as in
   * browsers), `'windows-1250'` to `'windows-1258'`, `'iso-8859-2'` and others, `'koi8-r'`, `'shift_jis'`, `'euc-jp'`, `'gbk'`, `'gb18030'`,
   * `'big5'`, `'euc-kr'`; or `'utf-32le'` or `'utf-32be'`. A byte order mark at the start of the data then belongs to no chunk.
   *
   * @default bytes in which a line feed is the byte 10; a mark stays where it is
   */
  readonly encoding?: string | undefined
}

/**
 * Whole lines. A line ends after its line feed. It belongs to the chunk in which it starts.
 *
 * A chunk holds the lines that start in its `size` bytes. A chunk in which no line starts is skipped. With `encoding`, the line feed is
 * that of the encoding. Chunks are still bytes of it: read them with `eachText(bytes, visit, { encoding })`.
 *
 * @throws {RangeError} `size` is not an integer >= 1; or the encoding is not known, or cannot be cut anywhere (ISO-2022, UTF-7, HZ, UTF-16
 *   without a known byte order), and the message says why
 * @throws {TypeError} `encoding` is not text
 * @example engine.map(log, countErrors, { chunks: lines() })
 * @example engine.map(file('windows.log'), countErrors, { chunks: lines({ encoding: 'utf-16le' }) })
 */
export function lines(options?: SizeOptions & EncodingOption): Chunker {
  checkCount('lines', 1, arguments.length)
  const { size, encoding } = readOptions('lines', options, ['size', 'encoding'])
  return delimited({ size, delimiter: '\n', encoding })
}

/**
 * Whole records that end with a delimiter. A record belongs to the chunk in which it starts.
 *
 * The records are those that `String#split` would find: delimiters are counted from left to right and do not overlap. Each
 * delimiter stays at the end of its record. A chunk holds the records that start in its `size` bytes. A chunk in which no
 * record starts is skipped. For bytes only. The total time for cutting is linear in the data, even without any delimiter.
 *
 * There is one limit for a delimiter that overlaps itself, such as `\n\n`: in a long run of line feeds, the delimiters overlap.
 * If such a run is longer than a chunk (and than 1 KiB), it is not cut, and stays in the chunk before it.
 *
 * With `align`, a delimiter counts only if its offset from the beginning of the data is a multiple of `align`. Wide characters
 * need this: the two bytes of UTF-16's line feed can also be found between two characters, as in "ਕĀ". Records then start at
 * multiples of `align`, too.
 *
 * @param options.delimiter - one or more bytes: text (taken as UTF-8), bytes, or the value of one byte
 * @param options.align - bytes; integer >= 1 that divides the delimiter's length; default 1
 * @param options.mark - bytes that belong to no chunk if the data begins with them, such as a byte order mark; default none
 * With `encoding`, a delimiter that is text is written in that encoding, and counts only where a character begins. See {@link lines}.
 *
 * @throws {TypeError | RangeError} the delimiter is empty or not a delimiter; `size` or `align` is not an integer >= 1; `align`
 *   does not divide the delimiter's length; `encoding` and `align` are given; or the delimiter may be found in the middle of other
 *   characters of the encoding
 * @example engine.map(data, fn, { chunks: delimited({ delimiter: '\r\n\r\n' }) })
 * @example engine.map(utf16, fn, { chunks: delimited({ delimiter: ';', encoding: 'utf-16le' }) })
 */
export function delimited(
  options: SizeOptions &
    DelimiterOptions &
    EncodingOption & { readonly mark?: Uint8Array | readonly number[] | undefined },
): Chunker {
  checkCount('delimited', 1, arguments.length)
  const names = ['size', 'delimiter', 'align', 'encoding', 'mark'] as const
  const { size, delimiter, align, encoding, mark } = readOptions('delimited', options, names)
  if (encoding !== undefined) return delimitedIn(encoding, size, delimiter, align, mark)
  const bytes = delimiterBytes(delimiter)
  return Object.freeze({
    kind: 'delimited',
    size: optionalSize(size),
    delimiter: Object.freeze(bytes),
    align: align === undefined ? undefined : delimiterAlign(align, bytes),
    ...(mark === undefined ? {} : { mark: markBytes(mark) }),
  })
}

function delimitedIn(
  encoding: string,
  size: number | undefined,
  delimiter: unknown,
  ...own: readonly unknown[]
): Chunker {
  if (own.some((each) => each !== undefined)) {
    throw new TypeError('encoding: it says align and mark by itself, so give only one of them')
  }
  const known = encodingOf(encoding)
  const bytes = delimiterBytes(
    typeof delimiter === 'string' && delimiter !== '' ? encodeDelimiter(delimiter, known) : delimiter,
  )
  return Object.freeze({
    kind: 'delimited',
    size: optionalSize(size),
    delimiter: Object.freeze(bytes),
    align: delimiterAlign(known.unit, bytes),
    ...(known.mark.length === 0 ? {} : { mark: markBytes(known.mark) }),
  })
}

/** The longest mark, in bytes: they are compared one by one. */
const longestMark = 64

function markBytes(mark: unknown): readonly number[] {
  if (!isBytes(mark) && !Array.isArray(mark)) throw new TypeError(`mark: expected bytes, got ${show(mark)}`)
  if (mark.length > longestMark) throw new RangeError(`mark: expected at most ${longestMark} bytes, got ${mark.length}`)
  for (const byte of mark) checkInteger('mark', byte, 0, 255)
  return Object.freeze([...mark])
}

/** The delimiter that ends a record, and at which offsets it counts. */
export interface DelimiterOptions {
  /** One or more bytes: text (taken as UTF-8), bytes, or the value of one byte. */
  readonly delimiter: string | Uint8Array | readonly number[] | number
  /**
   * The delimiter counts only at offsets that are multiples of this, in bytes; integer >= 1 that divides its length.
   *
   * @default 1
   */
  readonly align?: number | undefined
}

/**
 * The bytes of a delimiter, given in any form.
 *
 * @throws {TypeError | RangeError} it is empty, or not a delimiter
 */
export function delimiterBytes(delimiter: unknown): number[] {
  let bytes: number[]
  if (typeof delimiter === 'string') bytes = [...new runtime.TextEncoder().encode(delimiter)]
  else if (typeof delimiter === 'number') bytes = [delimiter]
  else if (isBytes(delimiter) || Array.isArray(delimiter)) bytes = [...delimiter]
  else throw new TypeError(`delimiter: expected text, bytes or a byte's value, got ${show(delimiter)}`)
  if (bytes.length === 0) throw new RangeError(`delimiter: expected at least one byte, got ${show(delimiter)}`)
  for (const byte of bytes) checkInteger('delimiter', byte, 0, 255)
  return bytes
}

/**
 * Check the `align` of a delimiter.
 *
 * @throws {TypeError | RangeError} it is not an integer >= 1, or does not divide the delimiter's length
 */
export function delimiterAlign(align: unknown, delimiter: readonly number[]): number {
  const value = checkInteger('align', align, 1)
  const { length } = delimiter
  // Otherwise records could start between two multiples, and no chunk could find them by itself.
  if (length % value !== 0) {
    throw new RangeError(
      `align: expected a divisor of the delimiter's length (${length} ${length === 1 ? 'byte' : 'bytes'}), got ${value}; a line feed of UTF-16 is "\\n\\0" or "\\0\\n"`,
    )
  }
  return value
}

/** Check a chunk size, which may be missing. */
export function optionalSize(size: number | undefined): number | undefined {
  return size === undefined ? undefined : checkInteger('size', size, 1)
}
