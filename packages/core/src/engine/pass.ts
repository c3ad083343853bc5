// One pass of a run: lanes over the chunks that are not committed yet, until nothing is left that one could claim.

import { type ChunkRange, OnecopyError } from '../base/errors.js'
import type { MissingChunks } from '../chunks/missing-chunks.js'
import type { SharedData } from '../data/contract.js'
import type { TypedArray } from '../data/typed-array.js'
import { ControlBlock, noLimit } from '../protocol/control-block.js'
import type { Host } from '../protocol/host.js'
import type { LaneMessage } from '../protocol/report.js'
import { type JobDescription, unitLength } from '../protocol/task.js'
import type { LaneSlots, SlotUser } from './slots.js'
import { LaneWatch } from './watch.js'

/** What a pass needs from its run, and tells it. */
export interface PassOwner extends SlotUser {
  readonly description: JobDescription
  readonly data: SharedData<TypedArray>
  readonly host: Host
  readonly slots: LaneSlots
  /** Most lanes at the same time. */
  readonly workers: number
  readonly chunkTimeoutMs: number | undefined
  readonly graceMs: number
  onMessage(message: LaneMessage): void
  /** The host could not take what a lane handed over. */
  onError(error: OnecopyError): void
  /** A lane was lost with its worker, with `chunk` in flight or none; `inTeardown`: all that it had is handed over. */
  onLoss(chunk: ChunkRange | undefined, cause: unknown, inTeardown: boolean): void
  onTimeout(chunk: ChunkRange): void
  /** So many lanes are at work now. */
  onLanes(lanes: number): void
}

/** Runs the chunks of `missing` (all, if undefined) once. Those of lost lanes stay uncommitted. */
export class Pass {
  /** Most lanes that were at work at the same time. */
  mostLanes = 0
  readonly #owner: PassOwner
  readonly #missing: MissingChunks | undefined
  readonly #inOrder: boolean
  /** Chunks per unit: lanes claim units. */
  readonly #unit: number
  readonly #total: number
  /** Seats that a lane is on, or waits for. */
  readonly #seats = new Set<Promise<void>>()
  readonly #control: ControlBlock
  readonly #watch: LaneWatch
  /** Seats that wait until the window has moved, or the pass is to end. */
  #waitingSeats: (() => void)[] = []
  #isEnding = false

