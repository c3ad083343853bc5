// A host without threads, on which lanes advance one step at a time, in an order that a seed decides, and die between steps.
//
// The lanes are the real ones, over the real control block. What a thread would do by itself, a scheduler does here: it lets
// one lane take its next step, delivers a commit that was posted, or kills a lane, which then never takes another step; what
// it had posted is still delivered, as from a dead thread's port.

import { type Host, type LaneHandle, type LaneMessage, type LaneTask, openMemory, runLane } from '@onecopy/core/host'

interface SteppedLane {
  readonly worker: number
  /** Lets the lane take its next step; there while it waits. */
  goOn: (() => void) | undefined
  /** Posted and not yet delivered. */
  readonly mailbox: LaneMessage[]
  readonly deliver: (message: LaneMessage) => void
  readonly die: () => void
}

/** How often the scheduler kills a lane rather than letting it go on, and how fast its clock goes. */
export interface Schedule {
  readonly random: () => number
  readonly deathRate: number
  /** Most milliseconds that pass between two looks at the clock. Lanes commit lists after 250, reduced results after 4000. */
  readonly tickMs: number
}

const mostSteps = 200_000

/** The host; `deaths` counts the lanes that were killed. */
export class SteppedHost implements Host {
  readonly workers: number
  deaths = 0
  readonly #schedule: Schedule
  readonly #lanes = new Set<SteppedLane>()
  #nextWorker = 1
  #now = 0
  #isStepping = false
  #steps = 0

  constructor(workers: number, schedule: Schedule) {
    this.workers = workers
    this.#schedule = schedule
  }

  startLane(task: LaneTask, _data: unknown, onMessage: (message: LaneMessage) => void): LaneHandle {
    let isDead = false
    let reject: (reason: Error) => void = () => {}
    const died = new Promise<never>((_, refuse) => {
      reject = refuse
    })
    const lane: SteppedLane = {
      worker: this.#nextWorker++,
      goOn: undefined,
      mailbox: [],
      deliver: onMessage,
      die: () => {
        isDead = true
        this.#end(lane)
        reject(new Error('killed by the scheduler'))
      },
    }
    this.#lanes.add(lane)
    const ran = runLane(structuredClone(task), {
      worker: lane.worker,
      open: openMemory,
      now: () => {
        this.#now += this.#schedule.random() * this.#schedule.tickMs
        return this.#now
      },
      post: (message) => {
        lane.mailbox.push(structuredClone(message))
      },
      pause: () =>
        new Promise<void>((resolve) => {
          if (!isDead) lane.goOn = resolve
        }),
    }).then(() => this.#end(lane))
    this.#step()
    return { ended: Promise.race([ran, died]), kill: () => lane.die() }
  }

  async close(): Promise<void> {}

  #end(lane: SteppedLane): void {
    for (const message of lane.mailbox.splice(0)) lane.deliver(message)
    this.#lanes.delete(lane)
  }

  /** Take steps, one each turn of the event loop, as long as there are lanes. */
  #step(): void {
    if (this.#isStepping) return
    this.#isStepping = true
    setImmediate(() => {
      this.#isStepping = false
      if (this.#lanes.size === 0) return
      // A run that takes so many steps makes no progress: it is left where it is, and its test times out.
      if (++this.#steps > mostSteps) return
      this.#takeOne()
      this.#step()
    })
  }

  #takeOne(): void {
    const { random, deathRate } = this.#schedule
    const lanes = [...this.#lanes]
    const lane = lanes[Math.floor(random() * lanes.length)]!
    if (random() < deathRate) {
      this.deaths++
      lane.die()
    } else if (lane.mailbox.length > 0 && random() < 0.5) {
      lane.deliver(lane.mailbox.shift()!)
    } else {
      const { goOn } = lane
      lane.goOn = undefined
      goOn?.()
    }
  }
}
