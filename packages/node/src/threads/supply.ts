// The threads of an engine: started when lanes need them, handed to one lane at a time, replaced when they die.
//
// A lane that finds no free thread waits. It gets the first thread that is ready or free: so a run goes on with the threads that
// did start, however many others cannot be had or never get ready.

import { isOnecopyError, OnecopyError } from '@onecopy/core'
import { isError, memberOf } from '@onecopy/core/lane'
import { clearTimeout, nowMs, setTimeout } from '../clock.js'
import { missingWorker } from './missing-worker.js'
import type { PortOwner } from './port.js'
import { LaneThread } from './thread.js'

/** After so many failed starts in a row, and with no thread left, the lanes that wait are given up. */
const mostFailedStarts = 3
/** A thread that is not ready after this time may hang: it is ended when the lane that waited for it is withdrawn, in ms. */
const slowStartMs = 1000
/** A thread that is not ready after this time, and that no lane waits for, is ended, in ms: it would keep the process alive. */
const uselessStartMs = 5000

/** Node 20 never closes the files that a thread was reading as it was ended: the modules of one that was still starting. */
const leavesFilesOpen = process.versions.node.startsWith('20.')
/** How long closing waits for threads to be ready where that is so, in ms. */
const closeStartMs = 1000

interface Waiting {
  readonly resolve: (thread: LaneThread | undefined) => void
  readonly reject: (reason: unknown) => void
}

/** Has at most `most` threads, each for one lane at a time. `Lane` is whatever a lane is told apart by. */
export class ThreadSupply<Lane extends object> {
  readonly #most: number
  readonly #ownerOf: (thread: () => LaneThread) => PortOwner
  #tinypool: typeof import('tinypool') | undefined
  #loading: Promise<void> | undefined
  /** Those that are not being ended. */
  readonly #threads = new Set<LaneThread>()
  /** Those of them that are not ready yet. */
  readonly #starting = new Set<LaneThread>()
  /** Those of them that are free; the last one has been at work last. */
  readonly #free: LaneThread[] = []
  readonly #waiting = new Map<Lane, Waiting>()
  #failedStarts = 0
  #isClosed = false

  /** @param ownerOf - makes what takes a thread's messages; asks for the thread when the first one arrives */
  constructor(most: number, ownerOf: (thread: () => LaneThread) => PortOwner) {
    this.#most = most
    this.#ownerOf = ownerOf
    // Loaded when there is an engine and not before: a worker that imports this package for a plugin needs no pool.
    void this.load()
  }

  /** Load the pool. Never rejects: what fails is tried again, and reported, when a lane needs a thread. */
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
   * A thread for `lane`, at once or when one is ready or free; undefined if the lane was withdrawn meanwhile. It belongs to the lane
   * until it is given back. Rejects if no thread can be had.
   */
  take(lane: Lane): LaneThread | Promise<LaneThread | undefined> {
    if (this.#isClosed) return Promise.reject(new Error('the engine was closed before the lane began'))
    for (let thread = this.#free.pop(); thread !== undefined; thread = this.#free.pop()) {
      if (thread.isAlive) return thread
    }
    return new Promise((resolve, reject) => {
      this.#waiting.set(lane, { resolve, reject })
      this.#startForWaiting()
    })
  }

  /** The lane is not wanted any more. Whether it was waiting for a thread. */
  withdraw(lane: Lane): boolean {
    const waiting = this.#waiting.get(lane)
    if (waiting === undefined) return false
    this.#waiting.delete(lane)
    waiting.resolve(undefined)
    this.#endUseless(slowStartMs)
    return true
  }

  /** A thread is free: for the lane that has been waiting for longest, if there is one. */
  giveBack(thread: LaneThread): void {
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
  end(thread: LaneThread, why: string): Promise<unknown> {
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
    const thread: LaneThread = new LaneThread(
      tinypool,
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
    // The threads that there are take the lanes that wait, one after the other.
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

  /** End threads that are not ready after `ms`, unless there is a lane that waits for each. */
  #endUseless(ms: number): void {
    for (const thread of this.#starting) {
      if (this.#starting.size <= this.#waiting.size) return
      if (nowMs() - thread.startedAt >= ms) void this.end(thread, 'the worker thread did not get ready')
    }
  }

  #forget(thread: LaneThread): void {
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
