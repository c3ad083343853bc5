// The port between a thread and its host: the messages of the thread's lanes as they come.
//
// It is made with the thread and stays with it: making one for each lane takes longer than a short lane.

import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { hasOwn, type LaneMessage, type LaneTask } from '@onecopy/core/lane'

/** What a thread sends: a message of one of its lanes. */
export interface ThreadMessage {
  /** The host's number for the lane. */
  readonly lane: number
  readonly message: LaneMessage
}

/** What takes a port's messages; `error`: one arrived and could not be read. */
export interface PortOwner {
  onMessage(message: ThreadMessage): void
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
    port1.on('message', (message: ThreadMessage) => owner.onMessage(message))
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

  #receive(): { readonly message: ThreadMessage } | { readonly unreadable: true } | undefined {
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
