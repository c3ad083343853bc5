// A lane, as the host knows it: which thread it is on, whether it has ended, and how it settles.

import { type LaneFailure, type LaneMessage, type LaneTask, workerOf } from '@onecopy/core/host'
import type { LaneRunner } from './runner.js'

/** A lane goes to a thread at most this often, if it does not even begin. */
const mostStarts = 3

/** Settles once. */
export class ThreadLane {
  /** Identifies the lane in messages. */
  readonly id: number
  readonly task: LaneTask
  /** Resolves when the lane is over. Rejects if it was lost. */
  readonly ended: Promise<void>
  /** `kill` has ended its thread. */
  isKilled = false
  readonly #deliver: (message: LaneMessage) => void
  readonly #onSettled: () => void
  readonly #resolve: () => void
  readonly #reject: (reason: unknown) => void
  #thread: LaneRunner | undefined
  #starts = 0
  #hasEnded = false
  /** A message of the lane could not be read, and its run has been told. */
  #isUnreadable = false

  constructor(id: number, task: LaneTask, deliver: (message: LaneMessage) => void, onSettled: () => void) {
    this.id = id
    this.task = task
    this.#deliver = deliver
    this.#onSettled = onSettled
    let settle: [() => void, (reason: unknown) => void] | undefined
    this.ended = new Promise((resolve, reject) => {
      settle = [resolve, reject]
    })
    // `!`: the constructor of a promise calls back at once.
    ;[this.#resolve, this.#reject] = settle!
  }

  /** The thread that the lane is on. */
  get thread(): LaneRunner | undefined {
    return this.#thread
  }

  /** Whether its last message is here. */
  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Whether the lane can begin on another thread after its thread has died, because it has done nothing yet. */
  get canBeginAgain(): boolean {
    return !this.#isSettledWithoutThread && !this.#hasBegun && this.#starts < mostStarts
  }

  get #hasBegun(): boolean {
    return workerOf(this.task) !== 0
  }

  /** Whether nothing was lost with its thread. */
  get #isSettledWithoutThread(): boolean {
    // A run whose message could not be read fails because of that. A lane that was ended before it began has done nothing.
    return this.#hasEnded || this.#isUnreadable || (this.isKilled && !this.#hasBegun)
  }

  onThread(thread: LaneRunner): void {
    this.#thread = thread
    this.#starts++
  }

  offThread(): void {
    this.#thread = undefined
  }

  onMessage(message: LaneMessage): void {
    if (message.isLast) this.#hasEnded = true
    this.#deliver(message)
  }

  onUnreadable(failure: LaneFailure): void {
    if (this.#isUnreadable) return
    this.#isUnreadable = true
    // The lane does not know about this and goes on. The run is told at once, and asks the lane to leave.
    this.#deliver({ commit: undefined, failure, isLast: false })
  }

  /** The lane is over, or it is not needed and never ran. */
  end(): void {
    this.#onSettled()
    this.#resolve()
  }

  /** The lane's thread is gone, or there is none. */
  lose(reason: unknown): void {
    this.#onSettled()
    if (this.#isSettledWithoutThread) this.#resolve()
    else this.#reject(reason)
  }
}
