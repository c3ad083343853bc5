// The port between a lane and its engine: commits as they come, the report last.

import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import type { Commit, LaneReport } from '@onecopy/core'
import type { LaneMessage } from './lane-worker.js'

/** What takes a lane's commits. */
export type OnCommit = (commit: Commit) => void

/** The engine's end of a lane's port. */
export class LanePort {
  /** The lane's end, to be transferred. */
  readonly remote: MessagePort
  readonly #local: MessagePort
  readonly #onCommit: OnCommit
  #report: LaneReport | undefined

  constructor(onCommit: OnCommit) {
    const { port1, port2 } = new MessageChannel()
    this.#local = port1
    this.remote = port2
    this.#onCommit = onCommit
    port1.on('message', (message: LaneMessage) => this.#receive(message))
    port1.on('messageerror', (error) => this.#refuse(error))
  }

  /** Receive all that the lane sent before it ended, also before its thread died; its report, if it sent one. */
  receiveRest(): LaneReport | undefined {
    try {
      for (let next = receiveMessageOnPort(this.#local); next !== undefined; next = receiveMessageOnPort(this.#local)) {
        this.#receive(next.message)
      }
    } catch (error) {
      this.#refuse(error)
    }
    return this.#report
  }

  close(): void {
    this.#local.close()
    this.remote.close()
  }

  #receive(message: LaneMessage): void {
    if ('commit' in message) this.#onCommit(message.commit)
    else this.#report ??= message.report
  }

  /** A message was posted, and cannot be received here: nested too deeply, or too large. */
  #refuse(error: unknown): void {
    const message = `a result arrived and could not be read: ${error instanceof Error ? error.message : String(error)}`
    const failure = { code: 'ERR_RESULT_NOT_CLONEABLE' as const, message, chunk: undefined, thrown: undefined }
    this.#report = { failure }
  }
}
