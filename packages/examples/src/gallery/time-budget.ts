// Limits how long the gallery takes: about half a minute for any file and machine.

/** The time for all examples. The first run of each and its check are made in any case. */
const wholeMs = 30_000

/** Divides time among examples that run one after the other. */
export class TimeBudget {
  readonly #until = performance.now() + wholeMs
  #left: number

  /** @param examples - how many there will be */
  constructor(examples: number) {
    this.#left = examples
  }

  /** Called when the next example begins. Returns its share of the remaining time, in ms. */
  next(): number {
    return Math.max(0, this.#until - performance.now()) / Math.max(1, this.#left--)
  }
}
