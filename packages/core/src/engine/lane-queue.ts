// The queue in which lanes wait for a slot: p-queue, with an order of our own.

import type PQueue from 'p-queue'
import type { QueueAddOptions } from 'p-queue'
import { isError } from '../base/built-in.js'
import { OnecopyError } from '../base/errors.js'

/** One run that uses slots. */
export interface SlotUser {
  /** A run with a higher priority gets slots first. */
  readonly priority: number
  /** Ask the lanes with this number or a higher one to leave. */
  setWanted(lanes: number): void
}

/** What a run has of the slots. */
export interface Share {
  readonly user: SlotUser
  /** Lanes that wait for a slot. */
  readonly waiting: Set<Queued>
  /** How many of these p-queue knows of. The others wait until it is loaded, or are being added. */
  queued: number
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
export interface Queued {
  readonly share: Share
  /** Call it with a function that gives the slot back, or with undefined if the lane was withdrawn. */
  readonly settle: (giveBack: (() => void) | undefined) => void
  /** p-queue wants this to be called when there is a slot. */
  work?: Work
}

type Work = () => Promise<unknown>
export interface QueuedOptions extends QueueAddOptions {
  readonly queued?: Queued
}

/** p-queue's queue. The lane that is next is the one that has the best right to a slot, not the one that came first. */
export class LaneQueue {
  /** Runs with waiting lanes, and perhaps runs whose lanes do not wait any more. */
  readonly #shares = new Set<Share>()

  get size(): number {
    let size = 0
    for (const share of this.#shares) {
      if (share.queued === 0) this.#shares.delete(share)
      size += share.queued
    }
    return size
  }

  enqueue(work: Work, options?: QueuedOptions): void {
    // `!`: `LaneSlots` is the only caller, and always gives it.
    const queued = options!.queued!
    queued.work = work
    queued.share.queued++
    this.#shares.add(queued.share)
  }

  dequeue(): Work | undefined {
    let next: Share | undefined
    for (const share of this.#shares) {
      if (share.queued > 0 && (next === undefined || isBefore(share, next))) next = share
    }
    if (next === undefined) return undefined
    for (const queued of next.waiting) {
      if (queued.work === undefined) continue
      next.waiting.delete(queued)
      next.queued--
      return queued.work
    }
    return undefined
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

/** p-queue with lanes. */
export type Lanes = PQueue<LaneQueue, QueuedOptions>

/**
 * Make a p-queue for `slots` lanes. It is loaded with the first lane and not before, because a worker that imports this package for a
 * plugin needs no queue.
 *
 * @throws {OnecopyError} `ERR_WORKER_LOST`: it cannot be loaded, for example because there is no file descriptor left
 */
export async function loadQueue(slots: number): Promise<Lanes> {
  try {
    const Queue = known ?? (await import('p-queue')).default
    // `timeout` is there because p-queue would also take it from a polluted Object.prototype.
    // `object`: p-queue's types do not allow `timeout: undefined`.
    const options: object = { concurrency: slots, queueClass: LaneQueue, timeout: undefined }
    return new Queue<LaneQueue, QueuedOptions>(options)
  } catch (cause) {
    const why = isError(cause) ? cause.message : String(cause)
    throw new OnecopyError('ERR_WORKER_LOST', `no worker can start: p-queue cannot be loaded: ${why}`, { cause })
  }
}
