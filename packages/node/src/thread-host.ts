// Lanes on worker threads: a tinypool, wrapped so that every lane settles whatever happens to its thread.

import {
  type Commit,
  type Host,
  type LaneHandle,
  type LaneReport,
  type LaneTask,
  type SharedData,
  type TypedArray,
  workerOf,
} from '@onecopy/core'
import type { Tinypool } from 'tinypool'
import { useCompileCache } from './compile-cache.js'
import { workerExecArgv } from './exec-argv.js'
import { forgetPipes } from './forget-pipes.js'
import type { ThreadTask } from './lane-worker.js'
import { laneWorkerUrl, missingWorker } from './missing-worker.js'
import { admitRun } from './module-loading.js'
import { type LaneMessage, type PortOwner, ThreadPort } from './thread-port.js'

/** Timers take no longer delay. Threads stay as long as their engine: starting one costs more than keeping it. */
const foreverMs = 2 ** 31 - 1
/** So many threads in a row may die while they start, before the lanes that wait for one are given up. */
const mostFailedStarts = 3
/** So often a lane is handed to the pool, if it does not even begin. */
const mostStarts = 3

/** Node 20 never closes the files that a thread was reading as it was ended: the modules of one that was still starting. */
const leavesFilesOpen = process.versions.node.startsWith('20.')

/** A lane, as the pool runs it. */
interface ThreadLane {
  /** Its number in the messages that come of it. */
  readonly id: number
  readonly task: LaneTask
  readonly onCommit: OnCommit
  /** The port that it brings to its thread; undefined: the thread has one. */
  port: ThreadPort | undefined
  report: LaneReport | undefined
  /** There when its thread is being ended from here; settles when the thread is gone. */
  dying: Promise<unknown> | undefined
  /** There while the pool has it: ends the wait for it. */
  giveUp: ((reason: unknown) => void) | undefined
}

type PoolThread = Tinypool['threads'][number]
type OnCommit = (commit: Commit) => void

/** Runs each lane as one task of a tinypool; threads start when they are first needed. */
export class ThreadHost implements Host, PortOwner {
  readonly workers: number
  /** Loaded when there is an engine and not before: a worker that imports this package for a plugin needs no pool. */
  readonly #loading: Promise<typeof import('tinypool')>
  #pool: Tinypool | undefined
  /** The threads that are looked after, each with its port, once a lane brought it one. By their numbers. */
  readonly #ports = new Map<number, ThreadPort | undefined>()
  /** Each settles when a thread that is still starting is ready, or gone. */
  readonly #booting = new Set<Promise<void>>()
  /** The lanes that have not ended. */
  readonly #lanes = new Map<number, ThreadLane>()
  #lastLane = 0
  /** The first threads, as they start: each settles when its thread is ready for a lane, or will never be. */
  #starting: Promise<Promise<unknown>[]> | undefined
  /** Each ends the wait for one of them. */
  readonly #startWaits = new Set<() => void>()
  #failedStarts = 0
  #isClosed = false

  constructor(workers: number) {
    this.workers = workers
    useCompileCache()
    this.#loading = import('tinypool')
    // Reported where a lane needs it.
    this.#loading.catch(() => {})
  }

  admitRun(): (() => Error) | undefined {
    return admitRun()
  }

  /** The first threads start while the rest of what a run needs is loaded. */
  prepare(lanes: number): Promise<unknown> | undefined {
    if (this.#starting !== undefined) return undefined
    this.#starting = this.#loading.then((tinypool) => {
      const pool = this.#createPool(tinypool)
      const ready = Array.from({ length: lanes }, () => this.#startThread(pool))
      this.#armThreads(pool)
      // The engine loads p-queue next.
      forgetPipes()
      return ready
    })
    // What fails here fails again, and is reported, where a lane needs it.
    return this.#starting.catch(() => {})
  }

