// Looks after the lanes at work: ends the worker of one whose chunk takes too long, or is not wanted and does not end.

import type { ChunkRange } from '../base/errors.js'
import { runtime, type Timer } from '../base/runtime.js'
import { type ControlBlock, noLimit } from '../protocol/control-block.js'
import type { LaneHandle } from '../protocol/host.js'

/** Longest time between two polls, in ms. */
const pollMs = 50
/** One poll counts for this part of `chunkTimeoutMs` at most, however late it comes. */
const partOfTimeout = 1 / 8
/** ... and for this part of `graceMs`. */
const partOfGrace = 1 / 4

/** What the watch is for. */
export interface WatchOptions {
  readonly chunkTimeoutMs: number | undefined
  /** How long a lane may take to leave after the limit was lowered, in ms. */
  readonly graceMs: number
  /** Whether there are chunks left that a lane could claim. */
  hasWork(): boolean
  /** A chunk took longer than `chunkTimeoutMs`; its worker is being ended. */
  onTimeout(chunk: ChunkRange): void
}

interface WatchedLane {
  readonly handle: LaneHandle
  /** The heartbeat before its first chunk: as long as it stays so, the lane is loading or setting up, and holds no results. */
  readonly firstHeartbeat: number
  /** The start of a chunk, or of the teardown, last seen, and when it was first seen, by both clocks. */
  heartbeat: number
  seenAt: Clocks
  isKilled: boolean
}

/**
 * Time in ms, as looks have seen it pass: what a chunk's time-out and what the grace is measured by. A look that comes much later than
 * it was set for counts as one interval only. Lanes may have been suspended together with this process; and a chunk that ended while
 * this thread was busy has not been seen to end.
 */
interface Clocks {
  readonly timeout: number
  readonly grace: number
}

/** Watches the lanes of one pass. */
export class LaneWatch {
  /** Workers that were ended. */
  kills = 0
  readonly #options: WatchOptions
  readonly #control: ControlBlock
  readonly #lanes = new Map<number, WatchedLane>()
  #timer: Timer | undefined
  #now: Clocks = { timeout: 0, grace: 0 }
  /** When the clocks were set last, in ms. */
  #setAt = runtime.performance.now()
  /** Since when lanes have something to leave for: the limit was lowered, or nothing is left to claim. By the clock of the grace. */
  #leavingAt: number | undefined

  constructor(control: ControlBlock, options: WatchOptions) {
    this.#control = control
    this.#options = options
  }

  /** Lanes at work. */
  get size(): number {
    return this.#lanes.size
  }

  /** The lowest lane number that no lane at work has. */
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

  /** The lane has ended; whether the watch had ended it. */
  delete(lane: number): boolean {
    const isKilled = this.#lanes.get(lane)?.isKilled ?? false
    this.#lanes.delete(lane)
    return isKilled
  }

  /** The limit was lowered, or nothing is left to claim: lanes that are of no use have `graceMs` from now on to leave. */
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
    // Without lanes there is nothing to look at, and the timer would only keep the process from its end.
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
    // The next chunk began meanwhile: it has all its time before it.
    if (this.#control.heartbeat(lane) !== heartbeat) return
    // Counted from when the chunk was first seen in flight: never too early. On time but for one look, unless looks come late.
    if (chunk !== undefined && chunkTimeoutMs !== undefined && now.timeout - watched.seenAt.timeout >= chunkTimeoutMs) {
      this.#kill(lane, watched)
      onTimeout(chunk)
    } else if (this.#control.isInTeardown(lane)) {
      // A teardown has all of its grace before it, however late its last chunk ended; in a run that goes well it has no limit.
      const isUseless =
        this.#control.limit < noLimit &&
        now.grace - Math.max(this.#leavingAt ?? now.grace, watched.seenAt.grace) >= graceMs
      if (isUseless) this.#kill(lane, watched)
    } else if (this.#leavingAt !== undefined && now.grace - this.#leavingAt >= graceMs) {
      if (this.#isUseless(watched, chunk)) this.#kill(lane, watched)
    }
  }

  /** A lane is of no use in a chunk that nobody wants, or before its first one when none is left. */
  #isUseless(watched: WatchedLane, chunk: ChunkRange | undefined): boolean {
    if (chunk !== undefined) return chunk.index >= this.#control.limit
    // Between chunks it may be handing over results: that is of use unless nothing at all is wanted.
    if (watched.heartbeat !== watched.firstHeartbeat) return this.#control.limit === 0
    return !this.#options.hasWork()
  }

  #kill(lane: number, watched: WatchedLane): void {
    // A lane that has not begun loses nothing: no worker is counted as ended.
    if (this.#control.worker(lane) !== 0) {
      watched.isKilled = true
      this.kills++
    }
    watched.handle.kill()
  }
}
