// Reads the bytes of a stream, whatever kind of stream it is: one of Node, one of the web, the body of a response, or any async iterable.

import { isError } from '../base/built-in.js'
import { isThenable, show } from '../base/check.js'
import { isOnecopyError, OnecopyError } from '../base/errors.js'
import { memberOf } from '../base/own-members.js'
import { TextPieces } from '../base/text-pieces.js'
import type { Arrivals } from './contract.js'

/** The part of a `ReadableStream` of the web that is used. */
export interface WebStreamLike {
  /** Lock the stream, and read it. */
  getReader(): WebReaderLike
}

/** The part of the reader of a `ReadableStream` that is used. */
export interface WebReaderLike {
  /** The next piece. */
  read(): Promise<{
    /** Whether there is none any more. */
    readonly done: boolean
    /** The piece. */
    readonly value?: unknown
  }>
  /** Close the stream. */
  cancel(reason?: unknown): Promise<unknown>
}

/** The part of a `Response` that is used. */
export interface ResponseLike {
  /** Whether the status is one of success. */
  readonly ok: boolean
  /** The number of the status. */
  readonly status: number
  /** Whether the body has been read. */
  readonly bodyUsed: boolean
  /** The bytes; null if there are none. */
  readonly body: WebStreamLike | null
  /** What the server says about the body. */
  readonly headers: {
    /** The value of a header; null if there is none. */
    get(name: string): string | null
  }
}

/**
 * What `stream` reads: a stream of Node, a `ReadableStream` of the web, a `Response`, or anything that `for await` reads. It gives bytes:
 * typed arrays and buffers. Text becomes UTF-8.
 */
export type StreamSource = AsyncIterable<unknown> | WebStreamLike | ResponseLike

/** The part of a stream of Node that is used besides its iterator. */
interface NodeStreamLike extends AsyncIterable<unknown> {
  readonly destroyed?: boolean
  readonly readableEnded?: boolean
  destroy?(): void
}

/** Gives the pieces of one source as they are. */
interface Pieces {
  next(): Promise<Piece>
  cancel(reason: unknown): void
}

interface Piece {
  readonly done?: boolean | undefined
  readonly value?: unknown
}

/**
 * Return `source` if it can be read.
 *
 * @throws {TypeError} it is no stream of bytes
 */
export function checkSource(source: unknown): StreamSource {
  if (typeof source !== 'object' || source === null) throw notAStream(source)
  if (isResponse(source)) {
    if (source.ok) return source
    throw new TypeError(
      `source: expected a response of success, got one with status ${source.status}; check response.ok first`,
    )
  }
  if (isWebStream(source) || isIterable(source)) return source
  throw notAStream(source)
}

function notAStream(source: unknown): TypeError {
  return new TypeError(
    `source: expected a readable stream, a Response or an async iterable of bytes, got ${show(source)}${cureOf(source)}`,
  )
}

function cureOf(source: unknown): string {
  if (typeof source === 'string') return '; for text: share(text), for a file: file(path) or createReadStream(path)'
  if (isThenable(source)) return '; await it'
  if (ArrayBuffer.isView(source) || Array.isArray(source)) return '; for data that is there already: share(data)'
  const isBlob = typeof source === 'object' && source !== null && typeof memberOf(source, 'stream') === 'function'
  return isBlob ? '; give blob.stream()' : ''
}

function isResponse(source: object): source is ResponseLike {
  const headers = memberOf(source, 'headers')
  return 'body' in source && typeof headers === 'object' && headers !== null && 'ok' in source
}

function isWebStream(source: object): source is WebStreamLike {
  return typeof memberOf(source, 'getReader') === 'function'
}

function isIterable(source: object): source is NodeStreamLike {
  return typeof memberOf(source, Symbol.asyncIterator) === 'function'
}

/**
 * Begin to read a source.
 *
 * @param before - how many bytes have arrived from others before it, for messages
 */
export function readSource(source: StreamSource, before: number = 0): Arrivals {
  return new SourceArrivals(source, before)
}

class SourceArrivals implements Arrivals {
  readonly #pieces: Pieces
  /** How many bytes a server has promised. */
  readonly #promised: number | undefined
  readonly #before: number
  #arrived = 0
  #isOver = false
  readonly #text = new TextPieces()

  constructor(source: StreamSource, before: number) {
    this.#before = before
    this.#promised = isResponse(source) ? promisedBytes(source) : undefined
    this.#pieces = piecesOf(source)
  }

