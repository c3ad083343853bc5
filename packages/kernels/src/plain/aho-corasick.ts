// Finding many patterns in a time that does not depend on how many there are: the automaton of Aho and Corasick.

/** Called with the number of a pattern and where its match starts. Matches come in the order of their ends. */
type Found = (pattern: number, start: number) => void

/** @see Aho, Corasick: Efficient string matching: an aid to bibliographic search (1975) */
export class AhoCorasick {
  readonly #lengths: readonly number[]
  /** The first state behind the root for each byte; 0 if there is none. */
  readonly #fromRoot = new Int32Array(256)
  readonly #firstChild: Int32Array
  readonly #nextSibling: Int32Array
  readonly #byte: Uint8Array
  /** The longest proper suffix of a state that is a state. */
  readonly #suffix: Int32Array
  /** The first pattern that ends in a state, plus 1; 0 if there is none. */
  readonly #pattern: Int32Array
  /** The next pattern that is equal to a pattern, plus 1. */
  readonly #equal: Int32Array
  /** The longest suffix of a state in which a pattern ends; 0 if there is none. */
  readonly #shorter: Int32Array

  constructor(patterns: readonly Uint8Array[]) {
    this.#lengths = patterns.map(({ length }) => length)
    const most = 1 + this.#lengths.reduce((sum, length) => sum + length, 0)
    this.#firstChild = new Int32Array(most)
    this.#nextSibling = new Int32Array(most)
    this.#byte = new Uint8Array(most)
    this.#suffix = new Int32Array(most)
    this.#pattern = new Int32Array(most)
    this.#shorter = new Int32Array(most)
    this.#equal = new Int32Array(patterns.length)
    let states = 1
    patterns.forEach((pattern, number) => {
      let state = 0
      for (const byte of pattern) {
        let next = this.#child(state, byte)
        if (next === 0) {
          next = states++
          this.#byte[next] = byte
          this.#nextSibling[next] = this.#firstChild[state]!
          this.#firstChild[state] = next
          if (state === 0) this.#fromRoot[byte] = next
        }
        state = next
      }
      this.#equal[number] = this.#pattern[state]!
      this.#pattern[state] = number + 1
    })
    this.#linkSuffixes(states)
  }

  /** Find all matches in `[from, to)` of `text`. */
  find(text: Readonly<Uint8Array>, from: number, to: number, found: Found): void {
    let state = 0
    for (let at = from; at < to; at++) {
      const byte = text[at]!
      state = this.#step(state, byte)
      if (state === 0) continue
      let ending = this.#pattern[state] === 0 ? this.#shorter[state]! : state
      for (; ending !== 0; ending = this.#shorter[ending]!) {
        for (let number = this.#pattern[ending]!; number !== 0; number = this.#equal[number - 1]!)
          found(number - 1, at + 1 - this.#lengths[number - 1]!)
      }
    }
  }

  #child(state: number, byte: number): number {
    if (state === 0) return this.#fromRoot[byte]!
    let child = this.#firstChild[state]!
    while (child !== 0 && this.#byte[child] !== byte) child = this.#nextSibling[child]!
    return child
  }

  #step(from: number, byte: number): number {
    let state = from
    for (;;) {
      const next = this.#child(state, byte)
      if (next !== 0 || state === 0) return next
      state = this.#suffix[state]!
    }
  }

  /** Level by level, because a state's suffix is shorter than the state. */
  #linkSuffixes(states: number): void {
    const queue = new Int32Array(states)
    let filled = 0
    for (let child = this.#firstChild[0]!; child !== 0; child = this.#nextSibling[child]!) queue[filled++] = child
    for (let i = 0; i < filled; i++) {
      const state = queue[i]!
      for (let child = this.#firstChild[state]!; child !== 0; child = this.#nextSibling[child]!) {
        const suffix = this.#step(this.#suffix[state]!, this.#byte[child]!)
        this.#suffix[child] = suffix
        this.#shorter[child] = this.#pattern[suffix] === 0 ? this.#shorter[suffix]! : suffix
        queue[filled++] = child
      }
    }
  }
}
