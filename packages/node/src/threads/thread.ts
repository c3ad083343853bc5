// One worker thread: a tinypool of one, wrapped so that whoever waits for the thread is told whatever happens to it.
//
// tinypool starts the thread, says when it is ready, and ends it. Its only task hands over the port. Lanes go through that port,
// because a task of the pool takes longer than a short lane. Each thread has a pool of its own, so that it is known which lane is
// on which thread.

import type { Worker } from 'node:worker_threads'
import type { Tinypool } from 'tinypool'
import { clearTimeout, nowMs, setTimeout } from '../clock.js'
import { AnswerWatch } from './answer-watch.js'
import { workerExecArgv } from './exec-argv.js'
import { FirstTask } from './first-task.js'
import { laneWorkerUrl } from './missing-worker.js'
import { ThreadPort, type ThreadStart } from './port.js'
import type { LaneRunner, RunnerOwner } from './runner.js'
import { ThreadSignals } from './signals.js'
import type { LaneOrder } from './wire.js'

/**
 * A thread that was told to end and has not, is left behind after this time, in ms. Node always ends it, unless it waits in a call of the
 * system. Bun does not end a loop of WebAssembly.
 */
const endMs = 5000

/** Starts when it is made. */
export class LaneThread implements LaneRunner {
  /** When it was started, in ms. */
  readonly startedAt: number = nowMs()
  /** Settles when the thread can take a lane. Rejects if it died before that. */
  readonly ready: Promise<unknown>
  /** Settles when the thread has ended, with the reason. All its messages have been received by then. */
  readonly gone: Promise<unknown>
  readonly #port: ThreadPort
  readonly #signals = new ThreadSignals()
  readonly #answerWatch: AnswerWatch
  readonly #owner: RunnerOwner
  readonly #pool: Tinypool
  readonly #thread: Tinypool['threads'][number]
  /** Why it died, or is being ended. */
  #death: { readonly reason: unknown } | undefined
  #endTimer: NodeJS.Timeout | undefined
  #hasEnded = false
  #onEnded: (reason: unknown) => void = () => {}

  /**
   * @param answerMs - how long the thread may take to come back after a lane
   * @param heapMiB - most MiB of JavaScript objects
   * @throws whatever the system says if it gives no thread
   */
  constructor({ Tinypool }: typeof import('tinypool'), answerMs: number, owner: RunnerOwner, heapMiB?: number) {
    const firstTask = new FirstTask()
    const pool = new Tinypool({
      filename: laneWorkerUrl(),
      // A thread stays as long as its engine, because starting one costs more than keeping it. NaN: comparing a number of threads
      // with NaN is always false, so the pool neither starts threads by itself nor ends idle ones. With a number, the pool would
      // set a timer after its task, with whatever the global `setTimeout` is then, and a fake one may lack what the pool needs.
      minThreads: Number.NaN,
      maxThreads: 1,
      // An idle thread then has a live event loop. So what a lane left behind runs, and is noticed when it throws.
      useAtomics: false,
      taskQueue: firstTask,
      ...workerExecArgv(process.execArgv),
      ...(heapMiB === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: heapMiB } }),
    })
    // Errors of the thread are heard from the thread itself.
    pool.on('error', () => {})
    this.#pool = pool
    this.#owner = owner
    this.#port = new ThreadPort({
      onMessage: (message) => owner.onMessage(message),
      onUnreadable: (error) => owner.onUnreadable(error),
      // The process has to live until the exit of the thread is known. The pool does the same when its own port closes, but that may
      // be later. `pool.threads` is empty if the thread could not even start.
      onClose: () => pool.threads[0]?.ref?.(),
    })
    this.#answerWatch = new AnswerWatch(this.#signals, answerMs, () => owner.onNoAnswer())
    const { remote } = this.#port
    const start: ThreadStart = { port: remote, signals: this.#signals.words }
    try {
      this.ready = pool.run(start, { transferList: [remote] })
    } catch (error) {
      this.#port.close()
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
      this.#onEnded = resolve
    })
    this.#thread.on('exit', (code: number) => this.#onExit(code))
  }

  /** Whether it can take lanes: it has not died, and is not being ended. */
  get isAlive(): boolean {
    return this.#death === undefined
  }

  /**
   * Send a lane to the thread, which must be free.
   *
   * @throws what structured clone throws
   */
  run(order: LaneOrder): void {
    this.#port.send(order)
    this.#signals.sendOrder()
  }

  /** Receive what the thread has sent so far. */
  receiveRest(): void {
    this.#port.receiveRest()
  }

  /** Its lane has sent its last message, and the thread is not free yet. */
  onLast(): void {
    this.#answerWatch.onLast()
  }

  /** Its lane is over, and the thread is free for the next one. */
  onFree(): void {
    this.#port.release()
    this.#answerWatch.onFree()
  }

  /** End the thread. Settles when it is gone, or left behind because it cannot be ended. */
  end(why: string): Promise<unknown> {
    if (this.#death === undefined) {
      this.#death = { reason: new Error(why) }
      void this.#thread.terminate()
      this.#endTimer = setTimeout(() => {
        workerOf(this.#thread).unref()
        this.#onExit(undefined)
      }, endMs)
      // The pool lets go of the thread at once. Left to the pool, an error that the thread reports while the pool waits for its
      // exit would take the process down.
      this.#thread.emit('error', this.#death.reason)
    }
    return this.gone
  }

  /** The thread has ended, with an exit code, or is left behind. */
  #onExit(code: number | undefined): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    clearTimeout(this.#endTimer)
    this.#death ??= { reason: new Error(`the worker thread ended with exit code ${code}`) }
    const { reason } = this.#death
    this.#answerWatch.stop()
    this.#port.receiveRest()
    this.#port.close()
    // tinypool does not notice a thread that exits by itself. Emit 'error' on it, so that tinypool lets go of it.
    if (this.#pool.threads.length > 0) this.#thread.emit('error', reason)
    // This rejects `ready`, if the thread died before it took up the pool's task.
    void this.#pool.destroy()
    this.#owner.onGone(reason)
    this.#onEnded(reason)
  }
}

/** The worker itself. */
function workerOf(thread: Tinypool['threads'][number]): Worker {
  // `as`: the pool's type for threads does not show the worker in it.
  return (thread as unknown as { readonly thread: Worker }).thread
}

/**
 * Let only one kind of message get to the pool: that the thread is ready. The pool takes any other message on a worker's own port
 * for a fault, and `null` would even take the process down. Chunk functions and Node's watch mode post such messages.
 */
function shieldPool(thread: Tinypool['threads'][number], onReady: () => void): void {
  const worker = workerOf(thread)
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
