// One worker thread: a tinypool of one, wrapped so that whoever waits for the thread is told whatever happens to it.
//
// Each thread has a pool of its own. So it is known which lane is on which thread, and a task never waits in a pool's queue.

import type { Worker } from 'node:worker_threads'
import type { Tinypool } from 'tinypool'
import { nowMs } from '../clock.js'
import { workerExecArgv } from './exec-argv.js'
import { FirstTask } from './first-task.js'
import { laneWorkerUrl } from './missing-worker.js'
import { type PortOwner, ThreadPort, type ThreadTask } from './port.js'

/** Starts when it is made. */
export class LaneThread {
  /** When it was started, in ms. */
  readonly startedAt: number = nowMs()
  /** Settles when the thread can take a lane; rejects if it died before that. */
  readonly ready: Promise<void>
  /** Settles when the thread has ended, with the reason. All its messages have been received by then. */
  readonly gone: Promise<unknown>
  /** Where the messages of its lanes arrive. */
  readonly port: ThreadPort
  readonly #pool: Tinypool
  readonly #thread: Tinypool['threads'][number]
  /** Why it died, or is being ended. */
  #death: { readonly reason: unknown } | undefined

  /** @throws whatever the system says if it gives no thread */
  constructor({ Tinypool }: typeof import('tinypool'), owner: PortOwner) {
    const firstTask = new FirstTask()
    const pool = new Tinypool({
      filename: laneWorkerUrl(),
      // A thread stays as long as its engine, because starting one costs more than keeping it. No number of threads is more than NaN:
      // so the pool neither starts threads by itself nor ends idle ones. With a number it would set a timer after each task, by
      // whatever is the global `setTimeout` then, and need more of that than a fake or a page's gives.
      minThreads: Number.NaN,
      maxThreads: 1,
      // An idle thread then has a live event loop: what a task left behind runs, and is seen when it throws.
      useAtomics: false,
      taskQueue: firstTask,
      ...workerExecArgv(process.execArgv),
    })
    // The errors of a thread without a task. They are heard from the thread itself.
    pool.on('error', () => {})
    this.#pool = pool
    this.port = new ThreadPort(owner)
    try {
      this.ready = pool.run(this.port.remote, { transferList: [this.port.remote] })
    } catch (error) {
      this.port.close()
      throw error
    }
    // A thread that dies before it is ready is reported by `gone` as well.
    this.ready.catch(() => {})
    // `!`: the task above has started it.
    this.#thread = pool.threads[0]!
    shieldPool(this.#thread, () => firstTask.keepThread())
    this.#thread.on('error', (reason: unknown) => {
      this.#death ??= { reason }
    })
    this.gone = new Promise((resolve) => {
      this.#thread.on('exit', (code: number) => resolve(this.#onExit(code)))
    })
  }

  /** Whether it can take lanes: it has not died, and is not being ended. */
  get isAlive(): boolean {
    return this.#death === undefined
  }

  /** Run a lane. Settles when the thread has answered, and is free again; rejects if it died. */
  run(task: ThreadTask): Promise<unknown> {
    // The pool would start another thread.
    if (this.#death !== undefined) return Promise.reject(this.#death.reason)
    return this.#pool.run(task)
  }

  /** End the thread. Settles when it is gone. */
  end(why: string): Promise<unknown> {
    if (this.#death === undefined) {
      this.#death = { reason: new Error(why) }
      void this.#thread.terminate()
      // The pool lets go of the thread at once. Left to the pool, an error that the thread reports while the pool waits for its
      // exit would take the process down.
      this.#thread.emit('error', this.#death.reason)
    }
    return this.gone
  }

  #onExit(code: number): unknown {
    this.#death ??= { reason: new Error(`the worker thread ended with exit code ${code}`) }
    const { reason } = this.#death
    this.port.receiveRest()
    this.port.close()
    // tinypool does not notice a thread that exits by itself. Told of an error, it rejects the thread's task.
    if (this.#pool.threads.length > 0) this.#thread.emit('error', reason)
    // Rejects the first task, if the thread died before it took that up.
    void this.#pool.destroy()
    return reason
  }
}

/**
 * Let only the pool's own message, that the thread is ready, get to the pool. What else is posted on a worker's own port, by a chunk
 * function or by Node in watch mode, the pool takes for a fault, and `null` would even take the process down.
 */
function shieldPool(thread: Tinypool['threads'][number], onReady: () => void): void {
  // `as`: the pool's type for threads does not show the worker in it.
  const worker = (thread as unknown as { readonly thread: Worker }).thread
  // Raw: the other method would take a polluted `listener` for the listener.
  const listeners = worker.rawListeners('message')
  worker.removeAllListeners('message')
  for (const listener of listeners) {
    worker.on('message', (message: unknown) => {
      if (!isReady(message)) return
      listener.call(worker, message)
      onReady()
    })
  }
  // A worker with a new listener would keep the process alive.
  worker.unref()
}

function isReady(message: unknown): boolean {
  if (typeof message !== 'object' || message === null || !Object.hasOwn(message, 'ready')) return false
  // `as`: it has just been seen to have it.
  return (message as { readonly ready: unknown }).ready === true
}
