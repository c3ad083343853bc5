// Work on the caller's thread in slices of a few milliseconds, so that its event loop lives: timers fire and servers answer.

import { runtime } from '../base/runtime.js'

/** A slice takes about this long, in ms; one step of it may take longer. */
const sliceMs = 4

/** Does steps as long as there are some. */
export class Slices {
  readonly #step: () => boolean
  readonly #inContext: (slice: () => void) => void
  #isScheduled = false
  #lastEnd = Number.NEGATIVE_INFINITY
  #onEnded: () => void = () => {}

  /**
   * @param step - does one step; false if there was none to do. Must not throw
   * @param inContext - calls a slice
   */
  constructor(step: () => boolean, inContext: (slice: () => void) => void) {
    this.#step = step
    this.#inContext = inContext
  }

  /** There may be steps to do. The first slice begins at once, unless another one has just ended. */
  begin(): void {
    if (this.#isScheduled) return
    if (runtime.performance.now() - this.#lastEnd >= sliceMs) this.#slice()
    else this.#schedule()
  }

  /** Settles when there is no step to do any more. */
  ended(): Promise<void> | undefined {
    if (!this.#isScheduled) return undefined
    return new Promise((resolve) => {
      this.#onEnded = resolve
    })
  }

  #schedule(): void {
    this.#isScheduled = true
    runtime.setTimeout(() => {
      this.#isScheduled = false
      this.#slice()
      if (!this.#isScheduled) this.#onEnded()
    }, 0)
  }

  #slice(): void {
    const end = runtime.performance.now() + sliceMs
    let isMore = true
    this.#inContext(() => {
      do isMore = this.#step()
      while (isMore && runtime.performance.now() < end)
    })
    this.#lastEnd = runtime.performance.now()
    if (isMore) this.#schedule()
  }
}
