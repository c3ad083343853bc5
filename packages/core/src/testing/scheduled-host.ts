// A host in the caller's thread. A seed decides in which order its lanes take turns and their commits arrive.
//
// The lanes are the real ones, with a real control block. They get the plugin itself and import nothing. So a plugin can be
// checked in the file that defines it, in any language that the test runner can read.

import { runtime } from '../base/runtime.js'
import type { DefinedPlugin } from '../functions/plugin-contract.js'
import { runLane } from '../lane/lane.js'
import type { Host, LaneHandle } from '../protocol/host.js'
import type { LaneMessage } from '../protocol/report.js'
import type { LaneTask } from '../protocol/task.js'
import { cloneValue } from '../serialize/clone.js'
import { openData } from '../tables/open-data.js'

/** Lanes commit after 250 ms. With a clock that advances this fast, they do so now and then. */
const tickMs = 150

interface ScheduledLane {
  /** Lets the lane take its next step. Set while it waits. */
  goOn: (() => void) | undefined
  /** Messages that were posted and not delivered yet. The last one says how the lane ended. */
  readonly mailbox: (() => void)[]
}

/** The host. Without `random`, lanes run to their end, one after the other. */
export class ScheduledHost implements Host {
  readonly workers: number
  readonly #plugin: DefinedPlugin
  readonly #random: (() => number) | undefined
  readonly #lanes = new Set<ScheduledLane>()
  #now = 0
  #isStepping = false
  #lastWorker = 0

  constructor(plugin: DefinedPlugin, workers: number, random?: () => number) {
    this.#plugin = plugin
    this.workers = workers
    this.#random = random
  }

  startLane(task: LaneTask, _data: unknown, onMessage: (message: LaneMessage) => void): LaneHandle {
    const random = this.#random
    const lane: ScheduledLane = { goOn: undefined, mailbox: [] }
    let kill: () => void = () => {}
    const ended = new Promise<void>((resolve, reject) => {
      kill = () => reject(new Error('the lane was ended'))
      const put = (deliver: () => void): void => {
        if (random === undefined) deliver()
        else lane.mailbox.push(deliver)
        this.#stepSoon()
      }
      this.#lanes.add(lane)
      void runLane(cloneValue(task), {
        worker: ++this.#lastWorker,
        open: openData,
        load: async () => ({ plugin: this.#plugin }),
        now: () => {
          if (random !== undefined) this.#now += random() * tickMs
          return this.#now
        },
        post: (message, transfer) => {
          const received = cloneValue(message, transfer)
          put(() => onMessage(received))
        },
        pause: () =>
          random === undefined
            ? undefined
            : new Promise<void>((go) => {
                lane.goOn = go
                this.#stepSoon()
              }),
      }).then(() =>
        put(() => {
          this.#lanes.delete(lane)
          resolve()
        }),
      )
    })
    return { ended, kill }
  }

  async close(): Promise<void> {}

  /** Take a step once the lanes that are running have had time to reach their next stop. */
  #stepSoon(): void {
    if (this.#isStepping || this.#random === undefined) return
    this.#isStepping = true
    const step = (turns: number): void => {
      if (turns > 0) {
        runtime.queueMicrotask(() => step(turns - 1))
        return
      }
      this.#isStepping = false
      this.#step(this.#random!)
    }
    step(4)
  }

  #step(random: () => number): void {
    const steps: (() => void)[] = []
    for (const lane of this.#lanes) {
      if (lane.mailbox.length > 0) steps.push(() => lane.mailbox.shift()!())
      const { goOn } = lane
      if (goOn === undefined) continue
      steps.push(() => {
        lane.goOn = undefined
        goOn()
      })
    }
    if (steps.length === 0) return
    steps[Math.floor(random() * steps.length)]!()
    this.#stepSoon()
  }
}

/** Pseudo-random numbers in [0, 1) that follow from a seed (mulberry32, by Tommy Ettinger). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
