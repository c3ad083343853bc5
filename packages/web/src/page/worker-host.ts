// Runs lanes on Web Workers. Each worker has one lane at a time. A lane waits for the first worker that is free or ready.

import { OnecopyError, type SharedData, type TypedArray } from '@onecopy/core'
import type { Host, LaneHandle, LaneMessage, LaneTask } from '@onecopy/core/host'
import { PageLane } from './page-lane.js'
import { type ThreadOwner, WorkerThread } from './worker-thread.js'

/** A lane that a worker does not begin within this time begins in another one, in ms: what an earlier lane left behind may hang. */
const takeUpMs = 3000

/** A worker, and what it has. */
interface Place {
  readonly thread: WorkerThread
  lane: PageLane | undefined
  /** The job of its last lane. */
  job: LaneTask['job'] | undefined
}

export class WorkerHost implements Host {
  readonly workers: number
  readonly compilesElsewhere = true
  readonly #make: () => Worker
  readonly #isShared: boolean
  /** The workers that are not being ended. */
  readonly #places = new Set<Place>()
  /** All workers that are not gone. */
  readonly #alive = new Set<WorkerThread>()
  /** Lanes without a worker, in the order in which they came. */
  readonly #waiting = new Set<PageLane>()
  #lastLane = 0
  #isClosed = false

  constructor(workers: number, make: () => Worker, isShared: boolean) {
    this.workers = workers
    this.#make = make
    this.#isShared = isShared
  }

  prepare(lanes: number): undefined {
    this.#start(lanes)
  }

  startLane(task: LaneTask, _data: SharedData<TypedArray>, onMessage: (message: LaneMessage) => void): LaneHandle {
    const lane = new PageLane(++this.#lastLane, task, this.#isShared, onMessage)
    if (this.#isClosed) {
      lane.lose(new Error('the engine was closed before the lane began'))
      return lane.handle(() => {})
    }
    this.#waiting.add(lane)
    this.#assign()
    return lane.handle(() => this.#kill(lane))
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const lane of this.#waiting) lane.end()
    this.#waiting.clear()
    const all = [...this.#alive]
    for (const place of [...this.#places]) this.#end(place, 'the engine was closed')
    await Promise.all(all.map(({ gone }) => gone))
  }

  #kill(lane: PageLane): void {
    if (this.#waiting.delete(lane)) {
      lane.end()
      return
    }
    const place = [...this.#places].find((each) => each.lane === lane)
    if (place !== undefined) this.#end(place, 'the worker was ended')
  }

  #end(place: Place, why: string): void {
    this.#places.delete(place)
    place.thread.end(new Error(why))
  }

  /** Give the lanes that wait to workers that are free, and start workers for the others. */
  #assign(): void {
    for (const place of this.#places) {
      const [lane] = this.#waiting
      if (lane === undefined) return
      if (place.lane !== undefined || !place.thread.isAlive) continue
      this.#waiting.delete(lane)
      this.#begin(place, lane)
    }
    this.#start([...this.#places].filter(({ lane }) => lane !== undefined).length + this.#waiting.size)
  }

  #begin(place: Place, lane: PageLane): void {
    const { job } = lane.task
    place.lane = lane
    try {
      lane.begin(place.thread, place.job === job, takeUpMs, () => {
        this.#end(place, 'the worker did not begin its lane')
      })
      place.job = job
    } catch (reason) {
      place.lane = undefined
      lane.lose(reason)
    }
  }

  /** Start workers until there are `wanted`. */
  #start(wanted: number): void {
    while (!this.#isClosed && this.#places.size < Math.min(wanted, this.workers)) {
      try {
        this.#startOne()
      } catch (cause) {
        this.#onFailedStart(cause)
        return
      }
    }
  }

  #startOne(): void {
    let place: Place | undefined
    const owner: ThreadOwner = {
      onReady: () => this.#assign(),
      onMessage: (message) => {
        const lane = place?.lane
        if (place === undefined || lane?.id !== message.lane || !lane.take(message)) return
        place.lane = undefined
        lane.end()
        this.#assign()
      },
      onUnreadable: () => place?.lane?.refuse(),
      onGone: (reason, hasStarted) => place !== undefined && this.#onGone(place, reason, hasStarted),
    }
    const thread = new WorkerThread(this.#make, this.#isShared, owner)
    place = { thread, lane: undefined, job: undefined }
    this.#alive.add(thread)
    this.#places.add(place)
  }

  #onGone(place: Place, reason: Error, hasStarted: boolean): void {
    this.#places.delete(place)
    this.#alive.delete(place.thread)
    const { lane } = place
    place.lane = undefined
    if (lane?.canBeginAgain && !this.#isClosed) {
      // It has not begun, so nothing is lost.
      lane.leave()
      this.#waiting.add(lane)
    } else {
      lane?.lose(reason)
    }
    if (hasStarted) this.#assign()
    else if (!this.#isClosed) this.#onFailedStart(reason)
  }

  /** The lanes that wait get the other workers, one after the other. If there is none, none will start. */
  #onFailedStart(cause: unknown): void {
    if (this.#places.size > 0) return
    const why = cause instanceof Error ? cause.message : String(cause)
    const message = `no worker can start: ${why}${trustedTypesCure()}`
    for (const lane of this.#waiting) lane.lose(new OnecopyError('ERR_WORKER_LOST', message, { cause }))
    this.#waiting.clear()
  }
}

/** Pages that demand Trusted Types refuse the URL of a worker as text. */
function trustedTypesCure(): string {
  // `as`: not all browsers have it.
  const { trustedTypes } = globalThis as { readonly trustedTypes?: unknown }
  return trustedTypes === undefined
    ? ''
    : '. If the page demands Trusted Types: give createEngine({ worker }) a function whose URL comes from a policy of yours'
}
