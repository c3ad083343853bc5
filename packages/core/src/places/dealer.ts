// Deals spans of a pass to a lane that shares no memory with its engine: a lane in another process, for instance.
//
// The dealer stands for the lane on the engine's side. It claims from the pass's control block as a lane in a thread does, so spans
// are aligned, large ones come first, and an idle lane takes half of what another has not been given. Lost spans, failures, retries and
// time-outs are the engine's business, as for any lane. The lane notes its chunk in flight, so the chunk to blame is known at once and
// need not be looked for in halves of its span.
//
// The lane has one span ahead if its chunks are short, so it does not wait for messages. If they are long, a message costs nothing beside
// a chunk, and a span ahead would keep an idle lane from running it.

import { runtime } from '../base/runtime.js'
import { MissingChunks } from '../chunks/missing-chunks.js'
import { type Claims, createClaims, leastUnits } from '../lane/claims.js'
import { FrontClaims } from '../lane/front-claims.js'
import { ControlBlock, noLimit } from '../protocol/control-block.js'
import { type GrantedSpan, type LaneTask, type LaneWord, unitLength } from '../protocol/task.js'

/** A span takes about this long: so long that a message per span costs nothing, so short that lanes end together. In ms. */
const spanMs = 50

/** Deals the spans of one lane. */
export class SpanDealer {
  readonly #task: LaneTask
  readonly #control: ControlBlock
  readonly #claims: Claims
  readonly #unit: number
  readonly #missing: MissingChunks | undefined
  /** The lengths of the spans that were dealt and have not ended: at most the one that runs and the one after it. */
  readonly #lengths: number[] = []
  /** Whether the first of these spans has begun, and when. */
  #isRunning = false
  #begunAt = 0
  /** Positions are so short that the lane needs a span ahead. Not known before a span has ended. */
  #isQuick = false
  #hasDealt = false
  /** If other lanes are too far behind: settles when it is time to claim again. */
  #wait: Promise<void> | undefined
  #isWaiting = false
  #hasEnded = false

  /**
   * Deal the spans of `task`, as the host got it from the engine.
   *
   * @param claimBytes - a read of the data takes as long as one of so many bytes, see `DataReader.claimBytes`; default 0
   */
  constructor(task: LaneTask, claimBytes: number = 0) {
    const { job, lane, lanes, control, missing, inOrder } = task
    this.#task = task
    this.#control = new ControlBlock(control)
    this.#unit = unitLength(job)
    this.#missing = missing === undefined ? undefined : new MissingChunks(missing)
    const total = this.#missing?.length ?? Math.ceil(job.plan.count / this.#unit)
    const chunkAt = (position: number): number => this.#chunkAt(position)
    const space = { control: this.#control, lane, lanes, total, chunkAt }
    const size = { claimMs: spanMs, least: leastUnits(job.plan, this.#unit, claimBytes) }
    this.#claims = job.stopsEarly ? new FrontClaims(space) : createClaims(space, inOrder, size)
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
    this.#control.copySlot(this.#task.lane, slot, this.#hasDealt ? 1 : 0)
  }

  /** Chunks with this number or a higher one are not wanted. The lane has to be told when it has decreased. */
  get limit(): number {
    return this.#control.limit
  }

  /**
   * The lane begins the next span that it was dealt (`begin`), or has nothing to run (`idle`).
   *
   * @param limit - chunks with this number or a higher one are not wanted, as far as the lane knows
   * @param send - called with the next span for the lane, once the lane may have it; with undefined: the lane must end. It is not called
   *   if the lane needs none now, or if one is on its way
   */
  hear(word: LaneWord, limit: number, send: (span: GrantedSpan | undefined) => void): void {
    this.#control.lowerLimit(limit)
    const isDue = word === 'begin' ? this.#begin() : this.#idle()
    if (isDue && !this.#isWaiting) this.#deal(send)
  }

  /** The lane has ended, or is lost. It runs nothing that it was dealt any more, and other lanes do not wait for that. */
  end(): void {
    this.#hasEnded = true
    while (this.#lengths.length > 0) {
      this.#lengths.shift()
      this.#claims.done(0)
    }
  }

  /** Returns whether the lane needs another span while this one runs. */
  #begin(): boolean {
    this.#finish()
    this.#isRunning = true
    this.#begunAt = runtime.performance.now()
    return this.#isQuick
  }

  /** Returns whether the lane needs a span. */
  #idle(): boolean {
    // What was dealt had not begun when the lane said this.
    if (this.#lengths.length > (this.#isRunning ? 1 : 0)) return false
    this.#finish()
    return true
  }

  #deal(send: (span: GrantedSpan | undefined) => void): void {
    this.#isWaiting = false
    if (this.#hasEnded) return
    const span = this.#next()
    const wait = span === undefined ? this.#wait : undefined
    if (wait === undefined) {
      send(span)
      return
    }
    this.#isWaiting = true
    void wait.then(() => this.#deal(send))
  }

  #next(): GrantedSpan | undefined {
    const control = this.#control
    this.#wait = undefined
    // A lane makes at least one claim. If it left right after its setup, it would be started again and again.
    if (control.limit <= 0 || (this.#hasDealt && this.#task.lane >= control.wanted)) return undefined
    if (!this.#claims.claim()) {
      this.#wait = this.#claims.wait()
      return undefined
    }
    const { from, to } = this.#claims
    if (this.#chunkAt(from) >= control.limit) return undefined
    if (!this.#hasDealt) this.#control.copySlot(this.#task.lane, this.slot.slice(), 1)
    this.#hasDealt = true
    this.#lengths.push(to - from)
    return { from, to }
  }

  /** If a span runs, it has ended. Spans become larger or smaller, according to its time. */
  #finish(): void {
    if (!this.#isRunning) return
    this.#isRunning = false
    const ms = runtime.performance.now() - this.#begunAt
    // `!`: it was dealt before it could run.
    const length = this.#lengths.shift()!
    this.#isQuick = ms / length < spanMs / 2
    this.#claims.done((ms * (this.#lengths[0] ?? length)) / length)
  }

  #chunkAt(position: number): number {
    if (this.#missing === undefined) return position * this.#unit
    const unit = this.#missing.at(position)
    return unit === undefined ? noLimit : unit * this.#unit
  }
}
