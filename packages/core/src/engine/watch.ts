// Watches the lanes at work. Ends the worker of a lane whose chunk takes too long, or which is not wanted and does not leave.

import type { ChunkRange } from '../base/errors.js'
import { runtime, type Timer } from '../base/runtime.js'
import type { ControlBlock } from '../protocol/control-block.js'
import type { LaneHandle } from '../protocol/host.js'

/** Longest time between two polls, in ms. */
const pollMs = 50
/** The most time that one poll counts for, as a part of `chunkTimeoutMs`, even if the poll comes late. */
const partOfTimeout = 1 / 8
/** The same, as a part of `graceMs`. */
const partOfGrace = 1 / 4

/** What the watch needs from its pass, and tells it. */
export interface WatchOptions {
  readonly chunkTimeoutMs: number | undefined
  /** How long a lane may take to leave after the limit was lowered, in ms. */
  readonly graceMs: number
  /** Whether there are chunks left that a lane could claim. */
  hasWork(): boolean
  /** Whether the run is going to reject. */
  isFailing(): boolean
  /** A chunk took longer than `chunkTimeoutMs`; its worker is being ended. */
  onTimeout(chunk: ChunkRange): void
}

interface WatchedLane {
  readonly handle: LaneHandle
  /** The heartbeat before the first chunk. While it is unchanged, the lane is loading or setting up, and holds no results. */
  readonly firstHeartbeat: number
  /** The heartbeat at the last poll, and the time when it was first seen, by both clocks. */
  heartbeat: number
  seenAt: Clocks
  isKilled: boolean
}

/**
 * Two clocks, in ms: one for the time-out of chunks, one for the grace period. They advance at each poll. A poll that comes much too
 * late counts as one interval only, for two reasons: the lanes may have been suspended together with this process, and this thread may
 * have been too busy to see that a chunk has ended.
 */
interface Clocks {
  readonly timeout: number
  readonly grace: number
}

/** Watches the lanes of one pass. */
export class LaneWatch {
  /** How many workers were ended. */
  kills = 0
  readonly #options: WatchOptions
  readonly #control: ControlBlock
  readonly #lanes = new Map<number, WatchedLane>()
  #timer: Timer | undefined
  #now: Clocks = { timeout: 0, grace: 0 }
  /** The time of the last update of the clocks, in ms. */
  #setAt = runtime.performance.now()
  /** The time, by the clock of the grace period, when the limit was lowered or nothing was left to claim. */
  #leavingAt: number | undefined

  constructor(control: ControlBlock, options: WatchOptions) {
    this.#control = control
    this.#options = options
  }

  /** The number of lanes at work. */
  get size(): number {
    return this.#lanes.size
  }

  /** The lowest number that no lane at work has. */
  freeLane(): number {
    let lane = 0
    while (this.#lanes.has(lane)) lane++
    return lane
  }

  add(lane: number, handle: LaneHandle): void {
    const heartbeat = this.#control.heartbeat(lane)
    this.#setClocks()
    this.#lanes.set(lane, { handle, firstHeartbeat: heartbeat, heartbeat, seenAt: this.#now, isKilled: false })
    this.#schedule()
  }

  /** The lane has ended. Returns whether the watch had ended it. */
  delete(lane: number): boolean {
    const isKilled = this.#lanes.get(lane)?.isKilled ?? false
    this.#lanes.delete(lane)
    return isKilled
  }

  /** Start the grace period: lanes that are of no use must leave within `graceMs`. */
  askToLeave(): void {
    this.#setClocks()
    this.#leavingAt = this.#now.grace
    this.#schedule()
  }

  /** The pass is over. */
  close(): void {
    runtime.clearTimeout(this.#timer)
  }

  #setClocks(): void {
    const { chunkTimeoutMs = 0, graceMs } = this.#options
    const { timeout, grace } = this.#now
    const now = runtime.performance.now()
    const passed = now - this.#setAt
    this.#setAt = now
    this.#now = {
      timeout: timeout + Math.min(passed, chunkTimeoutMs * partOfTimeout),
      grace: grace + Math.min(passed, graceMs * partOfGrace),
    }
  }

  #schedule(): void {
    runtime.clearTimeout(this.#timer)
    const { chunkTimeoutMs, graceMs } = this.#options
    // Without lanes there is nothing to watch, and the timer would keep the process alive.
    if (this.#lanes.size === 0) return
    if (this.#leavingAt === undefined && chunkTimeoutMs === undefined) return
    const forGrace = this.#leavingAt === undefined ? pollMs : (graceMs * partOfGrace) / 2
    const forTimeout = chunkTimeoutMs === undefined ? pollMs : (chunkTimeoutMs * partOfTimeout) / 2
    this.#timer = runtime.setTimeout(() => this.#poll(), Math.max(1, Math.min(pollMs, forGrace, forTimeout)))
  }

  #poll(): void {
    this.#setClocks()
    for (const [lane, watched] of this.#lanes) this.#inspect(lane, watched)
    this.#schedule()
  }

  #inspect(lane: number, watched: WatchedLane): void {
    const now = this.#now
    const heartbeat = this.#control.heartbeat(lane)
    if (heartbeat !== watched.heartbeat) {
      watched.heartbeat = heartbeat
      watched.seenAt = now
    }
    if (watched.isKilled) return
    const { chunkTimeoutMs, graceMs, onTimeout } = this.#options
    const chunk = this.#control.inFlight(lane)
    // The next chunk has begun meanwhile. It has not used any time yet.
    if (this.#control.heartbeat(lane) !== heartbeat) return
    // The time counts from the first poll that saw the chunk. So a chunk is never ended too early, and at most one poll too late.
    if (chunk !== undefined && chunkTimeoutMs !== undefined && now.timeout - watched.seenAt.timeout >= chunkTimeoutMs) {
      this.#kill(lane, watched)
      onTimeout(chunk)
    } else if (this.#control.isInTeardown(lane)) {
      // A teardown always has the whole grace period. In a run that succeeds, its time is not limited.
      const isUseless =
        this.#options.isFailing() && now.grace - Math.max(this.#leavingAt ?? now.grace, watched.seenAt.grace) >= graceMs
      if (isUseless) this.#kill(lane, watched)
    } else if (this.#leavingAt !== undefined && now.grace - this.#leavingAt >= graceMs) {
      if (this.#isUseless(watched, chunk)) this.#kill(lane, watched)
    }
  }

  /** A lane is of no use if its chunk is not wanted, or if it has not begun a chunk and none is left. */
  #isUseless(watched: WatchedLane, chunk: ChunkRange | undefined): boolean {
    if (chunk !== undefined) return chunk.index >= this.#control.limit
    // Between chunks the lane may be sending results. They are of use unless nothing is wanted at all.
    if (watched.heartbeat !== watched.firstHeartbeat) return this.#control.limit === 0
    return !this.#options.hasWork()
  }

  #kill(lane: number, watched: WatchedLane): void {
    // A lane that has not begun loses nothing, so its worker does not count.
    if (this.#control.worker(lane) !== 0) {
      watched.isKilled = true
      this.kills++
    }
    watched.handle.kill()
  }
}
