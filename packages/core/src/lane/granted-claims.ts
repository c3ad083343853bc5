// The claims of a lane that shares no memory with its engine: the engine grants it one span of positions after the other.

import { isThenable } from '../base/check.js'
import type { GrantedSpan } from '../protocol/task.js'
import type { Claims } from './claims.js'

/** Runs each span as it was granted. */
export class GrantedClaims implements Claims {
  from = 0
  to = 0
  readonly stride: number = Number.POSITIVE_INFINITY
  readonly #next: () => GrantedSpan | undefined | Promise<GrantedSpan | undefined>
  /** The promise of a span that has not come yet. */
  #coming: Promise<void> | undefined
  /** The answer to the last question, if it came late. */
  #late: { readonly span: GrantedSpan | undefined } | undefined

  /** @param next - the next span; undefined if there is none any more */
  constructor(next: () => GrantedSpan | undefined | Promise<GrantedSpan | undefined>) {
    this.#next = next
  }

  claim(): boolean {
    const span = this.#late === undefined ? this.#next() : this.#late.span
    this.#late = undefined
    this.#coming = undefined
    if (span === undefined) return false
    if (isThenable(span)) {
      this.#coming = span.then((granted) => {
        this.#late = { span: granted }
      })
      return false
    }
    this.from = span.from
    this.to = span.to
    return true
  }

  wait(): Promise<void> | undefined {
    return this.#coming
  }

  done(): void {}

  giveBack(): boolean {
    return false
  }
}
