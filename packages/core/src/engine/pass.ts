// One pass of a run: runs lanes over the chunks that are not committed yet, until nothing is left to claim.

import { type ChunkRange, OnecopyError } from '../base/errors.js'
import { runtime } from '../base/runtime.js'
import type { MissingChunks } from '../chunks/missing-chunks.js'
import type { Output, SharedData } from '../data/contract.js'
import type { TypedArray } from '../data/typed-array.js'
import { type ControlBlock, noLimit } from '../protocol/control-block.js'
import type { Host } from '../protocol/host.js'
import type { LaneMessage } from '../protocol/report.js'
import { type JobDescription, unitLength } from '../protocol/task.js'
import type { ControlBlocks } from './control-blocks.js'
import type { SlotUser } from './lane-queue.js'
import type { WorkerProgress } from './run-events.js'
import type { LaneSlots } from './slots.js'
import { LaneWatch } from './watch.js'

/** What a pass needs from its execution, and tells it. */
export interface PassOwner extends SlotUser {
  readonly description: JobDescription
  readonly data: SharedData<TypedArray>
  /** What the run is written into. */
  readonly into: Output | undefined
  readonly host: Host
  readonly slots: LaneSlots
  readonly controls: ControlBlocks
  /** The most lanes at the same time. */
  readonly workers: number
  readonly chunkTimeoutMs: number | undefined
  readonly graceMs: number
  onMessage(message: LaneMessage, lane: number): void
  /** Whether the run is going to reject. */
  readonly isFailing: boolean
  /** The host could not run a lane. */
  onError(error: OnecopyError): void
  /** A lane was lost with its worker, while `chunk` was in flight. With `inTeardown`, the lane had sent everything before. */
  onLoss(chunk: ChunkRange | undefined, cause: unknown, inTeardown: boolean): void
  onTimeout(chunk: ChunkRange): void
  /** A lane has ended, or was lost; `begun` as `performance.now()` gives it. */
  onLaneEnded(lane: number, worker: number, begun: number): void
  /** The number of lanes at work has changed. */
  onLanes(lanes: number): void
}

/** Runs chunks once. The chunks of lost lanes stay uncommitted. */
export class Pass {
  /** The most lanes that were at work at the same time. */
  mostLanes = 0
  readonly #owner: PassOwner
  readonly #missing: MissingChunks | undefined
  readonly #inOrder: boolean
  /** Chunks per unit: lanes claim units. */
  readonly #unit: number
  readonly #total: number
  /** One promise per lane that is at work or waits for a slot. Such a place is filled again when its lane has ended. */
  readonly #places = new Set<Promise<void>>()
  readonly #control: ControlBlock
  readonly #watch: LaneWatch
  /** Places that wait until the window has moved, or the pass ends. */
  #waitingPlaces: (() => void)[] = []
  #isEnding = false
  /** No lane was lost. */
  #isWhole = true

