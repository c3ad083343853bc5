// Lanes on worker threads: a tinypool, wrapped so that every lane settles whatever happens to its thread.

import {
  type Host,
  type LaneHandle,
  type LaneReport,
  type LaneTask,
  type SharedData,
  type TypedArray,
  workerOf,
} from '@onecopy/core'
import { Tinypool } from 'tinypool'
import { workerExecArgv } from './exec-argv.js'
import { LanePort, type OnCommit } from './lane-port.js'
import type { ThreadTask } from './lane-worker.js'
import { assertNotLoading } from './module-loading.js'

/** Timers take no longer delay. Threads stay as long as their engine: starting one costs more than keeping it. */
const foreverMs = 2 ** 31 - 1
/** So many threads in a row may die while they start, before the lanes that wait for one are given up. */
const mostFailedStarts = 3
/** So often a lane is handed to the pool, if it does not even begin. */
const mostStarts = 3

type Thread = Tinypool['threads'][number]

/** A lane, as the pool runs it. */
interface ThreadLane {
  readonly task: LaneTask
  readonly onCommit: OnCommit
  port: LanePort
  /** There when its thread is being ended from here; settles when the thread is gone. */
  dying: Promise<unknown> | undefined
}

/** A lane that has been handed to the pool and has not ended. */
interface Outstanding {
  readonly task: LaneTask
  readonly giveUp: (reason: unknown) => void
}

/** Runs each lane as one task of a tinypool; threads start when they are first needed. */
export class ThreadHost implements Host {
  readonly workers: number
  #pool: Tinypool | undefined
  readonly #armed = new WeakSet<Thread>()
  readonly #outstanding = new Set<Outstanding>()
  #failedStarts = 0
  #isClosed = false

  constructor(workers: number) {
    this.workers = workers
  }

  startLane(task: LaneTask, _data: SharedData<TypedArray>, onCommit: OnCommit): LaneHandle {
    assertNotLoading()
    this.#pool ??= this.#createPool()
    const pool = this.#pool
    const lane: ThreadLane = { task, onCommit, port: new LanePort(onCommit), dying: undefined }
    return {
      ended: this.#runLane(pool, lane).finally(() => lane.port.close()),
      kill: (worker) => {
        // Its report may be here already, unread: then there is nothing to end.
        if (lane.port.receiveRest() !== undefined) return
        const thread = pool.threads.find(({ threadId }) => threadId === worker)
        if (thread === undefined) return
        lane.dying = thread.terminate()
        // The pool lets go of it at once: else it could hand the next lane to a thread that is about to die.
        thread.emit('error', new Error('the worker thread was ended'))
      },
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#pool?.destroy()
  }

  /** The lane's report; rejects if the lane was lost. */
  async #runLane(pool: Tinypool, lane: ThreadLane): Promise<LaneReport> {
    for (let start = 1; ; start++) {
      const reason = await this.#tryLane(pool, lane)
      // Ended from here: nothing of the lane touches the data any more when its thread is gone.
      await lane.dying
      // What the lane said last counts, and not what became of its thread afterwards.
      const report = lane.port.receiveRest()
      if (report !== undefined) return report
      // The pool may hand a task to a thread that it has just lost. That lane never began: it is no loss, it begins anew.
      const hasBegun = workerOf(lane.task) !== 0 || lane.dying !== undefined
      if (hasBegun || this.#isClosed || start === mostStarts) throw reason
      lane.port.close()
      lane.port = new LanePort(lane.onCommit)
    }
  }

  /** Hand a lane to the pool, and wait until it is over; what is known if it was lost. */
  async #tryLane(pool: Tinypool, { task, port }: ThreadLane): Promise<unknown> {
    let outstanding: Outstanding | undefined
    try {
      const threadTask: ThreadTask = { task, port: port.remote }
      const ran = pool.run(threadTask, { transferList: [port.remote] })
      this.#armThreads(pool)
      const givenUp = new Promise<never>((_, giveUp) => {
        outstanding = { task, giveUp }
        this.#outstanding.add(outstanding)
      })
      await Promise.race([ran, givenUp])
      return new Error('the lane ended without a report')
    } catch (error) {
      return error
    } finally {
      if (outstanding !== undefined) this.#outstanding.delete(outstanding)
      if (workerOf(task) !== 0) this.#failedStarts = 0
    }
  }

  #createPool(): Tinypool {
    const pool = new Tinypool({
      filename: new URL('./lane-worker.js', import.meta.url).href,
      minThreads: 0,
      maxThreads: this.workers,
      idleTimeout: foreverMs,
      // An idle thread then has a live event loop: what a task left behind runs, and is seen when it throws.
      useAtomics: false,
      ...workerExecArgv(process.execArgv),
    })
    pool.on('error', (error) => this.#replaceThread(pool, error))
    return pool
  }

  /** A thread died without a task. If it was still starting, a lane may wait for it in the pool's line: start another one. */
  #replaceThread(pool: Tinypool, error: unknown): void {
    const waiting = [...this.#outstanding].filter(({ task }) => workerOf(task) === 0)
    if (this.#isClosed || waiting.length === 0 || pool.threads.length >= this.#outstanding.size) return
    this.#failedStarts++
    if (this.#failedStarts > mostFailedStarts) {
      for (const { giveUp } of waiting) giveUp(error)
      return
    }
    pool.run(null).catch(() => {
      // It died as well; that comes here again as an error of the pool.
    })
    this.#armThreads(pool)
  }

  /** The pool has no eye on threads that end by themselves: it is told, so that the task rejects and the slot comes back. */
  #armThreads(pool: Tinypool): void {
    for (const thread of pool.threads) {
      if (this.#armed.has(thread)) continue
      this.#armed.add(thread)
      thread.on('exit', (code: number) => {
        // A thread that the pool ended itself is not listed any more.
        if (pool.threads.includes(thread)) {
          thread.emit('error', new Error(`the worker thread ended with exit code ${code}`))
        }
      })
    }
  }
}
