// A thread for plugin code. It can be ended whatever that code does. If the code ends the thread, nothing else is lost.

import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'

/** The `workerData` of such a thread. */
export interface ThreadData<Input> {
  readonly input: Input
  /** Not the thread's `parentPort`, because a plugin may post there. */
  readonly port: MessagePort
}

/** A thread that runs a module of this command. */
export class PluginThread<Message> {
  readonly #worker: Worker
  readonly #port: MessagePort
  readonly #messages: Message[] = []
  #isOver = false
  #error: { readonly value: unknown } | undefined
  #wake: (() => void) | undefined

  /**
   * Start the thread.
   *
   * @param module - the module that runs there, with `{ input, port }` as its `workerData`
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
      // The last messages may not have been received yet.
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
   * @throws what was not caught in the thread
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

  /** End the thread. `next` then returns undefined. */
  end(): void {
    this.#worker.terminate().catch(() => {})
  }

  #receive(message: Message): void {
    this.#messages.push(message)
    this.#wake?.()
  }
}
