// Lanes on worker threads: every lane settles, whatever happens to its thread.
//
// A lane is over when its report has arrived, or its thread has died. Its thread is free when it has answered the pool as well. A
// thread that does not do so within the grace is ended, and the lane settles by its report all the same.

import { AsyncLocalStorage } from 'node:async_hooks'
import { isMainThread } from 'node:worker_threads'
import type { SharedData, TypedArray } from '@onecopy/core'
import {
  type Host,
  type InContext,
  type LaneHandle,
  type LaneMessage,
  type LaneTask,
  workerOf,
} from '@onecopy/core/host'
import { isError } from '@onecopy/core/lane'
import { useCompileCache } from '../modules/compile-cache.js'
import { forgetPipes } from '../modules/forget-pipes.js'
import { admitRun } from '../modules/module-loading.js'
import { readSource } from '../modules/read-source.js'
import { startGrace } from './grace.js'
import type { ThreadMessage } from './port.js'
import { ThreadSupply } from './supply.js'
import type { LaneThread } from './thread.js'

const defaultGraceMs = 500
/** A thread has at least this long to answer the pool after its lane's report, in ms: to start another one takes about as long. */
const leastAnswerMs = 100
/** So often a lane is handed to a thread, if it does not even begin. */
const mostStarts = 3

/** A lane, as a thread runs it. */
interface ThreadLane {
  /** Its number in the messages that come of it. */
  readonly id: number
  readonly task: LaneTask
  readonly onMessage: (message: LaneMessage) => void
  /** The thread that it was handed to, as long as it is on it. */
  thread: LaneThread | undefined
  /** Its last message is here. */
  hasEnded: boolean
  /** A message of it could not be read. Its run was told. */
  isUnreadable: boolean
  /** Its thread was ended by `kill`. */
  isKilled: boolean
  /** Ends the wait for its thread's answer. */
  stopGrace: (() => void) | undefined
  /** Settles the lane by its report, though its thread has not answered. */
  settle: () => void
}

/** Runs each lane on a thread of its own; threads start when they are first needed. */
export class ThreadHost implements Host {
  readonly workers: number
  readonly #answerMs: number
  readonly #supply: ThreadSupply<ThreadLane>
  /** The lanes that have not ended. */
  readonly #lanes = new Map<number, ThreadLane>()
  #lastLane = 0
  #isPrepared = false
  #isClosed = false

