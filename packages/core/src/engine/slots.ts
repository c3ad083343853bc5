// The slots of an engine: places for lanes. The engine's runs share them through p-queue, which sees lanes and never chunks. If no
// lane waits and a slot is free, a lane takes it directly, because a way through the queue takes a noticeable part of a short run.
//
// Each run has a quota of slots. Runs with the highest priority get slots first. Runs of the same priority get one slot each, and
// again one each, until no slot is left. If a run has more lanes than its quota, it is told so. Its surplus lanes leave at their
// next claim: they hand over their results and wait for a slot again. If there are more runs than slots, the run that has used
// its time slice moves to the end of the queue. No run gets a slot that it cannot use, so no lane leaves in vain.

import { runtime, type Timer } from '../base/runtime.js'
import { type Lanes, loadQueue, type Queued, type Share, type SlotUser } from './lane-queue.js'
import { endTimeSlices, shareSlots } from './quotas.js'

/** Gives `slots` slots to lanes. */
export class LaneSlots {
  readonly #slots: number
  /** Loaded with the first lane. */
  #loading: Promise<Lanes> | undefined
  #queue: Lanes | undefined
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

  /** Load p-queue once. If that fails, the next lane that waits tries again. */
  #load(): Promise<Lanes> {
    this.#loading ??= loadQueue(this.#slots).then(
      (queue) => {
        this.#queue = queue
        return queue
      },
      (error) => {
        this.#loading = undefined
        throw error
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
      const enqueue = (queue: Lanes): void => {
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
    share.queued = 0
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
  #freeSlots(queue: Lanes): void {
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
    const share: Share = { user, waiting: new Set(), queued: 0, active: 0, quota, place: ++this.#places, since: 0 }
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
    const timeLeft = endTimeSlices(shares, () => ++this.#places)
    if (timeLeft !== undefined) this.#timer = runtime.setTimeout(() => this.#shareSlots(), timeLeft)
    shareSlots(shares, this.#slots)
    for (const { user, quota } of shares) user.setWanted(quota)
  }
}
