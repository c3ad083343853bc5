// The spans of a lane that shares no memory with its engine, on the side of the lane. See `places/dealer.ts` for the other side.

import type { GrantedSpan, LaneWord } from '../protocol/task.js'

/** The spans of a lane. It tells when it begins one, and when it has none. */
export class SpanSupply {
  readonly #tell: (word: LaneWord) => void
  readonly #here: (GrantedSpan | undefined)[] = []
  #wait: ((span: GrantedSpan | undefined) => void) | undefined

  /** The supply of one lane, which calls `tell` with what the dealer has to hear. */
  constructor(tell: (word: LaneWord) => void) {
    this.#tell = tell
  }

  /** A span has come; undefined: there are no more. */
  add(span: GrantedSpan | undefined): void {
    const wait = this.#wait
    this.#wait = undefined
    if (wait === undefined) this.#here.push(span)
    else wait(span)
  }

  /** The next span, at once or when it comes; undefined if there are no more. */
  next(): GrantedSpan | undefined | Promise<GrantedSpan | undefined> {
    if (this.#here.length > 0) return this.#took(this.#here.shift())
    this.#tell('idle')
    return new Promise<GrantedSpan | undefined>((resolve) => {
      this.#wait = resolve
    }).then((span) => this.#took(span))
  }

  #took(span: GrantedSpan | undefined): GrantedSpan | undefined {
    if (span !== undefined) this.#tell('begin')
    return span
  }
}
