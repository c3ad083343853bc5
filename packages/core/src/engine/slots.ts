// The slots of an engine: places for lanes. The engine's runs share them through p-queue, which sees lanes and never chunks. If no
// lane waits and a slot is free, a lane takes it directly, because a way through the queue takes a noticeable part of a short run.
//
// Each run has a quota of slots. Runs with the highest priority get slots first. Runs of the same priority get one slot each, and
// again one each, until no slot is left. If a run has more lanes than its quota, it is told so. Its surplus lanes leave at their
// next claim: they hand over their results and wait for a slot again. If there are more runs than slots, the run that has used
// its time slice moves to the end of the queue. No run gets a slot that it cannot use, so no lane leaves in vain.

import type PQueue from 'p-queue'
import type { QueueAddOptions } from 'p-queue'
import { isError } from '../base/built-in.js'
import { OnecopyError } from '../base/errors.js'
import { runtime, type Timer } from '../base/runtime.js'

/** How long a run keeps its last lane while another run waits and has no lane. */
const timeSliceMs = 50

/** One run that uses slots. */
export interface SlotUser {
  /** A run with a higher priority gets slots first. */
  readonly priority: number
  /** Ask the lanes with this number or a higher one to leave. */
  setWanted(lanes: number): void
}

/** What a run has of the slots. */
interface Share {
  readonly user: SlotUser
  /** Lanes that wait for a slot. */
  readonly waiting: Set<Queued>
  /** The number of lanes that have a slot. */
  active: number
  /** How many slots the run may have. Never more than it has lanes, waiting or active. */
  quota: number
  /** The run's place in the queue among runs of its priority. The lowest is first. */
  place: number
  /** When the run's time slice began, in ms. */
  since: number
}

/** A lane that waits for a slot. */
interface Queued {
  readonly share: Share
  /** Call it with a function that gives the slot back, or with undefined if the lane was withdrawn. */
  readonly settle: (giveBack: (() => void) | undefined) => void
  /** p-queue wants this to be called when there is a slot. */
  work?: Work
}

type Work = () => Promise<unknown>
interface QueuedOptions extends QueueAddOptions {
  readonly queued?: Queued
}

/** p-queue's queue. The lane that is next is the one that has the best right to a slot, not the one that came first. */
class LaneQueue {
  /** Runs with waiting lanes, and perhaps runs whose lanes do not wait any more. */
  readonly #shares = new Set<Share>()

  get size(): number {
    let size = 0
    for (const share of this.#shares) {
      if (share.waiting.size === 0) this.#shares.delete(share)
      size += share.waiting.size
    }
    return size
  }

  enqueue(work: Work, options?: QueuedOptions): void {
    // `!`: `LaneSlots.add` is the only caller, and always gives it.
    const queued = options!.queued!
    queued.work = work
    this.#shares.add(queued.share)
  }

  dequeue(): Work | undefined {
    let next: Share | undefined
    for (const share of this.#shares) {
      if (share.waiting.size > 0 && (next === undefined || isBefore(share, next))) next = share
    }
    const [queued] = next?.waiting ?? []
    if (queued !== undefined) next?.waiting.delete(queued)
    return queued?.work
  }

  /** p-queue requires this of a queue. Nothing calls it here. */
  filter(): Work[] {
    return []
  }

  /** p-queue requires this of a queue. A run's priority never changes. */
  setPriority(): void {}
}

/** Whether a free slot goes to `a` before `b`. */
function isBefore(a: Share, b: Share): boolean {
  const aIsDue = a.active < a.quota
  if (aIsDue !== b.active < b.quota) return aIsDue
  return a.user.priority > b.user.priority || (a.user.priority === b.user.priority && a.place < b.place)
}

let known: typeof PQueue | undefined

/** Use this p-queue, which is loaded already. Without it, p-queue is loaded with the first lane. */
export function useQueue(Queue: typeof PQueue): void {
  known = Queue
}

/** Gives `slots` slots to lanes. */
export class LaneSlots {
  readonly #slots: number
  /** Loaded with the first lane and not before, because a worker that imports this package for a plugin needs no queue. */
  #loading: Promise<PQueue<LaneQueue, QueuedOptions>> | undefined
  #queue: PQueue<LaneQueue, QueuedOptions> | undefined
  readonly #shares = new Map<SlotUser, Share>()
  /** Lanes that wait for a slot. */
  #waiting = 0
  /** Lanes that have a slot. */
  #active = 0
  /** Of these, the lanes that p-queue does not know of. */
  #direct = 0
  #places = 0
  #timer: Timer | undefined
  #isSharingSoon = false

