// Reads quoted CSV record by record: where each field starts and ends.

import { carriageReturn, lineFeed } from './csv-automaton.js'
import type { CsvFormat } from './csv-records.js'

/** This many bytes are compared one by one before `indexOf` is called, because a call costs as much. */
const nearBytes = 32

/** Not the method of `Buffer`, which returns wrong offsets past 2 GiB. */
const { indexOf } = Uint8Array.prototype

/** What is wrong with a record. */
export const faults = {
  none: undefined,
  quoteInField: 'a quote in a field that is not quoted',
  afterQuote: 'a byte behind a closing quote that is neither a delimiter nor a line end',
  open: 'a quoted field that is not closed',
} as const

/** Reads the records of some bytes, one after the other. It allocates nothing per record. */
export class CsvReader {
  /** Where the fields of the record start and end. A field ends before `ends[i]`. Quotes around a field are not part of it. */
  starts: Uint32Array = new Uint32Array(64)
  ends: Uint32Array = new Uint32Array(64)
  /** The number of fields of the record. */
  count = 0
  /** Where the record starts. */
  start = 0
  /** Where the record ends: its line end is not part of it. */
  end = 0
  /** What is wrong with the record; undefined if nothing is. */
  fault: string | undefined
  /** The byte at which the record was found to be malformed. */
  faultAt = 0
  readonly #bytes: Readonly<Uint8Array>
  readonly #delimiter: number
  readonly #quote: number
  readonly #escape: number
  #next = 0

  constructor(bytes: Readonly<Uint8Array>, format: CsvFormat) {
    this.#bytes = bytes
    this.#delimiter = format.delimiter
    this.#quote = format.quote
    this.#escape = format.escape
  }

  /** Read the next record. Returns false if there is none. */
  next(): boolean {
    const bytes = this.#bytes
    const { length } = bytes
    const delimiter = this.#delimiter
    const quote = this.#quote
    let at = this.#next
    if (at >= length) return false
    this.start = at
    this.fault = undefined
    let count = 0
    for (;;) {
      let from = at
      let end: number
      if (bytes[at] === quote) {
        from = at + 1
        end = this.#closingQuote(from)
        at = end + 1
        if (end >= length) {
          this.#blame(faults.open, from - 1)
          end = length
          at = length
        } else if (at < length) {
          const byte = bytes[at]
          if (byte !== delimiter && byte !== lineFeed && byte !== carriageReturn) {
            this.#blame(faults.afterQuote, at)
            from--
            at = this.#fieldEnd(at, false)
            end = at
          }
        }
      } else {
        // The search for the end of most fields takes place here.
        let byte = -1
        while (at < length) {
          byte = bytes[at]!
          if (byte === delimiter || byte === lineFeed || byte === carriageReturn || byte === quote) break
          at++
        }
        if (at < length && byte === quote) at = this.#fieldEnd(at, true)
        end = at
      }
      if (count === this.starts.length) this.#grow()
      this.starts[count] = from
      this.ends[count] = end
      count++
      if (at >= length || bytes[at] !== delimiter) break
      at++
    }
    this.count = count
    this.end = Math.min(at, length)
    this.#next = at + (bytes[at] === carriageReturn && bytes[at + 1] === lineFeed ? 2 : 1)
    return true
  }

  /** The end of a field in which quotes are ordinary bytes. */
  #fieldEnd(from: number, mayBlame: boolean): number {
    const bytes = this.#bytes
    if (mayBlame) this.#blame(faults.quoteInField, from)
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at]
      if (byte === this.#delimiter || byte === lineFeed || byte === carriageReturn) return at
    }
    return bytes.length
  }

  #blame(fault: string, at: number): void {
    if (this.fault !== undefined) return
    this.fault = fault
    this.faultAt = at
  }

  /** The offset of the quote that closes the field whose first byte is `from`; the length of the bytes if there is none. */
  #closingQuote(from: number): number {
    const bytes = this.#bytes
    const { length } = bytes
    const quote = this.#quote
    if (this.#escape !== quote) return this.#closingUnescaped(from)
    for (let at = from; ; at += 2) {
      const near = Math.min(length, at + nearBytes)
      while (at < near && bytes[at] !== quote) at++
      if (at === near) {
        at = indexOf.call(bytes, quote, near)
        if (at < 0) return length
      }
      if (bytes[at + 1] !== quote) return at
    }
  }

  #closingUnescaped(from: number): number {
    const bytes = this.#bytes
    const { length } = bytes
    for (let at = from; at < length; at++) {
      const byte = bytes[at]
      if (byte === this.#escape) at++
      else if (byte === this.#quote) return at
    }
    return length
  }

  #grow(): void {
    const { starts, ends } = this
    this.starts = new Uint32Array(2 * starts.length)
    this.ends = new Uint32Array(2 * ends.length)
    this.starts.set(starts)
    this.ends.set(ends)
  }
}