  /**
   * @param missing - the units to run; undefined: all
   * @param limit - chunks at or above this index are not wanted
   * @param inOrder - lanes claim in order, little at a time
   */
  constructor(owner: PassOwner, missing: MissingChunks | undefined, limit: number, inOrder: boolean) {
    const { description } = owner
    this.#owner = owner
    this.#missing = missing
    this.#inOrder = inOrder
    this.#unit = unitLength(description)
    this.#total = missing?.length ?? Math.ceil(description.plan.count / this.#unit)
    this.#control = ControlBlock.create(owner.workers)
    this.#control.lowerLimit(limit)
    this.#watch = new LaneWatch(this.#control, {
      chunkTimeoutMs: owner.chunkTimeoutMs,
      graceMs: owner.graceMs,
      hasWork: () => this.#canClaim(),
      onTimeout: (chunk) => owner.onTimeout(chunk),
    })
    // The run has failed already: what hangs behind the chunks that are still wanted must not hold it.
    if (limit < noLimit) this.#watch.askToLeave()
  }

  /** Run to the end. How many workers had to be ended. */
  async run(): Promise<number> {
    try {
      this.#fillSeats()
      while (this.#seats.size > 0) await Promise.all(this.#seats)
    } finally {
      this.#watch.close()
    }
    return this.#watch.kills
  }

  /** What its lanes have run; chunks of lost lanes are counted as well. */
  done(): { chunks: number; bytes: number } {
    return this.#control.done()
  }

  setWanted(lanes: number): void {
    this.#control.wanted = this.#isEnding ? 0 : lanes
  }

  /** Chunks at or above `end` are not to be claimed yet; undefined: no such end. */
  setWindow(end: number | undefined): void {
    this.#control.window = this.#isEnding || end === undefined ? noLimit : end
    for (const goOn of this.#waitingSeats.splice(0)) goOn()
  }

  /** Chunks at or above `index` are not wanted any more. */
  lowerLimit(index: number): void {
    this.#control.lowerLimit(index)
    this.#watch.askToLeave()
    this.setWindow(undefined)
    this.#hasWork()
  }

  /** End before all is claimed, so that another pass can begin: lanes leave at their next claim. */
  end(): void {
    this.#isEnding = true
    this.setWanted(0)
    this.setWindow(undefined)
    this.#hasWork()
  }

  get #lanes(): number {
    return Math.min(this.#owner.workers, this.#total)
  }

  /** Seats that were left, because nothing was there to claim, are filled again if there is. */
  #fillSeats(): void {
    while (this.#seats.size < this.#lanes && this.#hasWork()) {
      const seat: Promise<void> = this.#fillSeat().finally(() => this.#seats.delete(seat))
      this.#seats.add(seat)
    }
  }

  /** One seat for a lane: filled again when its lane is lost or made room, as long as there is something to claim. */
  async #fillSeat(): Promise<void> {
    const { slots } = this.#owner
    while (this.#hasWork()) {
      if (this.#isInWindow()) await slots.add(this.#owner, () => this.#runLane())
      else await new Promise<void>((goOn) => this.#waitingSeats.push(goOn))
    }
  }

  /** Whether there is something left that a lane could claim. If not, nobody needs to wait for a slot any longer. */
  #hasWork(): boolean {
    if (this.#canClaim()) return true
    this.#owner.slots.withdraw(this.#owner)
    if (this.#watch.size > 0) this.#watch.askToLeave()
    return false
  }

  #canClaim(): boolean {
    if (this.#isEnding) return false
    const { cursor, lanes } = this.#control
    if (cursor < this.#total && this.#isWanted(cursor)) return true
    if (this.#inOrder) return false
    for (let lane = 0; lane < lanes; lane++) {
      const { from, to } = this.#control.rest(lane)
      if (from < to && this.#isWanted(from)) return true
    }
    return false
  }

  #isWanted(position: number): boolean {
    return this.#chunkAt(position) < this.#control.limit
  }

  /** Whether the next claim is one that the reader has room for. */
  #isInWindow(): boolean {
    return !this.#inOrder || this.#chunkAt(this.#control.cursor) < this.#control.window
  }

  /** The first chunk of the unit at a position; past all chunks if there is none. */
  #chunkAt(position: number): number {
    if (this.#missing === undefined) return position * this.#unit
    const unit = this.#missing.at(position)
    return unit === undefined ? noLimit : unit * this.#unit
  }

  async #runLane(): Promise<void> {
    // It may have waited for its slot until there was nothing left to do.
    if (!this.#hasWork()) return
    const owner = this.#owner
    const control = this.#control
    const lane = this.#watch.freeLane()
    control.clearLane(lane)
    const task = {
      job: owner.description,
      lane,
      lanes: this.#lanes,
      control: control.buffer,
      missing: this.#missing?.ranges,
      inOrder: this.#inOrder,
    }
    try {
      const handle = owner.host.startLane(task, owner.data, (message) => {
        owner.onMessage(message)
        this.#fillSeats()
      })
      this.#watch.add(lane, handle)
      this.mostLanes = Math.max(this.mostLanes, this.#watch.size)
      owner.onLanes(this.#watch.size)
      await handle.ended
      this.#watch.delete(lane)
    } catch (cause) {
      const isKilled = this.#watch.delete(lane)
      // By class: a worker may die of an error that an inner run rejected with, which has the name and a code as well.
      if (cause instanceof OnecopyError) owner.onError(cause)
      // Ended by the watch: what that means has been said already.
      else if (!isKilled) owner.onLoss(control.inFlight(lane), cause, control.isInTeardown(lane))
    }
    owner.onLanes(this.#watch.size)
    this.#hasWork()
  }
}
