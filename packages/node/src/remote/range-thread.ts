// Reads ranges for one thread, in a thread of its own.
//
// A lane reads synchronously, and a connection cannot be read so. So the lane asks this thread, which reads ahead while the lane
// computes. The lane waits in `Atomics.wait` if the bytes are not there yet.

import { type MessagePort, parentPort } from 'node:worker_threads'
import type { RemoteAddress, RemoteFailure, RemoteVersion } from './contract.js'
import { RemoteAsker } from './fetch-range.js'
import { networkFailure, plainFailure } from './http-failure.js'

/** What a reader says to begin. Both sides keep `news`: one word, which counts what has happened. */
export interface ReaderStart {
  readonly port: MessagePort
  readonly news: Int32Array
  readonly address: RemoteAddress
  readonly version: RemoteVersion
}

/** What a reader asks for: the bytes `[from, to)`; nothing of them any more, without `to`. */
export interface RangeOrder {
  readonly id: number
  readonly from: number
  readonly to: number | undefined
}

/** What comes of an order. */
export interface RangeAnswer {
  readonly id: number
  readonly bytes: Uint8Array<ArrayBuffer> | undefined
  readonly failure: RemoteFailure | undefined
}

/** Serve the thread that has started this one. Its worker calls it. */
export function startRangeThread(): void {
  // `!`: this is a worker thread.
  parentPort!.on('message', serve)
}

function serve({ port, news, address, version }: ReaderStart): void {
  const asker = new RemoteAsker(address)
  const running = new Map<number, AbortController>()
  const tell = (): void => {
    // After the message was posted, so that whoever sees the new number finds the message.
    Atomics.add(news, 0, 1)
    Atomics.notify(news, 0)
  }
  const read = async (id: number, from: number, to: number): Promise<void> => {
    const controller = new AbortController()
    running.set(id, controller)
    const bytes = new Uint8Array(to - from)
    let failure: RemoteFailure | undefined
    try {
      await asker.read(version, from, bytes, controller.signal, tell)
    } catch (thrown) {
      failure = plainFailure(networkFailure(thrown))
    }
    running.delete(id)
    if (controller.signal.aborted) return
    const answer: RangeAnswer = failure === undefined ? { id, bytes, failure } : { id, bytes: undefined, failure }
    port.postMessage(answer, failure === undefined ? [bytes.buffer] : [])
    tell()
  }
  port.on('message', ({ id, from, to }: RangeOrder) => {
    if (to === undefined) running.get(id)?.abort()
    else void read(id, from, to)
  })
  // The lane has closed its data.
  port.on('close', () => {
    for (const controller of running.values()) controller.abort()
  })
}
