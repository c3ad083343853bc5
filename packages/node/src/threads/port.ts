// The port between a thread and its host: the commits of its lanes as they come, each lane's report last.
//
// It is made with the thread and stays with it: making one for each lane takes longer than a short lane.

import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import type { Commit, LaneReport } from '@onecopy/core/host'
import { hasOwn, type LaneTask } from '@onecopy/core/lane'

/** What a lane sends: its commits, and its report with the last of them or after it. A lane that sent none was lost. */
export interface LaneMessage {
  readonly lane: number
  readonly commit: Commit | undefined
  readonly report: LaneReport | undefined
}

/** What takes a port's messages; `error`: one arrived and could not be read. */
export interface PortOwner {
  onMessage(message: LaneMessage): void
  onUnreadable(error: unknown): void
}

/** The host's end of a thread's port. */
export class ThreadPort {
  /** The thread's end, to be transferred. */
  readonly remote: MessagePort
  readonly #local: MessagePort
  readonly #owner: PortOwner

  constructor(owner: PortOwner) {
    const { port1, port2 } = new MessageChannel()
    this.#local = port1
    this.remote = port2
    this.#owner = owner
    port1.on('message', (message: LaneMessage) => owner.onMessage(message))
    port1.on('messageerror', (error) => owner.onUnreadable(error))
    // The pool keeps the process alive as long as a task is under way.
    port1.unref()
  }

  /** Receive all that was sent so far, also by a thread that has died since. */
  receiveRest(): void {
    for (let next = this.#receive(); next !== undefined; next = this.#receive()) {
      if (hasOwn(next, 'message')) this.#owner.onMessage(next.message)
    }
  }

  #receive(): { readonly message: LaneMessage } | { readonly unreadable: true } | undefined {
    try {
      return receiveMessageOnPort(this.#local)
    } catch (error) {
      // The message is gone all the same: the next one can be received.
      this.#owner.onUnreadable(error)
      return { unreadable: true }
    }
  }

  close(): void {
    this.#local.close()
    this.remote.close()
  }
}

/** A task for the pool. */
export interface ThreadTask {
  /** The lane to run. */
  readonly task: LaneTask
  /** The host's number for the lane. */
  readonly lane: number
}