  constructor(workers: number, graceMs: number = defaultGraceMs) {
    this.workers = workers
    this.#answerMs = Math.max(leastAnswerMs, graceMs)
    useCompileCache()
    this.#supply = new ThreadSupply(workers, (thread) => ({
      onMessage: (message) => this.#onMessage(message, thread()),
      onUnreadable: (error) => this.#onUnreadable(error, thread()),
    }))
  }

  readSource(file: string): string | undefined {
    return readSource(file)
  }

  admitRun(): (() => Error) | undefined {
    return admitRun()
  }

  /** The first threads start while the rest of what a run needs is loaded. */
  prepare(lanes: number): Promise<unknown> | undefined {
    if (this.#isPrepared) return undefined
    this.#isPrepared = true
    return this.#supply.load().then(() => {
      this.#supply.start(lanes)
      // The engine loads p-queue next.
      forgetPipes()
    })
  }

  startLane(task: LaneTask, _data: SharedData<TypedArray>, onMessage: (message: LaneMessage) => void): LaneHandle {
    const lane: ThreadLane = {
      id: ++this.#lastLane,
      task,
      onMessage,
      thread: undefined,
      hasEnded: false,
      isUnreadable: false,
      isKilled: false,
      stopGrace: undefined,
      settle: () => {},
    }
    this.#lanes.set(lane.id, lane)
    return {
      ended: this.#runLane(lane).finally(() => this.#lanes.delete(lane.id)),
      kill: () => this.#kill(lane),
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#supply.close()
  }

  #kill(lane: ThreadLane): void {
    if (this.#supply.withdraw(lane)) return
    const { thread } = lane
    if (thread === undefined) return
    // Its report may be here already, unread: then there is nothing to end, and nothing to wait for.
    thread.port.receiveRest()
    if (lane.hasEnded) {
      lane.settle()
      return
    }
    lane.isKilled = true
    void this.#supply.end(thread, 'the worker thread was ended')
  }

  captureContext(): InContext {
    return AsyncLocalStorage.snapshot()
  }

  /** Settles when the lane is over; rejects if it was lost. */
  async #runLane(lane: ThreadLane): Promise<void> {
    for (let start = 1; ; start++) {
      const thread = await this.#supply.take(lane)
      if (thread === undefined) return
      const reason = await this.#runOn(thread, lane)
      // A message that could not be read was told at once: the run fails with it.
      if (lane.hasEnded || lane.isUnreadable) return
      const hasBegun = workerOf(lane.task) !== 0
      // It was not wanted, and never began: nothing was lost.
      if (lane.isKilled && !hasBegun) return
      // A lane may be handed to a thread that is about to die. If it never began, it is no loss: it begins anew.
      if (hasBegun || this.#isClosed || start === mostStarts) throw reason
    }
  }

  /** Run a lane on a thread, until it is over; what is known if it was lost. */
  #runOn(thread: LaneThread, lane: ThreadLane): Promise<unknown> {
    return new Promise((settle) => {
      lane.thread = thread
      lane.settle = () => settle(undefined)
      const onAnswer = (reason: unknown): void => {
        // What the lane said last counts, and not what became of its thread afterwards.
        thread.port.receiveRest()
        lane.stopGrace?.()
        lane.thread = undefined
        settle(reason)
        this.#supply.giveBack(thread)
      }
      thread.run({ task: lane.task, lane: lane.id }).then(
        () => onAnswer(new Error('the lane ended without a report')),
        (reason) => {
          // It died: nothing of the lane touches the data any more when it is gone.
          if (thread.isAlive || lane.hasEnded) onAnswer(reason)
          else void thread.gone.then(() => onAnswer(reason))
        },
      )
    })
  }

  #onMessage({ lane: id, message }: ThreadMessage, thread: LaneThread): void {
    const lane = this.#lanes.get(id)
    if (lane === undefined) return
    lane.onMessage(message)
    if (!message.isLast) return
    lane.hasEnded = true
    lane.stopGrace = startGrace(this.#answerMs, () => this.#onNoAnswer(lane, thread))
  }

  /** The lane is over, and its thread does not answer: something that the lane left behind holds it, or it cannot print. */
  #onNoAnswer(lane: ThreadLane, thread: LaneThread): void {
    // The thread waits for a slow reader of what it printed. If it was ended now, the rest of that would be lost.
    if (isPrinting()) {
      lane.stopGrace = startGrace(this.#answerMs, () => this.#onNoAnswer(lane, thread))
      return
    }
    lane.settle()
    void this.#supply.end(thread, 'the worker thread did not answer after its lane had ended')
  }

  /** A message was posted, and cannot be received here: nested too deeply, or too large. */
  #onUnreadable(error: unknown, thread: LaneThread): void {
    const message = `a result arrived and could not be read: ${isError(error) ? error.message : String(error)}`
    const failure = { code: 'ERR_RESULT_NOT_CLONEABLE' as const, message, chunk: undefined, thrown: undefined }
    for (const lane of this.#lanes.values()) {
      if (lane.thread !== thread || lane.isUnreadable) continue
      lane.isUnreadable = true
      // The lane does not know, and goes on: the run is told at once, and asks the lane to leave.
      lane.onMessage({ commit: undefined, failure, isLast: false })
    }
  }
}

/**
 * Whether this process waits for the reader of what it prints. In a worker thread, another thread takes what is printed. That one may
 * never do so, and does not say when its own reader has left: there, no run waits for it.
 */
function isPrinting(): boolean {
  if (!isMainThread) return false
  return process.stdout.writableLength > 0 || process.stderr.writableLength > 0
}
