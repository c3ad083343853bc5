// Cuts what is missing of a job into spans: aligned blocks of chunks, each for one worker, sized by time.

import type { Span } from '@onecopy/core'

/** So many spans are remembered to tell how fast chunks run. */
const mostRemembered = 16

/** Gives spans in ascending order, until everything that was missing has been given. */
export class Spans {
  readonly #missing: { from: number; to: number }[]
  readonly #unit: number
  readonly #workers: number
  readonly #targetMs: number
  readonly #ended: { readonly chunks: number; readonly ms: number }[] = []
  /** Chunks per span: the unit times a power of two. */
  #size: number
  #left: number

  /**
   * @param missing - ascending; no span crosses the end of one
   * @param unit - spans begin and end at multiples of this, or where a missing range ends
   * @param targetMs - how long a span should take
   */
  constructor(missing: readonly Span[], unit: number, workers: number, targetMs: number) {
    this.#missing = missing.map(({ from, to }) => ({ from, to }))
    this.#unit = unit
    this.#workers = workers
    this.#targetMs = targetMs
    // Small at first, so that something is kept soon.
    this.#size = unit
    this.#left = missing.reduce((sum, { from, to }) => sum + to - from, 0)
  }

  /** The next span of chunks below `limit`; undefined if there is none left. */
  next(limit: number): Span | undefined {
    const first = this.#missing[0]
    if (first === undefined || first.from >= limit) return undefined
    const { from } = first
    // Near the end, spans get smaller, so that the workers end together; but not so small that they cost more than their chunks.
    const fair = Math.max(this.#unit, this.#size / 8, this.#left / (2 * this.#workers))
    let size = this.#size
    while (size > this.#unit && (size > fair || from % size !== 0 || from + size > first.to)) size /= 2
    const to = Math.min(first.to, from + size)
    this.#left -= to - from
    first.from = to
    if (to === first.to) this.#missing.shift()
    return { from, to }
  }

  /** A span that was given is to be run again, up to a chunk that has failed. */
  giveAgain({ from, to }: Span, failed: number): void {
    const end = failed - (failed % this.#unit)
    if (end <= from) return
    const at = this.#missing.findIndex((each) => each.from > from)
    this.#missing.splice(at < 0 ? this.#missing.length : at, 0, { from, to: Math.min(to, end) })
    this.#left += Math.min(to, end) - from
  }

  /** A span has been run by one worker in `ms`. The size of the next ones follows from it. */
  tell({ from, to }: Span, ms: number): void {
    this.#ended.push({ chunks: to - from, ms })
    if (this.#ended.length > mostRemembered) this.#ended.shift()
    const chunks = this.#ended.reduce((sum, each) => sum + each.chunks, 0)
    const all = this.#ended.reduce((sum, each) => sum + each.ms, 0)
    const wanted = (chunks / Math.max(all, 0.001)) * this.#targetMs
    // At most twice as large: the first spans are the ones with cold caches, and the next ones may be slower.
    const most = Math.min(wanted, 2 * this.#size)
    let size = this.#unit
    while (2 * size <= most) size *= 2
    this.#size = size
  }
}
