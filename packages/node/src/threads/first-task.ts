// tinypool's queue for the one task that ever waits in it: the first task of a thread, which waits until the thread is ready.
//
// It is ours because that task leads to the record that tinypool keeps of the thread.

import { defineOwn } from '@onecopy/core/lane'
import type { Task, TaskQueue } from 'tinypool'

/** Use a new one for each thread. */
export class FirstTask implements TaskQueue {
  readonly #waiting: Task[] = []
  #first: Task | undefined

  get size(): number {
    return this.#waiting.length
  }

  push(task: Task): void {
    this.#first ??= task
    this.#waiting.push(task)
  }

  shift(): Task | null {
    return this.#waiting.shift() ?? null
  }

  /** Part of tinypool's contract for queues; only an aborted task is removed, and no task is given a signal. */
  remove(): void {}

  /** Part of tinypool's contract for queues; nothing here asks for it. */
  cancel(): void {}

  /**
   * The thread stays behind each task. tinypool reads `shouldRecycle` off its record of the thread, which has no such member, so
   * that name on `Object.prototype` would end the thread. Call it when the task has been handed to the thread.
   */
  keepThread(): void {
    // `as`: its type does not show the record.
    const { workerInfo } = this.#first as unknown as { readonly workerInfo: object | null }
    if (workerInfo !== null) defineOwn(workerInfo, 'shouldRecycle', false)
  }
}
