// Results one by one, in chunk order, while the run goes on: what `for await` over a map run reads from.

import type { Assembler, Commit, ListPayload } from './collect.js'

/** With more than this waiting for the reader, in bytes (roughly), lanes are held back. */
const mostWaitingBytes = 32 * 1024 * 1024

interface Waiting {
  readonly values: readonly unknown[]
  readonly bytes: number
}

/** Takes commits in any order and gives results in chunk order, holding no result that was given. */
export class ResultStream implements Assembler {
  /** Called when lanes that were held back may go on. */
  onRoom: () => void = () => {}
  /** By chunk: its result, or none for one that owns nothing. */
  readonly #waiting = new Map<number, Waiting>()
  #next = 0
  #waitingBytes = 0
  #wake: () => void = () => {}

  add({ ranges, payload, weight }: Commit): void {
    // `as`: a stream is only made for runs without a reducer.
    const { chunks, values } = payload as ListPayload
    const bytes = chunks.length === 0 ? 0 : weight / chunks.length
    let i = 0
    for (let r = 0; r < ranges.length; r += 2) {
      for (let chunk = ranges[r]!; chunk < ranges[r + 1]!; chunk++) {
        const owns = chunks[i] === chunk
        this.#waiting.set(chunk, owns ? { values: [values[i]], bytes } : { values: [], bytes: 0 })
        if (owns) i++
      }
    }
    this.#waitingBytes += weight
    this.#wake()
  }

  /** Full only while the next result is there: else the reader waits for the lanes, not the lanes for the reader. */
  get isFull(): boolean {
    return this.#waitingBytes > mostWaitingBytes && this.#waiting.has(this.#next)
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
      for (let waiting = this.#take(); waiting !== undefined; waiting = this.#take()) yield* waiting.values
      if (wasOver) break
      await new Promise<void>((wake) => {
        this.#wake = wake
        if (isOver || this.#waiting.has(this.#next)) wake()
      })
    }
    await over
  }

  #take(): Waiting | undefined {
    const waiting = this.#waiting.get(this.#next)
    if (waiting === undefined) return undefined
    const wasFull = this.isFull
    this.#waiting.delete(this.#next)
    this.#next++
    this.#waitingBytes -= waiting.bytes
    if (wasFull && !this.isFull) this.onRoom()
    return waiting
  }
}
