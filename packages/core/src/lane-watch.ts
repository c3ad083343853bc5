// Looks after the lanes at work: ends the worker of one whose chunk takes too long, or is not wanted and does not end.

import type { ChunkRange } from './contract.js'
import type { ControlBlock } from './control-block.js'
import type { LaneHandle } from './host.js'
import { runtime, type Timer } from './runtime.js'

/** Longest time between two looks, in ms: also the shortest between two progress events. */
const lookMs = 50

/** What the watch is for. */
export interface WatchOptions {
  readonly chunkTimeoutMs: number | undefined
  /** How long a lane may take to leave after the limit was lowered, in ms. */
  readonly graceMs: number
  /** A chunk took longer than `chunkTimeoutMs`; its worker is being ended. */
  onTimeout(chunk: ChunkRange): void
  /** Whether somebody wants `onLook`. */
  isFollowed(): boolean
  onLook(): void
}

interface WatchedLane {
  readonly handle: LaneHandle
  /** The chunk start last seen, and when it was first seen, in ms. */
  heartbeat: number
  seenAt: number
  isKilled: boolean
}

/** Watches the lanes of one pass. */
export class LaneWatch {
  readonly #options: WatchOptions
  readonly #control: ControlBlock
  readonly #lanes = new Map<number, WatchedLane>()
  #timer: Timer | undefined
  /** When the limit was last lowered. */
  #limitedAt: number | undefined

  constructor(control: ControlBlock, options: WatchOptions) {
    this.#control = control
    this.#options = options
    this.#schedule()
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
    this.#lanes.set(lane, { handle, heartbeat, seenAt: runtime.performance.now(), isKilled: false })
  }

  /** The lane has ended; whether the watch had ended it. */
  delete(lane: number): boolean {
    const isKilled = this.#lanes.get(lane)?.isKilled ?? false
    this.#lanes.delete(lane)
    return isKilled
  }

  /** The limit was lowered: lanes above it have `graceMs` from now on to leave. */
  limit(): void {
    this.#limitedAt = runtime.performance.now()
    this.#schedule()
  }

  /** The pass is over. */
  close(): void {
    runtime.clearTimeout(this.#timer)
  }

  #schedule(): void {
    runtime.clearTimeout(this.#timer)
    const { chunkTimeoutMs, graceMs, isFollowed } = this.#options
    if (this.#limitedAt === undefined && chunkTimeoutMs === undefined && !isFollowed()) return
    const forGrace = this.#limitedAt === undefined ? lookMs : graceMs / 4
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
    const sinceSeen = now - watched.seenAt
    // Counted from when the chunk was first seen in flight: never too early, at most one look too late.
    if (chunk !== undefined && chunkTimeoutMs !== undefined && sinceSeen >= chunkTimeoutMs) {
      this.#kill(lane, watched)
      onTimeout(chunk)
    } else if (this.#limitedAt !== undefined && now - this.#limitedAt >= graceMs) {
      const isUnwanted = chunk === undefined ? sinceSeen >= graceMs : chunk.index >= this.#control.limit
      if (isUnwanted) this.#kill(lane, watched)
    }
  }

  #kill(lane: number, watched: WatchedLane): void {
    const worker = this.#control.worker(lane)
    // 0: the lane has not begun; it will see the limit before it runs anything.
    if (worker === 0) return
    watched.isKilled = true
    watched.handle.kill(worker)
  }
}
