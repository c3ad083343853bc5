// How long the gallery may take: about half a minute, whatever the file and the machine.

/** The time for all examples; a first run of each, and its check, are made in any case. */
const wholeMs = 30_000

/** Time that is shared out among examples that follow each other. */
export class TimeBudget {
  readonly #until = performance.now() + wholeMs
  #left: number

  /** @param examples - how many there will be */
  constructor(examples: number) {
    this.#left = examples
  }

  /** The next example begins: its share of the time that is left, in ms. */
  next(): number {
    return Math.max(0, this.#until - performance.now()) / Math.max(1, this.#left--)
  }
}
