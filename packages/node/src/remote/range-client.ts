// A lane's side of the thread that reads ranges for it.

import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { clearTimeout, nowMs, setTimeout } from '../clock.js'
import { workerExecArgv } from '../threads/exec-argv.js'
import { laneWorkerUrl } from '../threads/missing-worker.js'
import type { HttpDescription, RemoteFailure } from './contract.js'
import { longestWaitMs } from './http-failure.js'
import type { RangeAnswer, RangeOrder, ReaderStart } from './range-thread.js'

/** How long the thread stays when nobody reads, in ms. Its connections are kept so long. */
const idleMs = 2000
/** How long the thread may be silent beyond what its requests explain, in ms. */
const mostSilentMs = 10_000

let thread: Worker | undefined
let readers = 0
let idle: NodeJS.Timeout | undefined

/** The thread of this thread, which is started when it is first needed. */
function takeThread(): Worker {
  clearTimeout(idle)
  readers++
  if (thread !== undefined) return thread
  const start = `import(${JSON.stringify(laneWorkerUrl())}).then(({ startRangeThread }) => startRangeThread())`
  const started = new Worker(start, { eval: true, ...workerExecArgv(process.execArgv) })
  const forget = (): void => {
    if (thread === started) thread = undefined
  }
  // Whoever waits for it notices that it says nothing.
  started.on('error', forget)
  started.on('exit', forget)
  started.unref()
  thread = started
  return started
}

function leaveThread(): void {
  if (--readers > 0) return
  idle = setTimeout(() => void thread?.terminate(), idleMs)
  idle.unref()
}

/** A range that was asked for. */
export interface AskedRange {
  readonly id: number
  readonly from: number
  readonly to: number
  /** What came of it; undefined: it is still on its way. */
  answer: RangeAnswer | undefined
}

/** Asks for ranges of one remote file. */
export class RangeClient {
  readonly #port: MessagePort
  readonly #news = new Int32Array(new SharedArrayBuffer(4))
  readonly #silentMs: number
  readonly #asked = new Map<number, AskedRange>()
  #count = 0
  #waiting: (() => void) | undefined

  constructor({ address, version }: HttpDescription) {
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    this.#silentMs = Math.max(address.timeoutMs, longestWaitMs) + mostSilentMs
    const start: ReaderStart = { port: port2, news: this.#news, address, version }
    takeThread().postMessage(start, [port2])
    port1.on('message', (answer: RangeAnswer) => this.#take(answer))
    // It must not keep a program alive that has nothing else to do.
    port1.unref()
  }

  ask(from: number, to: number): AskedRange {
    const range: AskedRange = { id: this.#count++, from, to, answer: undefined }
    this.#asked.set(range.id, range)
    this.#port.postMessage({ id: range.id, from, to } satisfies RangeOrder)
    return range
  }

  /** A range is not needed any more. */
  drop({ id, from }: AskedRange): void {
    if (this.#asked.delete(id)) this.#port.postMessage({ id, from, to: undefined } satisfies RangeOrder)
  }

  /** Wait without blocking the event loop until the range is there, or cannot be read. */
  async until(range: AskedRange): Promise<void> {
    this.#port.ref()
    const deadline = nowMs() + this.#silentMs
    while (range.answer === undefined && nowMs() < deadline) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1000)
        this.#waiting = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    this.#port.unref()
  }

  /** Wait until the range is there, or cannot be read. Blocks this thread. */
  wait(range: AskedRange): RangeAnswer {
    let seen = Atomics.load(this.#news, 0)
    for (let deadline = nowMs() + this.#silentMs; ; ) {
      for (let mail = receiveMessageOnPort(this.#port); mail !== undefined; mail = receiveMessageOnPort(this.#port)) {
        this.#take(mail.message)
      }
      if (range.answer !== undefined) return range.answer
      // Ordered against the thread's `tell`: a message that is posted after the look above has changed the number.
      if (Atomics.wait(this.#news, 0, seen, 1000) !== 'timed-out') deadline = nowMs() + this.#silentMs
      else if (nowMs() > deadline) return { id: range.id, bytes: undefined, failure: silence }
      seen = Atomics.load(this.#news, 0)
    }
  }

  close(): void {
    this.#port.close()
    leaveThread()
  }

  #take(answer: RangeAnswer): void {
    const range = this.#asked.get(answer.id)
    this.#asked.delete(answer.id)
    if (range !== undefined) range.answer = answer
    this.#waiting?.()
  }
}

const silence: RemoteFailure = {
  isChange: false,
  why: 'the thread that reads it does not answer',
  code: undefined,
  status: undefined,
}
