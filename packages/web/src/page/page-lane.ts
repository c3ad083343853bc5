// A lane, as the page sees it.

import {
  type LaneHandle,
  type LaneMessage,
  type LaneTask,
  SpanDealer,
  withSentOutput,
  workerOf,
} from '@onecopy/core/host'
import { claimBytes, isBlobDescription } from '../blobs/description.js'
import type { WorkerMessage } from '../wire/messages.js'
import type { WorkerThread } from './worker-thread.js'

/** How often a lane that shares no memory is told what has changed, in ms. */
const lookMs = 20
/** A lane begins anew in another worker at most so many times. */
const mostBegins = 3

export class PageLane {
  readonly id: number
  readonly task: LaneTask
  readonly ended: Promise<void>
  /** The worker that has the lane. */
  thread: WorkerThread | undefined
  /** Stands for the lane in the page, if they share no memory. */
  readonly #dealer: SpanDealer | undefined
  readonly #onMessage: (message: LaneMessage) => void
  #resolve: () => void = () => {}
  #reject: (reason: unknown) => void = () => {}
  #begins = 0
  #limit = 0
  #lookTimer: ReturnType<typeof setTimeout> | undefined
  #takeUpTimer: ReturnType<typeof setTimeout> | undefined

  constructor(id: number, task: LaneTask, isShared: boolean, onMessage: (message: LaneMessage) => void) {
    this.id = id
    this.task = task
    this.#dealer = isShared ? undefined : new SpanDealer(task, isBlobDescription(task.job.data) ? claimBytes : 0)
    this.#onMessage = onMessage
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  handle(kill: () => void): LaneHandle {
    return { ended: this.ended, kill }
  }

  /** Whether the lane's own code has begun to run. */
  get hasBegun(): boolean {
    return workerOf(this.task) !== 0
  }

  /** Whether the lane may begin anew, because its worker is gone and it had not begun. */
  get canBeginAgain(): boolean {
    return !this.hasBegun && this.#begins < mostBegins
  }

  /**
   * Begin in a worker.
   *
   * @param isSameJob - the worker has the lane's job already
   * @param takeUpMs - if the lane has not begun after this time, `onStuck` is called
   */
  begin(thread: WorkerThread, isSameJob: boolean, takeUpMs: number, onStuck: () => void): void {
    this.thread = thread
    this.#begins++
    const { id: lane, task } = this
    const dealer = this.#dealer
    if (dealer === undefined) {
      thread.post({ kind: 'run', lane, task })
    } else {
      const { job, control: _, ...rest } = task
      this.#limit = dealer.limit
      const own = { ...rest, lane: 0, lanes: 1 }
      thread.post({
        kind: 'deal',
        lane,
        task: own,
        job: isSameJob ? undefined : withSentOutput(job),
        slot: dealer.slot.slice(),
      })
      this.#look(dealer, thread)
    }
    this.#takeUpTimer = setTimeout(() => {
      if (!this.hasBegun) onStuck()
    }, takeUpMs)
  }

  /** Take a message of the lane. Returns whether it was the last one. */
  take(message: Extract<WorkerMessage, { readonly lane: number }>): boolean {
    if (message.slot !== undefined) this.#dealer?.note(message.slot)
    if (message.kind === 'word') {
      this.#dealer?.hear(message.word, message.limit, (span) =>
        this.thread?.post({ kind: 'span', lane: this.id, span }),
      )
    }
    if (message.kind !== 'lane') return false
    if (message.message.isLast) this.#dealer?.end()
    this.#onMessage(message.message)
    return message.message.isLast
  }

  /** A result of the lane has come, and cannot be read. */
  refuse(): void {
    const text = 'a result arrived and could not be read: it is too large, or nested too deeply'
    const failure = { code: 'ERR_RESULT_NOT_CLONEABLE', message: text, chunk: undefined, thrown: undefined } as const
    this.#onMessage({ commit: undefined, failure, isLast: false })
  }

  /** It has no worker any more. */
  leave(): void {
    this.thread = undefined
    clearTimeout(this.#lookTimer)
    clearTimeout(this.#takeUpTimer)
  }

  end(): void {
    this.leave()
    this.#resolve()
  }

  lose(reason: unknown): void {
    this.#dealer?.end()
    this.leave()
    this.#reject(reason)
  }

  /** Tell the lane when the limit has become lower. */
  #look(dealer: SpanDealer, thread: WorkerThread): void {
    if (dealer.limit < this.#limit) {
      this.#limit = dealer.limit
      thread.post({ kind: 'limit', lane: this.id, limit: this.#limit })
    }
    this.#lookTimer = setTimeout(() => this.#look(dealer, thread), lookMs)
  }
}
