// Gives results one by one, in chunk order, while the run goes on. `for await` over a map run reads from it.

import type { Commit, ListPayload } from '../protocol/report.js'
import type { Assembler } from './assembler.js'

/** How far lanes may run ahead of the reader, roughly, in bytes of results. */
const aheadBytes = 32 * 1024 * 1024

/** A range of chunks whose results came in the same commit. */
interface Waiting {
  /** The range ends before this chunk. */
  readonly to: number
  readonly payload: ListPayload
  /** The results of the range are at `[at, end)` of the payload. There are fewer results than chunks if chunks own nothing. */
  readonly at: number
  readonly end: number
}

/** Takes commits in any order, and gives results in chunk order. It does not hold a result that it has given. */
export class ResultStream implements Assembler {
  /** Called when a result was read, because lanes may run further ahead then. */
  onTaken: () => void = () => {}
  /** Keyed by the first chunk of the range. Not by chunk, because a Map has at most 2^24 members. */
  readonly #waiting = new Map<number, Waiting>()
  #next = 0
  #chunks = 0
  #bytes = 0
  #wake: () => void = () => {}

  add({ ranges, payload, approxBytes }: Commit): void {
    // `as`: a stream is only made for runs without a reducer.
    const list = payload as ListPayload
    let at = 0
    for (let r = 0; r < ranges.length; r += 2) {
      const [from, to] = [ranges[r]!, ranges[r + 1]!]
      let end = at
      while (end < list.chunkIndices.length && list.chunkIndices[end]! < to) end++
      this.#waiting.set(from, { to, payload: list, at, end })
      this.#chunks += to - from
      at = end
    }
    this.#bytes += approxBytes
    this.#wake()
  }

  /** Lanes may run ahead as far as results of the average size fit into `aheadBytes`, and at least two chunks per lane. */
  window(lanes: number): number {
    const fitting = this.#chunks === 0 ? 0 : Math.floor(aheadBytes / Math.max(1, this.#bytes / this.#chunks))
    return this.#next + Math.max(2 * lanes, fitting)
  }

  result(): { readonly value: undefined } {
    return { value: undefined }
  }

  /** The results in order. Ends when `ended` resolves, and throws what `ended` rejects with. */
  async *read(ended: Promise<unknown>): AsyncGenerator<unknown, void, undefined> {
    let isOver = false
    const over = ended.finally(() => {
      isOver = true
      this.#wake()
    })
    over.catch(() => {})
    for (;;) {
      const wasOver = isOver
      for (let range = this.#take(); range !== undefined; range = this.#take()) yield* this.#give(range)
      if (wasOver) break
      await new Promise<void>((wake) => {
        this.#wake = wake
        if (isOver || this.#waiting.has(this.#next)) wake()
      })
    }
    await over
  }

  /** The next range, if it has arrived. */
  #take(): Waiting | undefined {
    const range = this.#waiting.get(this.#next)
    this.#waiting.delete(this.#next)
    return range
  }

  *#give({ to, payload, at, end }: Waiting): Generator<unknown, void, undefined> {
    // `as`: nobody else uses the values, so they may be dropped one by one.
    const values = payload.values as unknown[] | Float64Array
    for (let i = at; i < end; i++) {
      const value = values[i]
      if (Array.isArray(values)) values[i] = undefined
      this.#moveTo(payload.chunkIndices[i]! + 1)
      yield value
    }
    this.#moveTo(to)
  }

  #moveTo(next: number): void {
    if (next === this.#next) return
    this.#next = next
    this.onTaken()
  }
}