  /**
   * @param missing - the units to run; undefined for all
   * @param limit - chunks at or above this index are not wanted
   * @param inOrder - lanes claim in order, a little at a time. A run that stops early always does
   */
  constructor(owner: PassOwner, missing: MissingChunks | undefined, limit: number, inOrder: boolean) {
    const { description } = owner
    this.#owner = owner
    this.#missing = missing
    this.#inOrder = inOrder
    this.#unit = unitLength(description)
    this.#total = missing?.length ?? Math.ceil(description.plan.count / this.#unit)
    this.#control = owner.controls.take(owner.workers)
    this.#control.lowerLimit(limit)
    this.#watch = new LaneWatch(this.#control, {
      chunkTimeoutMs: owner.chunkTimeoutMs,
      graceMs: owner.graceMs,
      hasWork: () => this.#canClaim(),
      isFailing: () => owner.isFailing,
      onTimeout: (chunk) => owner.onTimeout(chunk),
    })
    // The run has failed already, or has enough. A chunk that hangs and is not wanted must not hold it up.
    if (limit < noLimit) this.#watch.askToLeave()
  }

  /** Run to the end. Returns how many workers had to be ended. */
  async run(): Promise<number> {
    try {
      this.#fillPlaces()
      while (this.#places.size > 0) await Promise.all(this.#places)
    } finally {
      this.#watch.close()
    }
    // What a lane of a failed run has left behind may still ask whether it is cancelled.
    if (this.#isWhole && this.#control.limit === noLimit) this.#owner.controls.giveBack(this.#control)
    return this.#watch.kills
  }

  /** What the lanes have run, including the chunks of lost lanes. */
  done(): { chunks: number; bytes: number } {
    return this.#control.done()
  }

  /** What each lane is doing. */
  atWork(): WorkerProgress[] {
    const control = this.#control
    return Array.from({ length: this.#lanes }, (_, lane) => ({
      chunk: control.inFlight(lane),
      doneChunks: control.doneChunks(lane),
    }))
  }

  setWanted(lanes: number): void {
    this.#control.wanted = this.#isEnding ? 0 : lanes
  }

  /** Chunks from `end` on must not be claimed yet. Undefined if all may be claimed. */
  setWindow(end: number | undefined): void {
    this.#control.window = this.#isEnding || end === undefined ? noLimit : end
    for (const goOn of this.#waitingPlaces.splice(0)) goOn()
  }

  /** Chunks from `index` on are not wanted any more. */
  lowerLimit(index: number): void {
    this.#control.lowerLimit(index)
    this.#watch.askToLeave()
    this.setWindow(undefined)
    this.#hasWork()
  }

  /** End before everything is claimed, so that another pass can begin. Lanes leave at their next claim. */
  end(): void {
    this.#isEnding = true
    this.setWanted(0)
    this.setWindow(undefined)
    this.#hasWork()
  }

  get #lanes(): number {
    return Math.min(this.#owner.workers, this.#total)
  }

  /** Start lanes as long as there is something to claim. Lanes that found nothing and left are started again. */
  #fillPlaces(): void {
    while (this.#places.size < this.#lanes && this.#hasWork()) {
      const place: Promise<void> = this.#fillPlace().finally(() => this.#places.delete(place))
      this.#places.add(place)
    }
  }

  /** Run one lane after the other, as long as there is something to claim: a lane may be lost, or leave for another run. */
  async #fillPlace(): Promise<void> {
    const { slots } = this.#owner
    while (this.#hasWork()) {
      if (this.#isInWindow()) await slots.add(this.#owner, () => this.#runLane())
      else await new Promise<void>((goOn) => this.#waitingPlaces.push(goOn))
    }
  }

  /** Whether a lane could claim something. If not, nobody needs to wait for a slot any longer. */
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

  /** Whether the reader has room for the next chunk. */
  #isInWindow(): boolean {
    return !this.#inOrder || this.#chunkAt(this.#control.cursor) < this.#control.window
  }

  /** The first chunk of the unit at a position; past all chunks if the position is past the end. */
  #chunkAt(position: number): number {
    if (this.#missing === undefined) return position * this.#unit
    const unit = this.#missing.at(position)
    return unit === undefined ? noLimit : unit * this.#unit
  }

  async #runLane(): Promise<void> {
    // Other lanes may have done everything while this one waited for its slot.
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
    const begun = runtime.performance.now()
    try {
      const onMessage = (message: LaneMessage): void => {
        owner.onMessage(message, lane)
        this.#fillPlaces()
      }
      const handle = owner.host.startLane(task, owner.data, onMessage, owner.into)
      this.#watch.add(lane, handle)
      this.mostLanes = Math.max(this.mostLanes, this.#watch.size)
      owner.onLanes(this.#watch.size)
      await handle.ended
      this.#watch.delete(lane)
    } catch (cause) {
      this.#isWhole = false
      const isKilled = this.#watch.delete(lane)
      // By class, not by code: a worker may die of an error of an inner run, which has a code as well.
      if (cause instanceof OnecopyError) owner.onError(cause)
      // If the watch has ended it, the execution knows already.
      else if (!isKilled) owner.onLoss(control.inFlight(lane), cause, control.isInTeardown(lane))
    }
    owner.onLaneEnded(lane, control.worker(lane), begun)
    owner.onLanes(this.#watch.size)
    this.#hasWork()
  }
}
