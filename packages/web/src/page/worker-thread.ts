// One Web Worker, as the page sees it.
//
// No browser tells when a worker has ended: in Chromium, `terminate()` lets a busy one go on for 2 s. So the worker holds a lock as
// long as it lives, and the page asks for the same lock. Messages of the worker come through a channel of their own, because what it has
// posted through its own channel is lost in part when it is ended. They may still be on the way when the lock comes, so the worker counts
// them in shared memory.
//
// Messages to the worker go through its own channel, because of Firefox 153: two workers that got a Blob through other channels, in a message
// without shared memory, wait for ever when both read it.

import { hasLocks } from '../support.js'
import type { Letter, PageMessage, WorkerMessage } from '../wire/messages.js'

/** How long the last messages of an ended worker may take, in ms; where they are counted, and where they are not. */
const [countedMs, uncountedMs] = [1000, 50]
/** Where there is no lock: a worker that was told to end is gone after this time, in ms. Chromium takes 2 s. */
const goneMs = 2500
/** A worker that is not ready by then will not be, in ms: its script does something else. */
const startMs = 60_000

/** What a worker tells its owner. */
export interface ThreadOwner {
  onMessage(message: Exclude<WorkerMessage, { readonly kind: 'ready' }>): void
  /** The worker takes lanes. */
  onReady(): void
  /** A message has come that cannot be read. */
  onUnreadable(): void
  /** Nothing of the worker runs any more, and all of its messages have come. `hasStarted`: it was ready before. */
  onGone(reason: Error, hasStarted: boolean): void
}

let lastId = 0
/** Makes the names of locks unique, among all pages of this origin. */
const page = crypto.getRandomValues(new Uint32Array(2)).join('-')

export class WorkerThread {
  /** Settles when nothing of the worker runs any more. */
  readonly gone: Promise<void>
  readonly #owner: ThreadOwner
  readonly #worker: Worker
  readonly #port: MessagePort
  readonly #lock: string
  /** Only a page with shared memory can count. */
  readonly #posted: Int32Array | undefined
  #received = 0
  #isReady = false
  #isEnding = false
  #isLocked = false
  #reason = new Error('the worker ended by itself: it called close(), or the browser ended it')
  #startTimer: ReturnType<typeof setTimeout>
  #settle: () => void = () => {}

  /** @throws whatever `make` throws */
  constructor(make: () => Worker, isShared: boolean, owner: ThreadOwner) {
    const id = ++lastId
    const { port1, port2 } = new MessageChannel()
    this.#owner = owner
    this.#port = port1
    this.#lock = `onecopy ${page} ${id}`
    this.#posted = isShared ? new Int32Array(new SharedArrayBuffer(4)) : undefined
    this.gone = new Promise((resolve) => {
      this.#settle = resolve
    })
    this.#worker = make()
    this.#worker.onerror = (event) => this.#onError(event)
    port1.onmessage = ({ data }: MessageEvent<WorkerMessage>) => this.#onMessage(data)
    port1.onmessageerror = () => {
      this.#received++
      owner.onUnreadable()
    }
    const hello = { kind: 'hello', port: port2, id, lock: this.#lock, posted: this.#posted } as const
    this.#worker.postMessage({ onecopy: hello } satisfies Letter, [port2])
    this.#startTimer = setTimeout(() => {
      this.end(new Error(`the worker did not get ready within ${startMs / 1000} s: its script must call serveLanes()`))
    }, startMs)
  }

  /** Whether lanes may be given to it. */
  get isAlive(): boolean {
    return this.#isReady && !this.#isEnding
  }

  /** @throws what structured clone throws */
  post(message: PageMessage): void {
    this.#worker.postMessage({ onecopy: message } satisfies Letter)
  }

  /** End the worker. Its owner hears when it is gone. */
  end(reason: Error): void {
    if (this.#isEnding) return
    this.#isEnding = true
    this.#reason = reason
    this.#worker.terminate()
    // It has not run any lane, and whatever else its script does has nothing to do with lanes.
    if (!this.#isReady) this.#onGone()
    else if (!this.#isLocked) setTimeout(() => this.#onGone(), goneMs)
  }

  #onMessage(message: WorkerMessage): void {
    this.#received++
    if (message.kind !== 'ready') {
      this.#owner.onMessage(message)
      return
    }
    if (this.#isEnding) return
    clearTimeout(this.#startTimer)
    this.#isReady = true
    this.#isLocked = message.isLocked && hasLocks()
    if (this.#isLocked) void this.#untilUnlocked()
    this.#owner.onReady()
  }

  /** The lock is free when the worker has ended, in whatever way. */
  async #untilUnlocked(): Promise<void> {
    await navigator.locks.request(this.#lock, () => {})
    this.#isEnding = true
    const until = performance.now() + (this.#posted === undefined ? uncountedMs : countedMs)
    while (this.#isOnTheWay() && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 1))
    this.#onGone()
  }

  #isOnTheWay(): boolean {
    return this.#posted === undefined || this.#received < Atomics.load(this.#posted, 0)
  }

  #onError(event: ErrorEvent): void {
    // An error that a chunk function has left behind. The worker goes on, and the page's own `error` event tells of it.
    if (this.#isReady) return
    event.preventDefault()
    this.end(new Error(event.message === undefined ? loadingFailed : `its script threw: ${event.message}`))
  }

  #onGone(): void {
    clearTimeout(this.#startTimer)
    this.#port.close()
    this.#settle()
    this.#owner.onGone(this.#reason, this.#isReady)
  }
}

/** The browser tells a page nothing about it. */
const loadingFailed =
  'its script could not be loaded. The usual causes: its URL is wrong; the response for it lacks the header ' +
  "Cross-Origin-Embedder-Policy: require-corp, which an isolated page demands; or the page's Content-Security-Policy does not " +
  'allow it (worker-src)'
