// Deals spans of a pass to a lane that shares no memory with its engine: a lane in another process, for instance.
//
// The dealer stands for the lane on the engine's side. It claims from the pass's control block as a lane in a thread does, so spans
// are aligned, large ones come first, and an idle lane takes half of what another has not been given. Lost spans, failures, retries and
// time-outs are the engine's business, as for any lane.

import { runtime } from '../base/runtime.js'
import { MissingChunks } from '../chunks/missing-chunks.js'
import { type Claims, createClaims } from '../lane/claims.js'
import { ControlBlock, noLimit } from '../protocol/control-block.js'
import { type GrantedSpan, type LaneTask, unitLength } from '../protocol/task.js'

/** A span takes about this long: so long that a message per span costs nothing, so short that lanes end together. In ms. */
const spanMs = 50

/** Deals the spans of one lane. */
export class SpanDealer {
  readonly #task: LaneTask
  readonly #control: ControlBlock
  readonly #claims: Claims
  readonly #unit: number
  readonly #missing: MissingChunks | undefined
  /** The lengths of the span that runs now and of the one after it. */
  #lengths: number[] = []
  #begunAt = 0

  /** Deal the spans of `task`, as the host got it from the engine. */
  constructor(task: LaneTask) {
    const { job, lane, lanes, control, missing, inOrder } = task
    this.#task = task
    this.#control = new ControlBlock(control)
    this.#unit = unitLength(job)
    this.#missing = missing === undefined ? undefined : new MissingChunks(missing)
    const total = this.#missing?.length ?? Math.ceil(job.plan.count / this.#unit)
    const chunkAt = (position: number): number => this.#chunkAt(position)
    this.#claims = createClaims({ control: this.#control, lane, lanes, total, chunkAt }, inOrder, { claimMs: spanMs })
  }

  /** The lane's own words in the control block of the pass. The lane's control block begins with them. */
  get slot(): Uint8Array {
    return this.#control.slot(this.#task.lane)
  }

  /**
   * Note the lane's own words, from the control block on its side: its chunk in flight, and what it has done. So the engine blames the
   * right chunk, sees progress, and ends a chunk that takes too long.
   */
  note(slot: Uint8Array): void {
    // A lane that was given a span counts as begun. It must not be ended as one that has nothing to do.
    this.#control.copySlot(this.#task.lane, slot, this.#lengths.length === 0 ? 0 : 1)
  }

  /** Chunks with this number or a higher one are not wanted. The lane has to be told when it has decreased. */
  get limit(): number {
    return this.#control.limit
  }

  /**
   * The next span for the lane; undefined if there is none and the lane must end. The lane asks for its first span after its setup, and
   * for another one each time that it begins a span. So it always has one span ahead, and does not wait for messages.
   */
  next(): GrantedSpan | undefined {
    const control = this.#control
    this.#adapt()
    // A lane makes at least one claim. If it left right after its setup, it would be started again and again.
    const isFirst = this.#lengths.length === 0
    if (control.limit <= 0 || (!isFirst && this.#task.lane >= control.wanted)) return undefined
    if (!this.#claims.claim()) return undefined
    const { from, to } = this.#claims
    if (this.#chunkAt(from) >= control.limit) return undefined
    if (isFirst) this.#control.copySlot(this.#task.lane, this.slot.slice(), 1)
    this.#lengths.push(to - from)
    return { from, to }
  }

  /** Make spans larger or smaller, according to the time of the span that has just ended. */
  #adapt(): void {
    const now = runtime.performance.now()
    // The first two calls come before any span has ended.
    if (this.#lengths.length > 1) {
      const [ended, current] = this.#lengths
      this.#claims.done(((now - this.#begunAt) * current!) / ended!)
      this.#lengths.shift()
    }
    this.#begunAt = now
  }

  #chunkAt(position: number): number {
    if (this.#missing === undefined) return position * this.#unit
    const unit = this.#missing.at(position)
    return unit === undefined ? noLimit : unit * this.#unit
  }
}
