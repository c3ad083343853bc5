// A thread for code of plugins: it can be ended whatever that code does, and takes nothing else along when it ends itself.

import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'

/** What `workerData` is in such a thread. */
export interface ThreadData<Input> {
  readonly input: Input
  /** Not the thread's `parentPort`: a plugin may post there. */
  readonly port: MessagePort
}

/** What a module of this command does in a thread of its own. */
export class PluginThread<Message> {
  readonly #worker: Worker
  readonly #port: MessagePort
  readonly #messages: Message[] = []
  #isOver = false
  #error: { readonly value: unknown } | undefined
  #wake: (() => void) | undefined

  /**
   * Start it.
   *
   * @param module - what runs there, with `{ input, port }` as its `workerData`
   */
  constructor(module: URL, input: unknown) {
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    this.#worker = new Worker(module, { workerData: { input, port: port2 }, transferList: [port2] })
    port1.on('message', (message: Message) => this.#receive(message))
    this.#worker.on('error', (value) => {
      this.#error ??= { value }
      this.#wake?.()
    })
    this.#worker.on('exit', () => {
      // What was posted last may not have been received yet.
      for (let last = receiveMessageOnPort(port1); last !== undefined; last = receiveMessageOnPort(port1))
        this.#receive(last.message)
      port1.close()
      this.#isOver = true
      this.#wake?.()
    })
  }

  /**
   * The next message; undefined if the thread has ended.
   *
   * @throws what nobody in the thread caught
   */
  async next(): Promise<Message | undefined> {
    while (this.#messages.length === 0) {
      if (this.#error !== undefined) throw this.#error.value
      if (this.#isOver) return undefined
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return this.#messages.shift()
  }

  /** Post something to the thread's port. */
  answer(message: unknown): void {
    this.#port.postMessage(message)
  }

  /** End it; `next` then gives undefined. */
  end(): void {
    this.#worker.terminate().catch(() => {})
  }

  #receive(message: Message): void {
    this.#messages.push(message)
    this.#wake?.()
  }
}
