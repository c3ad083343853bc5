// Lanes on worker threads: a tinypool, wrapped so that every lane settles whatever happens to its thread.

import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
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
import { Tinypool } from 'tinypool'
import { workerExecArgv } from './exec-argv.js'
import type { ThreadTask } from './lane-worker.js'

/** Timers take no longer delay. Workers stay as long as their engine: starting one costs more than keeping it. */
const foreverMs = 2 ** 31 - 1
/** The pool's threads are ended at once; one that does not obey in this time is left to the system. */
const closeMs = 2000

type Thread = Tinypool['threads'][number]

/** A lane that has been handed to the pool and has not ended. */
interface Outstanding {
  readonly task: LaneTask
  readonly reject: (reason: unknown) => void
}

/** Runs each lane as one task of a tinypool; threads start when they are first needed. */
export class ThreadHost implements Host {
  readonly workers: number
  #pool: Tinypool | undefined
  readonly #armed = new WeakSet<Thread>()
  readonly #outstanding = new Set<Outstanding>()

  constructor(workers: number) {
    this.workers = workers
  }

  startLane(task: LaneTask, _data: SharedData<TypedArray>, onCommit: (commit: Commit) => void): LaneHandle {
    this.#pool ??= this.#createPool()
    const pool = this.#pool
    const { port1, port2 } = new MessageChannel()
    port1.on('message', onCommit)
    const threadTask: ThreadTask = { task, port: port2 }
    const ran: Promise<LaneReport> = pool.run(threadTask, { transferList: [port2] })
    this.#armThreads(pool)
    return {
      ended: this.#outstand(task, ran).finally(() => drain(port1, onCommit)),
      kill: (worker) => void pool.threads.find(({ threadId }) => threadId === worker)?.terminate(),
    }
  }

  async close(): Promise<void> {
    if (this.#pool === undefined) return
    let timer: NodeJS.Timeout | undefined
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, closeMs)
    })
    await Promise.race([this.#pool.destroy(), deadline])
    clearTimeout(timer)
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
    // A thread that dies without a task. If it was still starting, lanes wait for it in vain.
    pool.on('error', (error) => {
      for (const { task, reject } of this.#outstanding) if (workerOf(task) === 0) reject(error)
    })
    return pool
  }

  /** The pool has no eye on threads that end by themselves: for those it is told, so that the task rejects and the slot comes back. */
  #armThreads(pool: Tinypool): void {
    for (const thread of pool.threads) {
      if (this.#armed.has(thread)) continue
      this.#armed.add(thread)
      thread.on('exit', (code: number) => {
        // A thread that the pool ended itself is not listed any more.
        if (pool.threads.includes(thread))
          thread.emit('error', new Error(`the worker thread ended with exit code ${code}`))
      })
    }
  }

  /** `ran`, or a rejection when the lane's thread could not be started. */
  #outstand(task: LaneTask, ran: Promise<LaneReport>): Promise<LaneReport> {
    return new Promise<LaneReport>((resolve, reject) => {
      const entry: Outstanding = { task, reject }
      this.#outstanding.add(entry)
      ran.then(resolve, reject).finally(() => this.#outstanding.delete(entry))
    })
  }
}

/** Deliver what a lane posted before it ended, then close its port. */
function drain(port: MessagePort, onCommit: (commit: Commit) => void): void {
  for (let received = receiveMessageOnPort(port); received !== undefined; received = receiveMessageOnPort(port)) {
    onCommit(received.message)
  }
  port.close()
}
