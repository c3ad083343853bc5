// What a run still wants: which chunks, and whether an answer at all. It wants less after it was stopped, after a chunk has failed, and
// when its reducer has enough.

import { noLimit } from '../protocol/control-block.js'
import { type FailedPart, type Failure, Failures } from './failures.js'

/** What one run still wants. */
export class Wanted {
  /** Chunks from this index on are not wanted any more. */
  limit: number = noLimit
  /** The reducer needs nothing of chunks from this index on. */
  #enoughAt = noLimit
  readonly #failures = new Failures()
  /** Why the run was stopped from outside, by cancelling it or by closing the engine. */
  #stopped: { readonly reason: unknown } | undefined
  readonly #onLowered: (limit: number) => void

  /** @param onLowered - called when fewer chunks are wanted */
  constructor(onLowered: (limit: number) => void) {
    this.#onLowered = onLowered
  }

  /** The run was stopped from outside. It rejects with `reason`. */
  stop(reason: unknown): void {
    this.#stopped ??= { reason }
    this.#lower(0)
  }

  fail(part: FailedPart, error: unknown): void {
    this.#lower(this.#failures.add(part, error))
  }

  /** The reducer needs nothing of the chunks from `end` on. */
  hasEnough(end: number): void {
    this.#enoughAt = end
    this.#lower(end)
  }

  /** Whether the answer needs the chunks below an index only: which one; undefined if it needs all. */
  get enoughAt(): number | undefined {
    return this.#enoughAt < noLimit ? this.#enoughAt : undefined
  }

  /** Whether no chunk is wanted any more. */
  get isNothing(): boolean {
    return this.#stopped !== undefined || this.limit === 0
  }

  /** Whether the run is going to reject. */
  get isFailing(): boolean {
    return this.#stopped !== undefined || this.#failure !== undefined
  }

  /**
   * Whether results are still of use.
   *
   * @param stopsEarly - if a chunk has failed, the chunks before it may be enough
   */
  isAnswerPossible(stopsEarly: boolean): boolean {
    if (this.#stopped !== undefined) return false
    const failure = this.#failure
    return failure === undefined || (stopsEarly && failure.part.kind === 'chunk')
  }

  /** Throw the reason if the run was stopped. */
  throwIfStopped(): void {
    if (this.#stopped !== undefined) throw this.#stopped.reason
  }

  /** Throw what the run rejects with, if it is going to. */
  throwIfFailed(): void {
    this.throwIfStopped()
    if (this.#failure !== undefined) throw this.#failure.error
  }

  /** The failure that the run would report now. */
  get #failure(): Failure | undefined {
    return this.#failures.firstBelow(this.#enoughAt)
  }

  #lower(index: number): void {
    if (index >= this.limit) return
    this.limit = index
    this.#onLowered(index)
  }
}
