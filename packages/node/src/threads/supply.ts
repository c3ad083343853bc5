// The threads of an engine: they start when lanes need them, each is given to one lane at a time, and they are replaced when they die.
//
// A lane that finds no free thread waits. It gets the first thread that is ready or free. So a run goes on with the threads that
// did start, even if others cannot be started or never get ready.

import { isOnecopyError, OnecopyError } from '@onecopy/core'
import { isError, memberOf } from '@onecopy/core/lane'
import { clearTimeout, nowMs, setTimeout } from '../clock.js'
import { missingWorker } from './missing-worker.js'
import type { LaneRunner, RunnerOwner, StartRunner } from './runner.js'

/** After so many failed starts in a row, and with no thread left, the lanes that wait fail. */
const mostFailedStarts = 3
/** A thread that is not ready after this time may hang. It is ended when the lane that waited for it is withdrawn, in ms. */
const slowStartMs = 1000
/** A thread that is not ready after this time is ended if no lane waits for it, in ms, because it keeps the process alive. */
const uselessStartMs = 5000

/** If a thread is ended while it starts, Node 20 never closes the module files that it was reading. */
const leavesFilesOpen = process.versions.node.startsWith('20.')
/** How long closing waits there for threads to be ready, in ms. */
const closeStartMs = 1000

interface Waiting {
  readonly resolve: (thread: LaneRunner | undefined) => void
  readonly reject: (reason: unknown) => void
}

/** Has at most `most` threads, each for one lane at a time. `Lane` is the type of the objects that stand for lanes. */
export class ThreadSupply<Lane extends object> {
  readonly #most: number
  readonly #answerMs: number
  readonly #startRunner: StartRunner
  readonly #ownerOf: (thread: () => LaneRunner) => RunnerOwner
  #tinypool: typeof import('tinypool') | undefined
  #loading: Promise<void> | undefined
  /** The threads that are not being ended. */
  readonly #threads = new Set<LaneRunner>()
  /** Of these, the threads that are not ready yet. */
  readonly #starting = new Set<LaneRunner>()
  /** Of these, the free threads. The last one in the list was the last one at work. */
  readonly #free: LaneRunner[] = []
  readonly #waiting = new Map<Lane, Waiting>()
  #failedStarts = 0
  #isClosed = false

  /**
   * @param answerMs - how long a thread may take to come back after a lane
   * @param startRunner - starts a thread
   * @param ownerOf - makes the owner of a thread. The thread's constructor needs the owner, so the owner gets a function that
   *   returns the thread, to call later
   */
  constructor(
    most: number,
    answerMs: number,
    startRunner: StartRunner,
    ownerOf: (thread: () => LaneRunner) => RunnerOwner,
  ) {
    this.#most = most
    this.#answerMs = answerMs
    this.#startRunner = startRunner
    this.#ownerOf = ownerOf
    // Loaded for an engine and not before, because a worker that imports this package for a plugin needs no pool.
    void this.load()
  }

