// Does work on the caller's thread in slices of a few milliseconds. Between slices the event loop runs: timers fire, and servers
// answer.

import { runtime } from '../base/runtime.js'

/** How long a slice takes, in ms. It takes longer if one of its steps does. */
const sliceMs = 4

/** Does steps until there are none left. */
export class Slices {
  readonly #step: () => boolean
  readonly #inContext: (slice: () => void) => void
  #isScheduled = false
  /** When the last slice ended, and how long it took, in ms. */
  #lastEnd = Number.NEGATIVE_INFINITY
  #lastMs = 0
  #onEnded: () => void = () => {}

  /**
   * @param step - does one step; returns false if there was none. Must not throw
   * @param inContext - calls a slice in the async context of the run's caller
   */
  constructor(step: () => boolean, inContext: (slice: () => void) => void) {
    this.#step = step
    this.#inContext = inContext
  }

  /** There may be steps to do. They begin at once, unless the last slice was so long that the event loop has its turn first. */
  begin(): void {
    if (this.#isScheduled) return
    if (runtime.performance.now() - this.#lastEnd >= this.#lastMs) this.#slice()
    else this.#schedule()
  }

  /** Settles when there is no step left. */
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
    const begun = runtime.performance.now()
    let isMore = true
    this.#inContext(() => {
      do isMore = this.#step()
      while (isMore && runtime.performance.now() < begun + sliceMs)
    })
    this.#lastEnd = runtime.performance.now()
    this.#lastMs = this.#lastEnd - begun
    if (isMore) this.#schedule()
  }
}
