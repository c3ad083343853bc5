// Finds where the records of quoted CSV start, from the states at the starts of the chunks.

import type { DataReader } from '../data/contract.js'
import type { TypedArray } from '../data/typed-array.js'
import { afterReturn, atRecord, CsvAutomaton, type CsvForm, isOpen, lineFeed } from './csv-automaton.js'

/** How many bytes to search for the end of a record at first. The number doubles until one is found. */
const firstProbeBytes = 16 * 1024
const mostProbeBytes = 4 * 1024 * 1024

const none = -1

/** The length of the byte order mark of UTF-8 at the start of the data; 0 if there is none. */
export function markLength(first: Readonly<Uint8Array>): number {
  return first[0] === 0xef && first[1] === 0xbb && first[2] === 0xbf ? 3 : 0
}

/** The same bytes, unsigned. */
export function unsigned(bytes: TypedArray): Uint8Array {
  return bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Finds records in data, chunk by chunk. */
export class CsvCuts {
  /** The state at the byte to which the last search went. */
  state: number = atRecord
  readonly #reader: Pick<DataReader<TypedArray>, 'read'>
  #length: number
  readonly #automaton: CsvAutomaton
  /** Where the data begins, behind a byte order mark. Undefined as long as nobody asked. */
  #first: number | undefined
  /** The quote that began the quoted field that `lastRecord` has read last. */
  #lastQuote = none

  /**
   * Records in the first `length` bytes of what `reader` reads.
   *
   * @param first - where the data begins, behind a byte order mark; undefined: look
   */
  constructor(form: CsvForm, reader: Pick<DataReader<TypedArray>, 'read'>, length: number, first?: number) {
    this.#reader = reader
    this.#length = length
    this.#first = first
    this.#automaton = new CsvAutomaton(form)
  }

  /** The reader reads another piece of the data from now on, of `length` bytes. */
  begin(length: number): void {
    this.#length = length
    this.#first = undefined
  }

  /**
   * The start of the first record in `[from, to)`; -1 if none starts there. Before that, `this.state` must be the state at `from`.
   * If there is no record, it is the state at `to` afterwards.
   */
  firstStart(from: number, to: number): number {
    const { next } = this.#automaton
    let { state } = this
    for (
      let low = Math.max(from, this.#begin()), probe = firstProbeBytes;
      low < to;
      probe = Math.min(2 * probe, mostProbeBytes)
    ) {
      const high = Math.min(to, low + probe)
      const bytes = unsigned(this.#reader.read(low, high))
      for (let i = 0; i < bytes.length; i++) {
        const byte = bytes[i]!
        if (state === atRecord || (state === afterReturn && byte !== lineFeed)) return low + i
        state = next[(state << 8) | byte]!
      }
      low = high
    }
    this.state = state
    return none
  }

  /**
   * Go through the records from `from` on, where one starts, to the end of the data. If its last quoted field is not closed, return
   * where the last record and that field start.
   */
  openEnd(from: number): { readonly record: number; readonly quote: number } | undefined {
    const { next } = this.#automaton
    let state = atRecord
    let record = from
    for (let low = from, probe = firstProbeBytes; low < this.#length; probe = Math.min(2 * probe, mostProbeBytes)) {
      const high = Math.min(this.#length, low + probe)
      const bytes = unsigned(this.#reader.read(low, high))
      for (let i = 0; i < bytes.length; i++) {
        const byte = bytes[i]!
        if (state === atRecord || (state === afterReturn && byte !== lineFeed)) record = low + i
        const after = next[(state << 8) | byte]!
        // States up to this one are outside of quotes.
        if (isOpen(after) && state <= afterReturn) this.#lastQuote = low + i
        state = after
      }
      low = high
    }
    return isOpen(state) ? { record, quote: this.#lastQuote } : undefined
  }

  /** Where the data begins, behind a byte order mark. */
  #begin(): number {
    this.#first ??= markLength(unsigned(this.#reader.read(0, Math.min(3, this.#length))))
    return this.#first
  }
}
