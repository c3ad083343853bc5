// The spans of a lane that shares no memory with its engine, on the side of the lane. See `places/dealer.ts` for the other side.

import type { GrantedSpan } from '../protocol/task.js'

/** The spans of a lane. It asks for one more each time that it takes one. */
export class SpanSupply {
  readonly #ask: () => void
  readonly #here: (GrantedSpan | undefined)[] = []
  #hasAsked = false
  #wait: ((span: GrantedSpan | undefined) => void) | undefined

  /** The supply of one lane, which calls `ask` when it wants another span. */
  constructor(ask: () => void) {
    this.#ask = ask
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
    if (!this.#hasAsked) this.#ask()
    this.#hasAsked = true
    if (this.#here.length > 0) return this.#took(this.#here.shift())
    return new Promise<GrantedSpan | undefined>((resolve) => {
      this.#wait = resolve
    }).then((span) => this.#took(span))
  }

  #took(span: GrantedSpan | undefined): GrantedSpan | undefined {
    if (span !== undefined) this.#ask()
    return span
  }
}
