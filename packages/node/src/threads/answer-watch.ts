// Notices a thread that does not come back after its lane: what the lane left behind holds it, or it cannot print.
//
// A thread counts its answers. An answer means that its event loop went on after a lane, so microtasks that the lane left behind have
// ended.

import { startGrace } from './grace.js'
import type { ThreadSignals } from './signals.js'

/** Watches one thread. */
export class AnswerWatch {
  readonly #signals: ThreadSignals
  readonly #graceMs: number
  readonly #onNoAnswer: () => boolean
  /** How many lanes are over, by their messages. Like the thread's count, this wraps around at 2^31. */
  #over = 0
  /** A lane has sent its last message, and its thread is not free yet. */
  #isPrinting = false
  #stopGrace: (() => void) | undefined

  /**
   * @param signals - has the thread's count of answers
   * @param graceMs - how long the thread may take to answer
   * @param onNoAnswer - called if it takes longer; whether to go on waiting
   */
  constructor(signals: ThreadSignals, graceMs: number, onNoAnswer: () => boolean) {
    this.#signals = signals
    this.#graceMs = graceMs
    this.#onNoAnswer = onNoAnswer
  }

  /** A lane has sent its last message, and its thread still waits for a reader of what it printed. */
  onLast(): void {
    this.#isPrinting = true
    this.#watch()
  }

  /** The thread is free for the next lane, and will answer soon. */
  onFree(): void {
    this.#isPrinting = false
    this.#over = (this.#over + 1) | 0
    this.#watch()
  }

  stop(): void {
    this.#stopGrace?.()
    this.#stopGrace = undefined
  }

  /** Wait once for all lanes that are over by now, because a timer per lane would take longer than a short lane. */
  #watch(): void {
    if (this.#stopGrace !== undefined) return
    const wanted = this.#isPrinting ? (this.#over + 1) | 0 : this.#over
    this.#stopGrace = startGrace(this.#graceMs, () => {
      this.#stopGrace = undefined
      // The difference is right even if only one of the counts has wrapped around.
      const hasAnswered = ((this.#signals.answers - wanted) | 0) >= 0
      if (!hasAnswered && !this.#onNoAnswer()) return
      if (this.#isPrinting || this.#signals.answers !== this.#over) this.#watch()
    })
  }
}
