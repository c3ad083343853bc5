// The automaton that reads quoted CSV: which bytes end a field or a record follows from the state that all bytes before have led to.
//
// The work on a chunk is a function from the state at its start to the state at its end. Such functions can be composed, so the
// states at all chunks' starts follow from a pass over the chunks in any order.

/** The characters of a dialect of CSV, as bytes. */
export interface CsvForm {
  /** Ends a field. */
  readonly delimiter: number
  /** Begins and ends a quoted field. */
  readonly quote: number
  /** Makes the next quote a part of a quoted field. If this is the quote itself, a quote is written twice. */
  readonly escape: number
}

/** A record begins here: at the beginning, or after a line feed. */
export const atRecord = 0
/** A field begins here, and it is not the first one of its record. */
export const atField = 1
/** After a carriage return that ends a record. A line feed that follows belongs to this record. */
export const afterReturn = 2
/** In a field without quotes, or behind the closing quote of a malformed one. A quote is an ordinary byte here. */
export const inField = 3
/** In a quoted field. */
export const inQuotes = 4
/** After a quote in a quoted field. It was the closing one, unless another quote follows that it escapes. */
export const afterQuote = 5
/** After an escape character, which is not the quote, in a quoted field. */
export const afterEscape = 6
const stateCount = 7

export const lineFeed = 10
export const carriageReturn = 13

/** So many bytes without a quote are followed one by one before `indexOf` is called, because a call costs as much. */
const nearBytes = 32

/** Not the method of `Buffer`, which returns wrong offsets past 2 GiB. */
const { indexOf } = Uint8Array.prototype

/** The states of a dialect, and the state that follows each of them with each byte. */
export class CsvAutomaton {
  /** The state after `state` and `byte` is `next[(state << 8) | byte]`. */
  readonly next: Uint8Array = new Uint8Array(stateCount * 256)
  readonly #quote: number
  readonly #escape: number
  /** Made for the first scan, because most users need only `next`. */
  #scans: Scans | undefined

  constructor({ delimiter, quote, escape: escapeByte }: CsvForm) {
    this.#quote = quote
    this.#escape = escapeByte
    const { next } = this
    for (let byte = 0; byte < 256; byte++) {
      let outside = inField
      if (byte === delimiter) outside = atField
      else if (byte === lineFeed) outside = atRecord
      else if (byte === carriageReturn) outside = afterReturn
      for (const state of [atRecord, atField, afterReturn])
        next[(state << 8) | byte] = byte === quote ? inQuotes : outside
      next[(inField << 8) | byte] = outside
      next[(inQuotes << 8) | byte] = byte === quote ? afterQuote : byte === escapeByte ? afterEscape : inQuotes
      next[(afterQuote << 8) | byte] = byte === quote && escapeByte === quote ? inQuotes : outside
      next[(afterEscape << 8) | byte] = inQuotes
    }
  }

  /** The state after `bytes` for each state before them, packed into one number for {@link stateAfter}. */
  scan(bytes: Readonly<Uint8Array>): number {
    this.#scans ??= new Scans(this)
    const { next, packed } = this.#scans
    const { length } = bytes
    const quote = this.#quote
    const escapeByte = this.#escape
    let quoteAt = -1
    let escapeAt = -1
    let scanned = 0
    for (let at = 0; at < length; ) {
      let isPlain = true
      for (const near = Math.min(length, at + nearBytes); at < near; at++) {
        const byte = bytes[at]!
        if (byte === quote || byte === escapeByte) isPlain = false
        scanned = next[(scanned << 8) | byte]!
      }
      if (!isPlain) continue
      if (quoteAt < at) quoteAt = find(bytes, quote, at)
      if (escapeAt < at) escapeAt = escapeByte === quote ? quoteAt : find(bytes, escapeByte, at)
      const special = Math.min(quoteAt, escapeAt)
      // Between the last byte, which was an ordinary one, and the next quote or escape character, the last byte alone decides.
      if (special > at) scanned = next[(scanned << 8) | bytes[special - 1]!]!
      at = special
    }
    return packed[scanned]!
  }
}

/** What bytes can do to the states: as numbers from 0 on, where 0 is what no bytes do. There are fewer than 256. */
class Scans {
  /** What is done by bytes that do `scanned`, with `byte` behind them, is `next[(scanned << 8) | byte]`. */
  readonly next: Uint8Array
  /** What each of them does to each state, packed for {@link stateAfter}. */
  readonly packed: readonly number[]

  constructor(automaton: CsvAutomaton) {
    const packed = [unchanged]
    const numbers = new Map([[unchanged, 0]])
    const ofBytes = Array.from({ length: 256 }, (_, byte) => pack((state) => automaton.next[(state << 8) | byte]!))
    // Most bytes do the same.
    const kinds = [...new Set(ofBytes)]
    const kindOf = Uint8Array.from(ofBytes, (done) => kinds.indexOf(done))
    const rows: number[][] = []
    for (let i = 0; i < packed.length; i++) {
      rows.push(
        kinds.map((done) => {
          const both = compose(packed[i]!, done)
          const number = numbers.get(both) ?? packed.push(both) - 1
          numbers.set(both, number)
          return number
        }),
      )
    }
    this.packed = packed
    this.next = new Uint8Array(256 * rows.length)
    for (const [i, row] of rows.entries())
      for (let byte = 0; byte < 256; byte++) this.next[(i << 8) | byte] = row[kindOf[byte]!]!
  }
}

function find(bytes: Readonly<Uint8Array>, byte: number, from: number): number {
  const at = indexOf.call(bytes, byte, from)
  return at < 0 ? bytes.length : at
}

/** How many bytes at the end of a chunk are looked at first. The number doubles until those before cannot matter. */
const firstTailBytes = 16 * 1024

/**
 * The same as {@link CsvAutomaton.scan} of the bytes `[start, end)`, without the first of them if they cannot matter. That is so in most
 * CSV with quotes: a quoted field that is read as if a quote were open before it leads back to the right state.
 *
 * @param read - the bytes of a range, valid until the next call
 */
export function scanTail(
  automaton: CsvAutomaton,
  start: number,
  end: number,
  read: (start: number, end: number) => Readonly<Uint8Array>,
): number {
  let scanned = unchanged
  for (let to = end, length = firstTailBytes; to > start && !isConstant(scanned); length *= 2) {
    const from = Math.max(start, to - length)
    scanned = compose(automaton.scan(read(from, to)), scanned)
    to = from
  }
  return scanned
}

/** What {@link CsvAutomaton.scan} gives for no bytes. */
export const unchanged: number = pack((state) => state)

/** The state after bytes that were scanned, if the state before them is `state`. */
export function stateAfter(scanned: number, state: number): number {
  return (scanned >> (3 * state)) & 7
}

/** What two neighbouring pieces of bytes do to the state, one after the other. */
export function compose(first: number, second: number): number {
  return pack((state) => stateAfter(second, stateAfter(first, state)))
}

/** Whether a quoted field is open in `state`, so that the data must not end there. */
export function isOpen(state: number): boolean {
  return state === inQuotes || state === afterEscape
}

/** Whether the state before bytes that were scanned does not matter. */
export function isConstant(scanned: number): boolean {
  return scanned === (scanned & 7) * 0o1111111
}

function pack(stateOf: (before: number) => number): number {
  let scanned = 0
  for (let state = 0; state < stateCount; state++) scanned |= stateOf(state) << (3 * state)
  return scanned
}