  startLane(task: LaneTask, _data: SharedData<TypedArray>, onCommit: OnCommit): LaneHandle {
    const id = ++this.#lastLane
    const lane: ThreadLane = {
      id,
      task,
      onCommit,
      port: undefined,
      report: undefined,
      dying: undefined,
      giveUp: undefined,
    }
    this.#lanes.set(id, lane)
    return {
      ended: this.#runLane(lane).finally(() => this.#lanes.delete(id)),
      kill: (worker) => {
        // Its report may be here already, unread: then there is nothing to end.
        this.#receiveRest(lane)
        if (lane.report !== undefined) return
        const threads = worker === 0 ? this.#heldThreads(lane) : this.#threads(worker)
        if (threads.length === 0) return
        lane.dying = this.#endThreads(threads, 'the worker thread was ended')
      },
    }
  }

  onMessage(message: LaneMessage): void {
    const lane = this.#lanes.get(message.lane)
    if (lane === undefined) return
    if (message.commit !== undefined) lane.onCommit(message.commit)
    lane.report ??= message.report
  }

  /** A message was posted, and cannot be received here: nested too deeply, or too large. */
  onUnreadable(port: ThreadPort, error: unknown): void {
    const message = `a result arrived and could not be read: ${error instanceof Error ? error.message : String(error)}`
    const failure = { code: 'ERR_RESULT_NOT_CLONEABLE' as const, message, chunk: undefined, thrown: undefined }
    for (const lane of this.#lanes.values()) if (this.#portOf(lane) === port) lane.report ??= { failure }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const pool = this.#pool
    if (pool === undefined) return
    if (leavesFilesOpen) await Promise.all(this.#booting)
    // Not left to the pool: a thread that reports an error while the pool waits for its exit would take the process down.
    const ended = this.#endThreads(pool.threads, 'the engine was closed')
    for (const lane of this.#waitingOrAtWork()) lane.dying ??= ended
    await pool.destroy()
    await ended
  }

  #endThreads(threads: readonly PoolThread[], why: string): Promise<unknown> {
    const ended = threads.map((thread) => thread.terminate())
    // The pool lets go of them at once: else it could hand the next lane to a thread that is about to die.
    for (const thread of threads) thread.emit('error', new Error(why))
    return Promise.all(ended)
  }

  /** The lane's report; rejects if the lane was lost. */
  async #runLane(lane: ThreadLane): Promise<LaneReport> {
    const starting = this.#starting === undefined ? [] : await this.#starting
    await starting.shift()
    const pool = this.#pool ?? this.#createPool(await this.#loading)
    for (let start = 1; ; start++) {
      const reason = await this.#tryLane(pool, lane, start > 1)
      // Ended from here: nothing of the lane touches the data any more when its thread is gone.
      await lane.dying
      // What the lane said last counts, and not what became of its thread afterwards.
      this.#receiveRest(lane)
      this.#keepPort(pool, lane)
      if (lane.report !== undefined) return lane.report
      // The pool may hand a task to a thread that it has just lost. That lane never began: it is no loss, it begins anew.
      const hasBegun = workerOf(lane.task) !== 0 || lane.dying !== undefined
      if (hasBegun || this.#isClosed) throw reason
      if (start === mostStarts) throw missingWorker(reason) ?? reason
    }
  }

  /** Hand a lane to the pool, and wait until it is over; what is known if it was lost. */
  async #tryLane(pool: Tinypool, lane: ThreadLane, isRepeated: boolean): Promise<unknown> {
    const { id, task } = lane
    try {
      const needsPort = isRepeated || this.#isPortMissing(pool)
      if (needsPort) lane.port = new ThreadPort(this)
      const port = lane.port?.remote
      const threadTask: ThreadTask = { task, lane: id, port }
      const ran = pool.run(threadTask, port === undefined ? {} : { transferList: [port] })
      // Where every thread has its port, none was started.
      if (needsPort) this.#armThreads(pool)
      const givenUp = new Promise<never>((_, giveUp) => {
        lane.giveUp = giveUp
      })
      await Promise.race([ran, givenUp])
      return new Error('the lane ended without a report')
    } catch (error) {
      return error
    } finally {
      lane.giveUp = undefined
      if (workerOf(task) !== 0) this.#failedStarts = 0
    }
  }

  #threads(worker: number): PoolThread[] {
    return (this.#pool?.threads ?? []).filter(({ threadId }) => threadId === worker)
  }

  /**
   * The threads of which one may have been given `lane` and does not take it up: what an earlier lane left behind holds it.
   * The pool does not say which; it hands no lane to one that is not free while another one is.
   */
  #heldThreads(lane: ThreadLane): PoolThread[] {
    if (this.#pool === undefined || lane.giveUp === undefined) return []
    const atWork = new Set([...this.#lanes.values()].map(({ task }) => workerOf(task)))
    return this.#pool.threads.filter(({ threadId }) => this.#ports.get(threadId) !== undefined && !atWork.has(threadId))
  }

  /** Whether the next lane may come to a thread that has no port yet: one that it starts, for instance. */
  #isPortMissing(pool: Tinypool): boolean {
    const threads = pool.threads.length
    const busy = this.#waitingOrAtWork().length
    if (threads === 0 || (busy >= threads && threads < this.workers)) return true
    return [...this.#ports.values()].includes(undefined)
  }

  #waitingOrAtWork(): ThreadLane[] {
    return [...this.#lanes.values()].filter(({ giveUp }) => giveUp !== undefined)
  }

  #portOf(lane: ThreadLane): ThreadPort | undefined {
    return lane.port ?? this.#ports.get(workerOf(lane.task))
  }

  #receiveRest(lane: ThreadLane): void {
    this.#portOf(lane)?.receiveRest()
  }

  /** The port that a lane brought stays with its thread, as long as that lives. */
  #keepPort(pool: Tinypool, lane: ThreadLane): void {
    const { port, task } = lane
    if (port === undefined) return
    lane.port = undefined
    const worker = workerOf(task)
    if (!pool.threads.some(({ threadId }) => threadId === worker)) {
      port.close()
      return
    }
    this.#ports.get(worker)?.close()
    this.#ports.set(worker, port)
  }

