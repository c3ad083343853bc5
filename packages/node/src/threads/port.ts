// The port between a thread and its host: lanes go to the thread, and their messages come back.
//
// A port is made together with its thread and stays as long as the thread, because making one takes longer than a short lane.

import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import { hasOwn } from '@onecopy/core/lane'
import { LastOrder } from './last-order.js'
import { type LaneOrder, type PackedMessage, type ThreadMessage, unpackMessage } from './wire.js'

/** What a thread gets first, once. */
export interface ThreadStart {
  readonly port: MessagePort
  /** The words of `ThreadSignals`. */
  readonly signals: Int32Array
}

/** Receives the messages of a port. */
export interface PortOwner {
  onMessage(message: ThreadMessage): void
  /** A message arrived and could not be read. */
  onUnreadable(error: unknown): void
  /** The port is closed, usually because the thread ends. From now on it does not keep the process alive. */
  onClose(): void
}

/** The host's end of a thread's port. */
export class ThreadPort {
  /** The thread's end, to be transferred. */
  readonly remote: MessagePort
  readonly #local: MessagePort
  readonly #owner: PortOwner
  readonly #last = new LastOrder()

  constructor(owner: PortOwner) {
    const { port1, port2 } = new MessageChannel()
    this.#local = port1
    this.remote = port2
    this.#owner = owner
    port1.on('message', (packed: PackedMessage) => owner.onMessage(unpackMessage(packed)))
    port1.on('messageerror', (error) => owner.onUnreadable(error))
    port1.on('close', () => owner.onClose())
    // Only a lane keeps the process alive.
    port1.unref()
  }

  /**
   * Send a lane to the thread. Until `release`, the port keeps the process alive.
   *
   * @throws what structured clone throws
   */
  send(order: LaneOrder): void {
    this.#local.postMessage(this.#last.pack(order))
    this.#last.sent()
    this.#local.ref()
  }

  /** The lane is over. */
  release(): void {
    this.#local.unref()
  }

  /** Receive all that was sent so far, also by a thread that has died since. */
  receiveRest(): void {
    for (let next = this.#receive(); next !== undefined; next = this.#receive()) {
      if (hasOwn(next, 'message')) this.#owner.onMessage(unpackMessage(next.message))
    }
  }

  #receive(): { readonly message: PackedMessage } | { readonly unreadable: true } | undefined {
    try {
      return receiveMessageOnPort(this.#local)
    } catch (error) {
      // The message is gone all the same, and the next one can be received.
      this.#owner.onUnreadable(error)
      return { unreadable: true }
    }
  }

  close(): void {
    this.#local.close()
    this.remote.close()
  }
}