  /** Load the pool. Never rejects. If it fails, it is tried again when a lane needs a thread, and the error goes to that lane. */
  load(): Promise<void> {
    this.#loading ??= import('tinypool').then(
      (tinypool) => {
        this.#tinypool = tinypool
        this.#startForWaiting()
      },
      (error) => {
        this.#loading = undefined
        this.#giveUpWaiting(error)
      },
    )
    return this.#loading
  }

  /** Start threads until `lanes` lanes could have one. */
  start(lanes: number): void {
    const tinypool = this.#tinypool
    if (tinypool === undefined) {
      void this.load()
      return
    }
    while (!this.#isClosed && this.#starting.size < lanes && this.#threads.size < this.#most) {
      try {
        this.#startOne(tinypool)
      } catch (error) {
        this.#onFailedStart(error)
        return
      }
    }
  }

  /**
   * Take a thread for `lane`, at once or when one is ready or free. The thread belongs to the lane until it is given back. Undefined
   * if the lane was withdrawn meanwhile. Rejects if no thread can be started.
   */
  take(lane: Lane): LaneRunner | Promise<LaneRunner | undefined> {
    if (this.#isClosed) return Promise.reject(new Error('the engine was closed before the lane began'))
    for (let thread = this.#free.pop(); thread !== undefined; thread = this.#free.pop()) {
      if (thread.isAlive) return thread
    }
    return new Promise((resolve, reject) => {
      this.#waiting.set(lane, { resolve, reject })
      this.#startForWaiting()
    })
  }

  /** The lane is not wanted any more. Returns whether it was waiting for a thread. */
  withdraw(lane: Lane): boolean {
    const waiting = this.#waiting.get(lane)
    if (waiting === undefined) return false
    this.#waiting.delete(lane)
    waiting.resolve(undefined)
    this.#endUseless(slowStartMs)
    return true
  }

  /** A thread is free. It goes to the lane that has been waiting for longest, if there is one. */
  giveBack(thread: LaneRunner): void {
    if (!thread.isAlive || !this.#threads.has(thread)) return
    const next = this.#waiting.entries().next()
    if (next.done) {
      this.#free.push(thread)
      return
    }
    const [lane, { resolve }] = next.value
    this.#waiting.delete(lane)
    resolve(thread)
    if (this.#starting.size > 0) this.#endUseless(uselessStartMs)
  }

  /** End a thread; another one may take its place at once. Settles when it is gone. */
  end(thread: LaneRunner, why: string): Promise<unknown> {
    this.#forget(thread)
    const gone = thread.end(why)
    this.#startForWaiting()
    return gone
  }

  /** End all threads; lanes that wait for one are withdrawn. Settles when all threads are gone. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const { resolve } of this.#waiting.values()) resolve(undefined)
    this.#waiting.clear()
    if (leavesFilesOpen) await this.#untilStarted()
    await Promise.all([...this.#threads].map((thread) => this.end(thread, 'the engine was closed')))
  }

  #startForWaiting(): void {
    if (this.#waiting.size > 0) this.start(this.#waiting.size)
  }

  #startOne(tinypool: typeof import('tinypool')): void {
    const thread: LaneRunner = this.#startRunner(
      tinypool,
      this.#answerMs,
      this.#ownerOf(() => thread),
    )
    this.#threads.add(thread)
    this.#starting.add(thread)
    const uselessTimer = setTimeout(() => this.#endUseless(uselessStartMs), uselessStartMs).unref()
    const onReady = (): void => {
      this.#starting.delete(thread)
      this.#failedStarts = 0
      this.giveBack(thread)
    }
    const onGone = (reason: unknown): void => {
      clearTimeout(uselessTimer)
      const wasStarting = this.#starting.has(thread)
      this.#forget(thread)
      if (wasStarting) this.#onFailedStart(reason)
      else this.#startForWaiting()
    }
    thread.ready.then(() => {
      clearTimeout(uselessTimer)
      onReady()
    }, doNothing)
    void thread.gone.then(onGone)
  }

  #onFailedStart(reason: unknown): void {
    this.#failedStarts++
    // The other threads take the lanes that wait, one after the other.
    if (this.#threads.size > 0) return
    if (this.#failedStarts < mostFailedStarts) this.#startForWaiting()
    else this.#giveUpWaiting(reason)
  }

  #giveUpWaiting(reason: unknown): void {
    this.#failedStarts = 0
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { reject } of waiting) reject(noThread(reason))
  }

  /** End threads that are not ready after `ms`, except for as many as there are waiting lanes. */
  #endUseless(ms: number): void {
    for (const thread of this.#starting) {
      if (this.#starting.size <= this.#waiting.size) return
      if (nowMs() - thread.startedAt >= ms) void this.end(thread, 'the worker thread did not get ready')
    }
  }

  #forget(thread: LaneRunner): void {
    this.#threads.delete(thread)
    this.#starting.delete(thread)
    const place = this.#free.indexOf(thread)
    if (place >= 0) this.#free.splice(place, 1)
  }

  async #untilStarted(): Promise<void> {
    const started = Promise.allSettled([...this.#starting].map(({ ready }) => ready))
    let timer: NodeJS.Timeout | undefined
    const limit = new Promise((resolve) => {
      timer = setTimeout(resolve, closeStartMs)
    })
    await Promise.race([started, limit])
    clearTimeout(timer)
  }
}

function noThread(reason: unknown): unknown {
  if (isOnecopyError(reason)) return reason
  const why = isError(reason) ? reason.message : String(reason)
  const isDenied = isError(reason) && memberOf(reason, 'code') === 'ERR_ACCESS_DENIED'
  const cure = isDenied ? '; start Node with --allow-worker' : ''
  return (
    missingWorker(reason) ??
    new OnecopyError('ERR_WORKER_LOST', `no worker thread can start: ${why}${cure}`, { cause: reason })
  )
}

function doNothing(): void {}
