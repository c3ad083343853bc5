// Looks after the lanes at work: ends the worker of one whose chunk takes too long, or is not wanted and does not end.

import type { ChunkRange } from './contract.js'
import { type ControlBlock, noLimit } from './control-block.js'
import type { LaneHandle } from './host.js'
import { runtime, type Timer } from './runtime.js'

/** Longest time between two looks, in ms: also the shortest between two progress events. */
const lookMs = 50

/** What the watch is for. */
export interface WatchOptions {
  readonly chunkTimeoutMs: number | undefined
  /** How long a lane may take to leave after the limit was lowered, in ms. */
  readonly graceMs: number
  /** Whether there are chunks left that a lane could claim. */
  hasWork(): boolean
  /** A chunk took longer than `chunkTimeoutMs`; its worker is being ended. */
  onTimeout(chunk: ChunkRange): void
  /** Whether somebody wants `onLook`. */
  isFollowed(): boolean
  onLook(): void
}

interface WatchedLane {
  readonly handle: LaneHandle
  /** The heartbeat before its first chunk: as long as it stays so, the lane is loading or setting up, and holds no results. */
  readonly firstHeartbeat: number
  /** The start of a chunk, or of the teardown, last seen, and when it was first seen, in ms. */
  heartbeat: number
  seenAt: number
  isKilled: boolean
}

/** Watches the lanes of one pass. */
export class LaneWatch {
  /** Workers that were ended. */
  kills = 0
  readonly #options: WatchOptions
  readonly #control: ControlBlock
  readonly #lanes = new Map<number, WatchedLane>()
  #timer: Timer | undefined
  /** Since when lanes have something to leave for: the limit was lowered, or nothing is left to claim. */
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
    const seenAt = runtime.performance.now()
    this.#lanes.set(lane, { handle, firstHeartbeat: heartbeat, heartbeat, seenAt, isKilled: false })
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
    this.#leavingAt = runtime.performance.now()
    this.#schedule()
  }

  /** The pass is over. */
  close(): void {
    runtime.clearTimeout(this.#timer)
  }

  #schedule(): void {
    runtime.clearTimeout(this.#timer)
    const { chunkTimeoutMs, graceMs, isFollowed } = this.#options
    // Without lanes there is nothing to look at, and the timer would only keep the process from its end.
    if (this.#lanes.size === 0) return
    if (this.#leavingAt === undefined && chunkTimeoutMs === undefined && !isFollowed()) return
    const forGrace = this.#leavingAt === undefined ? lookMs : graceMs / 4
    const forTimeout = chunkTimeoutMs === undefined ? lookMs : chunkTimeoutMs / 8
    this.#timer = runtime.setTimeout(() => this.#look(), Math.max(1, Math.min(lookMs, forGrace, forTimeout)))
  }

  #look(): void {
    const now = runtime.performance.now()
    for (const [lane, watched] of this.#lanes) this.#inspect(lane, watched, now)
    this.#options.onLook()
    this.#schedule()
  }

  #inspect(lane: number, watched: WatchedLane, now: number): void {
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
    // Counted from when the chunk was first seen in flight: never too early, at most one look too late.
    if (chunk !== undefined && chunkTimeoutMs !== undefined && now - watched.seenAt >= chunkTimeoutMs) {
      this.#kill(lane, watched)
      onTimeout(chunk)
    } else if (this.#control.isInTeardown(lane)) {
      // A teardown has all of its grace before it, however late its last chunk ended; in a run that goes well it has no limit.
      const isUseless =
        this.#control.limit < noLimit && now - Math.max(this.#leavingAt ?? now, watched.seenAt) >= graceMs
      if (isUseless) this.#kill(lane, watched)
    } else if (this.#leavingAt !== undefined && now - this.#leavingAt >= graceMs && this.#isUseless(watched, chunk)) {
      this.#kill(lane, watched)
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
    const worker = this.#control.worker(lane)
    if (worker === 0) {
      // The lane has not begun. When it does it will see the limit; but what an earlier lane left behind may hold its thread.
      watched.handle.kill(worker)
      return
    }
    watched.isKilled = true
    this.kills++
    watched.handle.kill(worker)
  }
}
