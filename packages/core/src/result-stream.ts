// Results one by one, in chunk order, while the run goes on: what `for await` over a map run reads from.

import type { Assembler, Commit, ListPayload } from './collect.js'

/** Lanes may be ahead of the reader by about so many bytes of results. */
const aheadBytes = 32 * 1024 * 1024

/** Takes commits in any order and gives results in chunk order, holding no result that was given. */
export class ResultStream implements Assembler {
  /** Called when a result was taken: lanes may run further ahead. */
  onTaken: () => void = () => {}
  /** By chunk: its result in a list of one, or an empty list for a chunk that owns nothing. */
  readonly #waiting = new Map<number, readonly unknown[]>()
  #next = 0
  #chunks = 0
  #bytes = 0
  #wake: () => void = () => {}

  add({ ranges, payload, weight }: Commit): void {
    // `as`: a stream is only made for runs without a reducer.
    const { chunks, values } = payload as ListPayload
    let i = 0
    for (let r = 0; r < ranges.length; r += 2) {
      for (let chunk = ranges[r]!; chunk < ranges[r + 1]!; chunk++) {
        this.#waiting.set(chunk, chunks[i] === chunk ? [values[i++]] : [])
        this.#chunks++
      }
    }
    this.#bytes += weight
    this.#wake()
  }

  /** As far ahead as results of the size so far fit `aheadBytes`, and two chunks a lane at least. */
  window(lanes: number): number {
    const fitting = this.#chunks === 0 ? 0 : Math.floor(aheadBytes / Math.max(1, this.#bytes / this.#chunks))
    return this.#next + Math.max(2 * lanes, fitting)
  }

  result(): { readonly value: undefined } {
    return { value: undefined }
  }

  /** The results in order; ends when `ended` does, and rejects as it does. */
  async *read(ended: Promise<unknown>): AsyncGenerator<unknown, void, undefined> {
    let isOver = false
    const over = ended.finally(() => {
      isOver = true
      this.#wake()
    })
    over.catch(() => {})
    for (;;) {
      const wasOver = isOver
      for (let waiting = this.#take(); waiting !== undefined; waiting = this.#take()) yield* waiting
      if (wasOver) break
      await new Promise<void>((wake) => {
        this.#wake = wake
        if (isOver || this.#waiting.has(this.#next)) wake()
      })
    }
    await over
  }

  #take(): readonly unknown[] | undefined {
    const waiting = this.#waiting.get(this.#next)
    if (waiting === undefined) return undefined
    this.#waiting.delete(this.#next)
    this.#next++
    this.onTaken()
    return waiting
  }
}
