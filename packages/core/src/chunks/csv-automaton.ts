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

/** This many bytes are compared one by one before `indexOf` is called, because a call costs as much. */
const nearBytes = 32

/** Not the method of `Buffer`, which returns wrong offsets past 2 GiB. */
const { indexOf } = Uint8Array.prototype

/** The states of a dialect, and the state that follows each of them with each byte. */
export class CsvAutomaton {
  /** The state after `state` and `byte` is `next[(state << 8) | byte]`. */
  readonly next: Uint8Array = new Uint8Array(stateCount * 256)
  readonly #quote: number
  readonly #escape: number
  /** The next quote and the next escape character that `indexOf` has found; -1 if it has not looked yet. */
  #quoteAt = -1
  #escapeAt = -1

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

  /** The state after all of `bytes`, of which the first one is met in `state`. */
  run(bytes: Readonly<Uint8Array>, state: number): number {
    this.#forget()
    return this.#run(bytes, 0, state)
  }

  /** The state after `bytes` for each state before them, packed into one number for {@link stateAfter}. */
  scan(bytes: Readonly<Uint8Array>): number {
    this.#forget()
    const { length } = bytes
    // The states are followed together. From the first byte on they are few, and soon they are one, because quotes at the wrong
    // places lead back to the right state.
    let states = unchanged
    let at = 0
    while (at < length && !isConstant(states)) {
      const special = this.#nextSpecial(bytes, at)
      let packed = 0
      for (let from = 0; from < stateCount; from++) {
        let state = stateAfter(states, from)
        if (special > at) state = this.#jump(bytes, special, state)
        if (special < length) state = this.next[(state << 8) | bytes[special]!]!
        packed |= state << (3 * from)
      }
      states = packed
      at = special + 1
    }
    return at < length ? constant(this.#run(bytes, at, stateAfter(states, 0))) : states
  }

  #forget(): void {
    this.#quoteAt = -1
    this.#escapeAt = -1
  }

  #run(bytes: Readonly<Uint8Array>, from: number, before: number): number {
    const { length } = bytes
    let state = before
    for (let at = from; at < length; ) {
      const special = this.#nextSpecial(bytes, at)
      if (special > at) state = this.#jump(bytes, special, state)
      if (special < length) state = this.next[(state << 8) | bytes[special]!]!
      at = special + 1
    }
    return state
  }

  /** The state at `to`, after at least one byte of which none is a quote or an escape character. */
  #jump(bytes: Readonly<Uint8Array>, to: number, state: number): number {
    // Outside of quotes, the last byte alone decides.
    return state === inQuotes || state === afterEscape ? inQuotes : this.next[(inField << 8) | bytes[to - 1]!]!
  }

  /** The offset of the first quote or escape character from `from` on; the length of `bytes` if there is none. */
  #nextSpecial(bytes: Readonly<Uint8Array>, from: number): number {
    const { length } = bytes
    const quote = this.#quote
    const escapeByte = this.#escape
    const near = Math.min(length, from + nearBytes)
    for (let at = from; at < near; at++) {
      const byte = bytes[at]
      if (byte === quote || byte === escapeByte) return at
    }
    if (near === length) return length
    if (this.#quoteAt < near) this.#quoteAt = find(bytes, quote, near)
    if (escapeByte === quote) return this.#quoteAt
    if (this.#escapeAt < near) this.#escapeAt = find(bytes, escapeByte, near)
    return Math.min(this.#quoteAt, this.#escapeAt)
  }
}

function find(bytes: Readonly<Uint8Array>, byte: number, from: number): number {
  const at = indexOf.call(bytes, byte, from)
  return at < 0 ? bytes.length : at
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

function constant(state: number): number {
  return pack(() => state)
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
