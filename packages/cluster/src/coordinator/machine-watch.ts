// Who serves the plugin of a run, and what is to be said about it: nobody does, or only in another version.

import { OnecopyError } from '@onecopy/core'
import type { SpanQueue } from './span-queue.js'

/** Shortest time between two looks, in ms. */
const lookMs = 1000

/** Watches who serves a plugin. */
export class MachineWatch {
  /** How many workers serve it, as of the last look. */
  count = 0
  readonly #queue: SpanQueue
  readonly #plugin: string
  readonly #timeoutMs: number
  readonly #note: (text: string) => void
  #looked = Number.NEGATIVE_INFINITY
  #missingSince: number | undefined
  #said = ''

  constructor(queue: SpanQueue, plugin: string, timeoutMs: number, note: (text: string) => void) {
    this.#queue = queue
    this.#plugin = plugin
    this.#timeoutMs = timeoutMs
    this.#note = note
  }

  /** @throws {OnecopyError} `ERR_CLUSTER_UNAVAILABLE`: there was no worker for too long */
  async look(): Promise<void> {
    const now = performance.now()
    if (now - this.#looked < lookMs) return
    this.#looked = now
    const machines = await this.#queue.machines()
    this.count = machines?.here.length ?? 1
    if (machines === undefined) return
    const { here, others } = machines
    if (here.length > 0) {
      this.#missingSince = undefined
      this.#said = ''
      return
    }
    this.#missingSince ??= now
    const text =
      others === 0
        ? `no worker serves ${this.#plugin}; start one: onecopy worker PLUGIN --root DIR --redis URL`
        : `no worker serves this version of ${this.#plugin}, and ${others} ${others === 1 ? 'serves' : 'serve'} another one: start them again with the plugin as it is here`
    if (now - this.#missingSince > this.#timeoutMs) throw new OnecopyError('ERR_CLUSTER_UNAVAILABLE', text)
    if (text !== this.#said) this.#note(`${text}; waiting`)
    this.#said = text
  }
}
