// Runs lanes on worker threads. Every lane settles, whatever happens to its thread.
//
// A lane is over when its thread says that it is free for the next one, or when the thread has died. If a lane has sent its last
// message and its thread does not get free within the grace, the thread is ended, and the lane is over all the same.

import { AsyncResource } from 'node:async_hooks'
import { isMainThread } from 'node:worker_threads'
import type { SharedData, TypedArray } from '@onecopy/core'
import type { Host, InContext, LaneHandle, LaneMessage, LaneTask } from '@onecopy/core/host'
import { isError } from '@onecopy/core/lane'
import { useCompileCache } from '../modules/compile-cache.js'
import { forgetPipes } from '../modules/forget-pipes.js'
import { admitRun } from '../modules/module-loading.js'
import { readSource } from '../modules/read-source.js'
import type { LaneRunner, StartRunner } from './runner.js'
import { ThreadSupply } from './supply.js'
import { ThreadLane } from './thread-lane.js'
import type { ThreadMessage } from './wire.js'

const defaultGraceMs = 500
/** A thread has at least this long to get free after its lane's last message, in ms: starting another thread takes about as long. */
const leastAnswerMs = 100

/** Runs each lane on a thread of its own. Threads start when they are first needed. */
export class ThreadHost implements Host {
  readonly workers: number
  readonly #supply: ThreadSupply<ThreadLane>
  /** The lanes that have not settled, by number. */
  readonly #lanes = new Map<number, ThreadLane>()
  #lastLane = 0
  #isPrepared = false
  #isClosed = false

  /** @param startRunner - starts a thread, or what takes its place */
  constructor(workers: number, graceMs: number | undefined = defaultGraceMs, startRunner: StartRunner) {
    this.workers = workers
    useCompileCache()
    this.#supply = new ThreadSupply(workers, Math.max(leastAnswerMs, graceMs), startRunner, (thread) => ({
      onMessage: (message) => this.#onMessage(message, thread()),
      onUnreadable: (error) => this.#onUnreadable(error, thread()),
      onNoAnswer: () => this.#onNoAnswer(thread()),
      onGone: (reason) => this.#onGone(reason, thread()),
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

  captureContext(): InContext {
    // `AsyncLocalStorage.snapshot` does the same, and takes ten times as long on Node 20.
    const resource = new AsyncResource('OnecopyRun')
    return (call) => resource.runInAsyncScope(call)
  }

  startLane(task: LaneTask, _data: SharedData<TypedArray>, onMessage: (message: LaneMessage) => void): LaneHandle {
    const id = ++this.#lastLane
    const lane = new ThreadLane(id, task, onMessage, () => this.#lanes.delete(id))
    this.#lanes.set(id, lane)
    this.#begin(lane)
    return { ended: lane.ended, kill: () => this.#kill(lane) }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#supply.close()
  }

  /** Begin the lane on a thread, now or when there is one. */
  #begin(lane: ThreadLane): void {
    const thread = this.#supply.take(lane)
    if (!(thread instanceof Promise)) {
      this.#runOn(thread, lane)
      return
    }
    thread.then(
      (taken) => (taken === undefined ? lane.end() : this.#runOn(taken, lane)),
      (reason) => lane.lose(reason),
    )
  }

  #runOn(thread: LaneRunner, lane: ThreadLane): void {
    lane.onThread(thread)
    try {
      thread.run({ lane: lane.id, task: lane.task })
    } catch (reason) {
      lane.offThread()
      this.#supply.giveBack(thread)
      lane.lose(reason)
    }
  }

  #kill(lane: ThreadLane): void {
    if (this.#supply.withdraw(lane)) return
    const { thread } = lane
    if (thread === undefined) return
    // Its last message may be here already, unread. Then there is nothing to end, and nothing to wait for.
    thread.receiveRest()
    if (lane.hasEnded) {
      lane.end()
      return
    }
    lane.isKilled = true
    void this.#supply.end(thread, 'the worker thread was ended')
  }

  #onMessage({ lane: id, message, isFree }: ThreadMessage, thread: LaneRunner): void {
    const lane = this.#lanes.get(id)
    if (message !== undefined) lane?.onMessage(message)
    if (isFree) {
      // Before the lane ends, because its run may start another lane at once.
      thread.onFree()
      lane?.offThread()
      this.#supply.giveBack(thread)
      lane?.end()
    } else if (message?.isLast) {
      thread.onLast()
    }
  }

  /** Whether to go on waiting for the thread. */
  #onNoAnswer(thread: LaneRunner): boolean {
    // The thread waits for a slow reader of what it printed. If it was ended now, the rest of that would be lost.
    if (isPrinting()) return true
    for (const lane of this.#lanesOn(thread)) if (lane.hasEnded) lane.end()
    void this.#supply.end(thread, 'the worker thread did not answer after its lane had ended')
    return false
  }

  /** The thread has died, or was ended. A lane that has not begun is no loss: it begins on another thread. */
  #onGone(reason: unknown, thread: LaneRunner): void {
    for (const lane of this.#lanesOn(thread)) {
      lane.offThread()
      if (!lane.canBeginAgain || this.#isClosed) lane.lose(reason)
      else this.#begin(lane)
    }
  }

  /** A message was posted, and cannot be received here: it is nested too deeply, or too large. */
  #onUnreadable(error: unknown, thread: LaneRunner): void {
    const message = `a result arrived and could not be read: ${isError(error) ? error.message : String(error)}`
    for (const lane of this.#lanesOn(thread)) {
      lane.onUnreadable({ code: 'ERR_RESULT_NOT_CLONEABLE', message, chunk: undefined, thrown: undefined })
    }
  }

  #lanesOn(thread: LaneRunner): ThreadLane[] {
    return [...this.#lanes.values()].filter((lane) => lane.thread === thread)
  }
}

/**
 * Whether this process waits for a reader of its output. In a worker thread, another thread takes the output. That thread may never
 * do so, and does not say when its own reader has left, so no run waits for it.
 */
function isPrinting(): boolean {
  if (!isMainThread) return false
  return process.stdout.writableLength > 0 || process.stderr.writableLength > 0
}