  async next(): Promise<Uint8Array | undefined> {
    if (this.#isOver) return undefined
    const { done, value } = await this.#nextPiece()
    if (done) {
      this.#isOver = true
      const rest = this.#text.end()
      if (rest.length > 0) return rest
      this.#checkLength()
      return undefined
    }
    const bytes = this.#bytesOf(value)
    this.#arrived += bytes.length
    return bytes
  }

  #bytesOf(value: unknown): Uint8Array {
    if (typeof value === 'string') return this.#text.encode(value)
    try {
      const bytes = bytesOf(value)
      if (bytes !== undefined) return behind(this.#text.end(), bytes)
    } catch (cause) {
      throw this.#unfit(value, cause)
    }
    throw this.#unfit(value, undefined)
  }

  #unfit(value: unknown, cause: unknown): OnecopyError {
    const why = cause === undefined ? '' : ` (${textOf(cause)})`
    const message = `the stream gave ${show(value)}${why} behind byte ${this.#before + this.#arrived}`
    return failed(`${message}; expected bytes (a Uint8Array or a Buffer) or text`, cause)
  }

  async #nextPiece(): Promise<Piece> {
    try {
      return await this.#pieces.next()
    } catch (cause) {
      this.#isOver = true
      // It says itself what is wrong, such as that what was to be decompressed is damaged.
      if (isOnecopyError(cause)) throw cause
      throw failed(`the stream failed behind byte ${this.#before + this.#arrived}: ${textOf(cause)}`, cause)
    }
  }

  cancel(reason: unknown): void {
    if (this.#isOver) return
    this.#isOver = true
    try {
      this.#pieces.cancel(reason)
    } catch {
      // A source that cannot be closed has nothing else to give.
    }
  }

  #checkLength(): void {
    if (this.#promised === undefined || this.#arrived >= this.#promised) return
    throw failed(
      `the response ended after ${this.#arrived} bytes, and its server had promised ${this.#promised} (content-length)`,
      undefined,
    )
  }
}

function failed(message: string, cause: unknown): OnecopyError {
  return new OnecopyError('ERR_SOURCE_FAILED', message, cause === undefined ? {} : { cause })
}

function textOf(cause: unknown): string {
  return isError(cause) ? cause.message : show(cause)
}

/** `rest` and `bytes`, where `rest` is mostly empty. */
function behind(rest: Uint8Array, bytes: Uint8Array): Uint8Array {
  if (rest.length === 0) return bytes
  const both = new Uint8Array(rest.length + bytes.length)
  both.set(rest)
  both.set(bytes, rest.length)
  return both
}

/** @throws {TypeError} its memory was transferred to another thread */
function bytesOf(value: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  const isBuffer = Object.prototype.toString.call(value) === '[object ArrayBuffer]'
  // `as`: the tag says it, and the constructor checks it.
  return isBuffer ? new Uint8Array(value as ArrayBuffer) : undefined
}

/** The length that a response has promised; undefined if it says none, or the one of what was compressed. */
function promisedBytes({ headers }: ResponseLike): number | undefined {
  const text = headers.get('content-length')
  if (text === null || !/^\d+$/.test(text) || headers.get('content-encoding') !== null) return undefined
  return Number(text)
}

function piecesOf(source: StreamSource): Pieces {
  if (isResponse(source)) {
    if (source.bodyUsed) throw wasRead('the body of the response')
    return source.body === null ? noPieces : piecesOf(source.body)
  }
  // A stream of Node may have both ways. Its own one can be ended at any time.
  if (isWebStream(source)) return webPieces(source)
  return nodePieces(source)
}

const noPieces: Pieces = { next: async () => ({ done: true }), cancel: () => {} }

function webPieces(stream: WebStreamLike): Pieces {
  let reader: WebReaderLike
  try {
    reader = stream.getReader()
  } catch (cause) {
    throw failed(`the stream cannot be read: ${textOf(cause)}`, cause)
  }
  return {
    next: () => reader.read(),
    cancel: (reason) => {
      const closing: unknown = reader.cancel(reason)
      if (isThenable(closing)) closing.then(undefined, () => {})
    },
  }
}

function nodePieces(stream: NodeStreamLike): Pieces {
  if (memberOf(stream, 'readableEnded') === true || memberOf(stream, 'destroyed') === true) throw wasRead('the stream')
  let iterator: AsyncIterator<unknown>
  try {
    iterator = stream[Symbol.asyncIterator]()
  } catch (cause) {
    throw failed(`the stream cannot be read: ${textOf(cause)}`, cause)
  }
  return {
    // The iterator may be no generator, and throw instead of rejecting.
    next: async () => {
      const step: unknown = await iterator.next()
      if (typeof step === 'object' && step !== null) return step
      throw new TypeError(`its iterator gave ${show(step)}`)
    },
    cancel: () => {
      // Without a reason: the stream would emit an error, which nobody may listen for.
      const destroy = memberOf(stream, 'destroy')
      if (typeof destroy === 'function') destroy.call(stream)
      // An async generator that waits for something returns only after that, so nobody waits for it.
      else void leave(iterator)
    },
  }
}

/** Tell an iterator that nobody goes on with it. */
export async function leave(iterator: AsyncIterator<unknown> | Iterator<unknown>): Promise<void> {
  try {
    await iterator.return?.()
  } catch {
    // What it throws while it is left does not matter to anybody.
  }
}

function wasRead(what: string): OnecopyError {
  return failed(`${what} has been read or closed before this run; a stream can be read only once`, undefined)
}
