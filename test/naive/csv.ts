// Naive twin of everything that reads quoted CSV: one byte after the other, field by field.

import type { NaiveChunk } from './cut.js'

export interface NaiveField {
  readonly start: number
  readonly end: number
  readonly isQuoted: boolean
  readonly text: string
}

export interface NaiveRecord {
  readonly start: number
  /** Without the line end. */
  readonly end: number
  /** With the line end. */
  readonly next: number
  readonly fields: readonly NaiveField[]
  readonly isMalformed: boolean
  /** Where the quoted field starts that is not closed; -1 if there is none. */
  readonly open: number
}

export interface NaiveDialect {
  readonly delimiter?: string
  readonly quote?: string
  readonly escape?: string
}

/** The records of `bytes`, behind a byte order mark. */
export function readCsv(bytes: Uint8Array, dialect: NaiveDialect = {}): NaiveRecord[] {
  const { delimiter = ',', quote = '"', escape: escaping = quote } = dialect
  // One character per byte.
  const text = Buffer.from(bytes).toString('latin1')
  const decode = (chars: string): string => Buffer.from(chars, 'latin1').toString()
  const isEnd = (at: number): boolean => at >= text.length || ['\n', '\r', delimiter].includes(text[at]!)
  const records: NaiveRecord[] = []
  let at = text.startsWith('\xef\xbb\xbf') ? 3 : 0
  while (at < text.length) {
    const start = at
    const fields: NaiveField[] = []
    let isMalformed = false
    let open = -1
    for (;;) {
      const from = at
      let inside = ''
      let isQuoted = text[at] === quote
      if (isQuoted) {
        at++
        while (at < text.length) {
          const isEscape = text[at] === escaping && (escaping !== quote || text[at + 1] === quote)
          if (isEscape) {
            const next = text[at + 1] ?? ''
            inside += next === quote || next === escaping ? next : `${text[at]}${next}`
            at += 2
          } else if (text[at] === quote) break
          else inside += text[at++]
        }
        if (at >= text.length) {
          at = text.length
          open = from
          isMalformed = true
          fields.push({ start: from + 1, end: at, isQuoted, text: decode(inside) })
          break
        }
        at++
        if (isEnd(at)) fields.push({ start: from + 1, end: at - 1, isQuoted, text: decode(inside) })
        else isQuoted = false
      }
      if (!isQuoted) {
        while (!isEnd(at)) at++
        const raw = text.slice(from, at)
        if (raw.includes(quote)) isMalformed = true
        fields.push({ start: from, end: at, isQuoted, text: decode(raw) })
      }
      if (text[at] !== delimiter) break
      at++
    }
    const end = at
    at += text.startsWith('\r\n', at) ? 2 : 1
    records.push({ start, end, next: Math.min(at, text.length), fields, isMalformed, open })
  }
  return records
}

/** Each record goes to the chunk of `size` bytes in which it starts; a chunk without a record is not in the list. */
export function cutCsv(bytes: Uint8Array, dialect: NaiveDialect, size: number): NaiveChunk[] {
  const chunks = new Map<number, NaiveChunk>()
  for (const { start, next } of readCsv(bytes, dialect)) {
    const index = Math.floor(start / size)
    chunks.set(index, { index, start: chunks.get(index)?.start ?? start, end: next, viewEnd: next })
  }
  return [...chunks.values()]
}
