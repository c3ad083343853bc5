// The claims of a lane that shares no memory with its engine: the engine grants it one span of positions after the other.

import { isThenable } from '../base/check.js'
import type { GrantedSpan } from '../protocol/task.js'
import type { Claims } from './claims.js'

/** A span that has taken this long is cut short where nobody waits for its chunks in order, in ms. */
const mostMs = 200

/** Runs each span as it was granted, unless it takes far longer than it should. */
export class GrantedClaims implements Claims {
  from = 0
  to = 0
  readonly #inOrder: boolean
  readonly #next: () => GrantedSpan | undefined | Promise<GrantedSpan | undefined>
  /** The promise of a span that has not come yet. */
  #coming: Promise<void> | undefined
  /** The answer to the last question, if it came late. */
  #late: { readonly span: GrantedSpan | undefined } | undefined

  /**
   * @param next - the next span; undefined if there is none any more
   * @param inOrder - whether somebody waits for the chunks in order
   */
  constructor(next: () => GrantedSpan | undefined | Promise<GrantedSpan | undefined>, inOrder: boolean) {
    this.#next = next
    this.#inOrder = inOrder
  }

  /** If a span is short, each of its positions takes long, and reading the clock costs nothing beside it. */
  get stride(): number {
    return this.to - this.from < 64 ? 1 : 64
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

  /**
   * The positions are left out, and so their chunks are missing at the end of the pass. The next pass deals them to all lanes. So the last
   * lane is not alone with a span that was sized for shorter chunks.
   */
  giveBack(at: number, ms: number): boolean {
    if (this.#inOrder || at >= this.to || ms < mostMs) return false
    this.to = at
    return true
  }
}