  constructor(slots: number) {
    this.#slots = slots
  }

  /** Load p-queue once. If that fails, for example because there is no file descriptor left, the next lane that waits tries again. */
  #load(): Promise<PQueue<LaneQueue, QueuedOptions>> {
    this.#loading ??= (known === undefined ? import('p-queue') : Promise.resolve({ default: known })).then(
      ({ default: Queue }) => {
        // `timeout` is there because p-queue would also take it from a polluted Object.prototype.
        // `object`: p-queue's types do not allow `timeout: undefined`.
        const options: object = { concurrency: this.#slots, queueClass: LaneQueue, timeout: undefined }
        this.#queue = new Queue<LaneQueue, QueuedOptions>(options)
        return this.#queue
      },
      (cause) => {
        this.#loading = undefined
        const why = isError(cause) ? cause.message : String(cause)
        throw new OnecopyError('ERR_WORKER_LOST', `no worker can start: p-queue cannot be loaded: ${why}`, { cause })
      },
    )
    return this.#loading
  }

  /**
   * Run `lane` as soon as a slot is free. Settles when the lane has ended, or was withdrawn. Rejects only if p-queue cannot be
   * loaded.
   */
  async add(user: SlotUser, lane: () => Promise<void>): Promise<void> {
    const giveBack = this.#takeSlot(user) ?? (await this.#slot(user))
    // The lane starts here and not in p-queue, because p-queue calls in the async context of the run that gave the slot back.
    try {
      if (giveBack !== undefined) await lane()
    } finally {
      giveBack?.()
    }
  }

  /** Take a slot that is free, if no lane waits for one. Returns a function that gives the slot back. */
  #takeSlot(user: SlotUser): (() => void) | undefined {
    if (this.#waiting > 0 || this.#active >= this.#slots) return undefined
    const share = this.#shareOf(user)
    // It will be there when a lane has to wait. If it cannot be loaded, that lane tries again, and tells.
    if (this.#loading === undefined) this.#load().catch(() => {})
    this.#direct++
    this.#begin(share)
    return () => {
      this.#direct--
      this.#end(share)
      if (this.#queue !== undefined) this.#freeSlots(this.#queue)
    }
  }

  /** Wait for a slot. Returns a function that gives the slot back, or undefined if the lane was withdrawn. */
  #slot(user: SlotUser): Promise<(() => void) | undefined> {
    return new Promise((settle, reject) => {
      const share = this.#shareOf(user)
      const queued: Queued = { share, settle }
      share.waiting.add(queued)
      this.#waiting++
      this.#shareSoon()
      // All are there, because p-queue would also take them from a polluted Object.prototype.
      const options: object = { queued, signal: undefined, timeout: undefined, priority: 0, id: undefined }
      const enqueue = (queue: PQueue<LaneQueue, QueuedOptions>): void => {
        // It was withdrawn while p-queue was loaded.
        if (!share.waiting.has(queued)) return
        this.#freeSlots(queue)
        void queue
          .add(() => this.#work(queued), options)
          .then(() => {
            runtime.queueMicrotask(() => this.#freeSlots(queue))
          })
      }
      const giveUp = (error: unknown): void => {
        if (share.waiting.delete(queued)) this.#waiting--
        this.#tidy(share)
        reject(error)
      }
      if (this.#queue === undefined) this.#load().then(enqueue, giveUp)
      else enqueue(this.#queue)
    })
  }

  /** The lanes of `user` that wait for a slot are not needed any more. */
  withdraw(user: SlotUser): void {
    const share = this.#shares.get(user)
    if (share === undefined || share.waiting.size === 0) return
    const withdrawn = [...share.waiting]
    share.waiting.clear()
    this.#waiting -= withdrawn.length
    this.#tidy(share)
    for (const { settle } of withdrawn) settle(undefined)
  }

  async #work({ share, settle }: Queued): Promise<void> {
    this.#waiting--
    this.#begin(share)
    await new Promise<void>((giveBack) => settle(giveBack))
    this.#end(share)
  }

  #begin(share: Share): void {
    if (share.active === 0) share.since = runtime.performance.now()
    share.active++
    this.#active++
    this.#shareSoon()
  }

  #end(share: Share): void {
    this.#active--
    share.active--
    this.#tidy(share)
  }

  /**
   * Tell p-queue how many slots it has: those that were not taken directly.
   *
   * p-queue frees a slot in a callback of the global `queueMicrotask`. Fake timers may replace that function and never call back.
   * So allow p-queue as many lanes more as it wrongly counts as running.
   */
  #freeSlots(queue: PQueue<LaneQueue, QueuedOptions>): void {
    const surplus = Math.max(0, queue.pending - (this.#active - this.#direct))
    const concurrency = this.#slots - this.#direct + surplus
    // p-queue takes no 0.
    if (concurrency === 0) {
      queue.pause()
      return
    }
    if (queue.concurrency !== concurrency) queue.concurrency = concurrency
    if (queue.isPaused) queue.start()
  }

  #tidy(share: Share): void {
    if (share.active + share.waiting.size === 0) this.#shares.delete(share.user)
    this.#shareSoon()
  }

  #shareOf(user: SlotUser): Share {
    const known = this.#shares.get(user)
    if (known !== undefined) return known
    const quota = this.#shares.size === 0 ? this.#slots : 0
    const share: Share = { user, waiting: new Set(), active: 0, quota, place: ++this.#places, since: 0 }
    this.#shares.set(user, share)
    return share
  }

  /** Share the slots once after everything that happens now, because with many runs this takes time. */
  #shareSoon(): void {
    if (this.#isSharingSoon || this.#isShared()) return
    this.#isSharingSoon = true
    runtime.queueMicrotask(() => {
      this.#isSharingSoon = false
      this.#shareSlots()
    })
  }

  /** Whether nothing is to share: at most one run has lanes, and it may have all slots. */
  #isShared(): boolean {
    if (this.#timer !== undefined || this.#shares.size > 1) return false
    for (const { quota } of this.#shares.values()) if (quota < this.#slots) return false
    return true
  }

  /** Decide each run's quota again, and tell it how many lanes it may have. */
  #shareSlots(): void {
    runtime.clearTimeout(this.#timer)
    this.#timer = undefined
    const shares = [...this.#shares.values()]
    // The usual case: there is one run.
    if (shares.length === 1) {
      shares[0]!.quota = this.#slots
      shares[0]!.user.setWanted(this.#slots)
      return
    }
    this.#endTimeSlices(shares)
    shares.sort((a, b) => b.user.priority - a.user.priority || a.place - b.place)
    for (const share of shares) share.quota = 0
    let left = this.#slots
    for (let i = 0; i < shares.length && left > 0; ) {
      const { priority } = shares[i]!.user
      const equals = shares.filter(({ user }) => user.priority === priority)
      left = shareEqually(equals, left)
      i += equals.length
    }
    for (const { user, quota } of shares) user.setWanted(quota)
  }

  /** If a run has no lane, runs of the same priority that have used their time slice move to the end of the queue. */
  #endTimeSlices(shares: readonly Share[]): void {
    const starving = new Set<number>()
    for (const { active, user } of shares) if (active === 0) starving.add(user.priority)
    if (starving.size === 0) return
    const now = runtime.performance.now()
    let timeLeft = timeSliceMs
    const atWork = shares.filter(({ active, user }) => active > 0 && starving.has(user.priority))
    for (const share of atWork.sort((a, b) => a.since - b.since)) {
      const left = share.since + timeSliceMs - now
      if (left <= 0) {
        share.place = ++this.#places
        share.since = now
      } else {
        timeLeft = Math.min(timeLeft, left)
      }
    }
    if (atWork.length > 0) this.#timer = runtime.setTimeout(() => this.#shareSlots(), timeLeft)
  }
}

/**
 * Give up to `slots` slots to `shares`: one each, and again one each, but no run gets more slots than it has lanes.
 *
 * @returns how many slots are left
 */
function shareEqually(shares: readonly Share[], slots: number): number {
  let left = slots
  for (let isGiven = true; isGiven; ) {
    isGiven = false
    for (const share of shares) {
      if (left === 0) return 0
      if (share.quota >= share.active + share.waiting.size) continue
      share.quota++
      left--
      isGiven = true
    }
  }
  return left
}