  /** The pool, made once; a closed host has none, and makes none. */
  #createPool({ Tinypool }: typeof import('tinypool')): Tinypool {
    if (this.#isClosed) throw new Error('the engine was closed before the lane began')
    if (this.#pool !== undefined) return this.#pool
    const pool = new Tinypool({
      filename: laneWorkerUrl(),
      minThreads: 0,
      maxThreads: this.workers,
      idleTimeout: foreverMs,
      // An idle thread then has a live event loop: what a task left behind runs, and is seen when it throws.
      useAtomics: false,
      ...workerExecArgv(process.execArgv),
    })
    pool.on('error', (error) => this.#replaceThread(pool, error))
    this.#pool = pool
    return pool
  }

  /** Start a thread for a lane to come. Settles when it is ready, or when a thread has died: lanes then see for themselves. */
  #startThread(pool: Tinypool): Promise<void> {
    return new Promise((settle) => {
      this.#startWaits.add(settle)
      const stopWaiting = (): void => {
        this.#startWaits.delete(settle)
        settle()
      }
      pool.run(null).then(stopWaiting, stopWaiting)
    })
  }

  /** A thread died without a task. If it was still starting, a lane may wait for it in the pool's line: start another one. */
  #replaceThread(pool: Tinypool, error: unknown): void {
    for (const settle of this.#startWaits) settle()
    const lanes = this.#waitingOrAtWork()
    const waiting = lanes.filter(({ task }) => workerOf(task) === 0)
    if (this.#isClosed || waiting.length === 0 || pool.threads.length >= lanes.length) return
    this.#failedStarts++
    if (this.#failedStarts > mostFailedStarts) {
      for (const { giveUp } of waiting) giveUp?.(error)
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
      const { threadId } = thread
      if (this.#ports.has(threadId)) continue
      this.#ports.set(threadId, undefined)
      const booted = new Promise<void>((settle) => {
        // The pool's worker says so when it has loaded all that it needs.
        for (const event of ['message', 'error', 'exit']) thread.on(event, () => settle())
      })
      this.#booting.add(booted)
      void booted.then(() => this.#booting.delete(booted))
      thread.on('exit', (code: number) => {
        const port = this.#ports.get(threadId)
        this.#ports.delete(threadId)
        // What its lane said last, before the lane is told.
        port?.receiveRest()
        port?.close()
        // A thread that the pool ended itself is not listed any more.
        if (pool.threads.includes(thread)) {
          thread.emit('error', new Error(`the worker thread ended with exit code ${code}`))
        }
      })
    }
  }
}
