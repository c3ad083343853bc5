// Limits how long the gallery takes: about a quarter of a minute. With the build before it, `npm start` takes half a minute.

import { nowMs } from './clock.js'

/** The time for all examples. The first run of each and its check are made in any case. */
const wholeMs = 15_000

/** Divides time among examples that run one after the other. */
export class TimeBudget {
  readonly #until = nowMs() + wholeMs
  #left: number

  /** @param examples - how many there will be */
  constructor(examples: number) {
    this.#left = examples
  }

  /** Called when the next example begins. Returns its share of the remaining time, in ms. */
  next(): number {
    return Math.max(0, this.#until - nowMs()) / Math.max(1, this.#left--)
  }
}
