// A local server for tests of remote data; see remote-server-program.js.

import { EventEmitter, once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** What the server does with one request, in place of answering well. */
export interface Deed {
  /** Answer with this status, and with an error page. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Have these bytes in place of the file's. */
  readonly bytes?: Uint8Array
  /** Answer with the whole, status 200. */
  readonly whole?: boolean
  /** Give a range that begins so many bytes later. */
  readonly shift?: number
  /** Give at most so many bytes, and say so. */
  readonly most?: number
  /** The `Content-Range`, whatever is given. */
  readonly range?: string
  /** The length of the whole that is said. */
  readonly length?: number
  /** Say that the length of the whole is not known. */
  readonly unknown?: boolean
  /** End the connection after so many bytes of the body. */
  readonly cut?: number
  /** Send nothing more after so many bytes of the body. */
  readonly stall?: number
  /** Answer nothing at all. */
  readonly silent?: boolean
  /** End the connection at once. */
  readonly reset?: boolean
  /** Send so many bytes more than the range has. */
  readonly extra?: number
  readonly etag?: string | undefined
  readonly modified?: string | undefined
}

export interface RemoteFile {
  readonly bytes: Uint8Array
  readonly etag?: string | undefined
  readonly modified?: string | undefined
  /** Each request takes the next one. */
  readonly deeds?: readonly Deed[]
  /** For the requests that have no deed. */
  readonly always?: Deed | undefined
}

/** A request that the server got. */
export interface AskedRequest {
  readonly path: string
  readonly method: string
  readonly host: string
  readonly headers: Readonly<Record<string, string>>
}

export class RemoteServer {
  readonly origin: string
  /** The same server at another origin. */
  readonly otherOrigin: string
  readonly #worker: Worker
  readonly #events = new EventEmitter()
  #count = 0

  readonly #gone: Promise<unknown>

  constructor(worker: Worker, [port, otherPort]: readonly [number, number]) {
    this.#worker = worker
    this.#gone = once(worker, 'exit')
    this.origin = `http://127.0.0.1:${port}`
    this.otherOrigin = `http://127.0.0.1:${otherPort}`
    worker.on('message', ({ id, result, asked }) => {
      if (asked !== undefined) this.#events.emit('asked', asked)
      else this.#events.emit(`reply ${id}`, result)
    })
  }

  /** Serve a file, or change what was said of it. Returns its URL. */
  async set(path: string, file: Partial<RemoteFile>): Promise<string> {
    await this.#order({ path, set: file })
    return this.origin + path
  }

  /** The requests since the last call. */
  async asked(): Promise<AskedRequest[]> {
    return (await this.#order({ take: true })) as AskedRequest[]
  }

  /** Wait for the next request. */
  async nextRequest(): Promise<string> {
    const [path] = await once(this.#events, 'asked')
    return path
  }

  /** End it, and all its connections. May be called twice. */
  async close(): Promise<void> {
    this.#worker.postMessage({ close: true })
    await this.#gone
  }

  async #order(order: object): Promise<unknown> {
    const id = this.#count++
    const reply = once(this.#events, `reply ${id}`)
    this.#worker.postMessage({ id, ...order })
    const [result] = await reply
    return result
  }
}

/** @param port - of its first origin; 0: any that is free */
export async function startRemoteServer(port: number = 0): Promise<RemoteServer> {
  const worker = new Worker(new URL('./remote-server-program.js', import.meta.url), { workerData: { port } })
  const [{ ports }] = await once(worker, 'message')
  return new RemoteServer(worker, ports)
}
