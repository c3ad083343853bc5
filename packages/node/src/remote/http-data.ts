// Data on an HTTP server: workers read it range by range, and nobody holds it whole.

import type { DataReader, ElementsOf, SharedData, TypedArray, TypedArrayConstructor } from '@onecopy/core'
import { checkCount, checkInteger, defineOwn, memberOf, readOptions, show } from '@onecopy/core/lane'
import { type FileRangeOptions, locate, readWish } from '../files/range.js'
import { errorOf, type HttpDescription, type RemoteAddress } from './contract.js'
import { RemoteAsker } from './fetch-range.js'
import { type HttpFailure, networkFailure } from './http-failure.js'
import { HttpReader } from './http-reader.js'
import { readLocation, shownUrl } from './location.js'

/** How {@link http} asks the server, and which part of it is the data. */
export interface HttpOptions extends FileRangeOptions {
  /**
   * Headers of each request, such as `authorization`. They are sent to the origin of the URL only, and not to where it redirects. `range`,
   * `if-range` and `accept-encoding` are set by the source itself.
   *
   * @default none
   */
  readonly headers?: Readonly<Record<string, string>> | Headers | readonly (readonly [string, string])[] | undefined
  /**
   * The most bytes that the data may have; integer >= 0. More are refused before anything is read.
   *
   * @default no limit
   */
  readonly most?: number | undefined
  /**
   * How often a request is made again if the connection fails, is cut off or stalls, or the server answers 429 or 5xx; integer from 0
   * to 100. The waits double from 0.2 s to 5 s. `Retry-After` is respected up to 60 s.
   *
   * @default 4
   */
  readonly retries?: number | undefined
  /**
   * How long the server may send nothing, in ms; integer from 1 to 2^31 - 1. Then the request counts as failed.
   *
   * @default 30_000
   */
  readonly timeoutMs?: number | undefined
  /**
   * How many ranges of at most 2 MiB each worker reads at the same time; integer from 1 to 64. Each worker holds at
   * most twice so many, and three more.
   *
   * @default 4
   */
  readonly connections?: number | undefined
  /** Ends the opening. A run is ended by its own `signal`. */
  readonly signal?: AbortSignal | undefined
}

const optionNames = [
  'offset',
  'start',
  'end',
  'headers',
  'most',
  'retries',
  'timeoutMs',
  'connections',
  'signal',
] as const

/** Data on an HTTP server, or a part of it, that workers read range by range. Made by {@link http}. */
export class HttpData<T extends TypedArray = Uint8Array> implements SharedData<T> {
  readonly elementType: string
  /** The URL without name, password and query, because they may be secrets. */
  readonly url: string
  /** Number of elements. */
  readonly length: number
  readonly byteLength: number
  readonly #description: HttpDescription

  /** @internal `http` makes it */
  constructor(description: HttpDescription) {
    this.elementType = description.elementType
    this.url = description.name
    this.length = description.length
    this.byteLength = description.byteLength
    this.#description = description
  }

  /** The version on the server (its `ETag`, or else `Last-Modified`), and which of its bytes belong to the data. */
  get identity(): string {
    const { byteOffset, byteLength, version } = this.#description
    const { etag, lastModified = 'unknown' } = version
    const which = etag === undefined ? `modified ${lastModified}` : `ETag ${etag}`
    return `bytes ${byteOffset} to ${byteOffset + byteLength} of ${version.byteLength}, ${which}`
  }

  /** @internal */
  describe(): HttpDescription {
    return this.#description
  }

  /** @internal */
  open(): DataReader<T> {
    // `as`: the reader makes elements of the kind that the description names.
    return new HttpReader(this.#description) as DataReader<TypedArray> as DataReader<T>
  }

  /** @internal */
  async assertUnchanged(stopped?: Promise<void>): Promise<void> {
    const { address, version, name } = this.#description
    const controller = new AbortController()
    void stopped?.then(() => controller.abort())
    try {
      await new RemoteAsker(address).check(version, controller.signal)
    } catch (thrown) {
      throw errorOf(networkFailure(thrown), name)
    }
  }
}

/**
 * Use a file on an HTTP server as data, without reading it first. Each worker asks for the ranges that it runs, some ahead, so memory
 * stays constant. Signed URLs, such as those of S3, work: only `GET` is used.
 *
 * The server must serve ranges, and must say which version it has: a strong `ETag` or `Last-Modified`. If the data changes before a run or
 * during it, the run rejects with `ERR_DATA_CHANGED`. Redirects are followed to `http:` and `https:` only, never from `https:` to `http:`,
 * and at most 5 times.
 *
 * A run whose server fails for longer than the retries last rejects with the error itself; `path` is the URL. Messages never show the name,
 * the password, the headers or the query of the URL.
 *
 * Without `Elements` the data is bytes. `Float64Array` and the like make it numbers, in the byte order of this machine.
 *
 * @param url - an `http:` or `https:` URL
 * @param Elements - the type of the elements; default `Uint8Array`
 * @throws {TypeError} `url` is no such URL, an option is of the wrong type, or `Elements` is not the constructor of a typed array
 * @throws {RangeError} the range is not inside the data; there is no `end`, and the bytes are not a whole number of elements; the data has
 *   more than `most` bytes; or an option is out of range
 * @throws {Error} the server cannot be reached, refuses, or serves no ranges. `code` is the system's (`'ECONNREFUSED'`), or
 *   `'ERR_HTTP_STATUS'` (with `status`), `'ERR_HTTP_NO_RANGES'` or `'ERR_HTTP_NO_VERSION'`
 * @example const lines = await engine.run(await http('https://example.org/access.log'), countLines)
 * @example const prices = await http(signedUrl, Float64Array, { offset: 128, most: 2 ** 40 })
 */
export function http<T extends TypedArray>(
  url: string | URL,
  Elements: TypedArrayConstructor<T>,
  options?: HttpOptions,
): Promise<HttpData<ElementsOf<T>>>
export function http(url: string | URL, options?: HttpOptions): Promise<HttpData>
export async function http(url: unknown, second?: unknown, third?: unknown): Promise<HttpData<TypedArray>> {
  checkCount('http', 3, arguments.length)
  const isOptions = typeof second === 'object' && second !== null
  if (isOptions && third !== undefined) readWish(second, third)
  // `as`: what is in it is checked here.
  const given = readOptions('options', (isOptions ? second : third) as HttpOptions | undefined, optionNames)
  const { offset, start, end, most, retries = 4, timeoutMs = 30_000, connections = 4, signal } = given
  const wish = readWish(isOptions ? Uint8Array : second, { offset, start, end })
  if (most !== undefined) checkInteger('most', most, 0)
  checkInteger('retries', retries, 0, 100)
  checkInteger('timeoutMs', timeoutMs, 1, 2 ** 31 - 1)
  checkInteger('connections', connections, 1, 64)
  checkSignal(signal)
  const { url: plain, authorization } = readLocation(url)
  const headers = readHeaders(given.headers)
  if (authorization !== undefined) headers.set('authorization', authorization)
  signal?.throwIfAborted()
  const asked: RemoteAddress = { url: plain, location: plain, headers: [...headers], retries, timeoutMs }
  const asker = new RemoteAsker(asked)
  const name = shownUrl(plain)
  const version = await asker.look(signal).catch((thrown) => {
    signal?.throwIfAborted()
    throw openingError(name, networkFailure(thrown))
  })
  const range = locate(name, version.byteLength, wish)
  if (most !== undefined && range.byteLength > most) {
    throw new RangeError(`most: ${show(name)} has ${range.byteLength} bytes, which is more than ${most}`)
  }
  const address = { ...asked, location: asker.location }
  return new HttpData({ kind: 'http', address, version, name, connections, ...range })
}

/** Checks the members that are used and not the class, because a signal may come from another realm. */
function checkSignal(signal: unknown): void {
  if (signal === undefined) return
  const isSignal =
    typeof signal === 'object' &&
    signal !== null &&
    ['throwIfAborted', 'addEventListener', 'removeEventListener'].every(
      (name) => typeof memberOf(signal, name) === 'function',
    )
  if (!isSignal) throw new TypeError(`signal: expected an AbortSignal, got ${show(signal)}`)
}

function openingError(name: string, { why, code, status }: HttpFailure): Error {
  const error = new Error(`url: cannot open ${JSON.stringify(name)}: ${why}`)
  for (const [key, value] of Object.entries({ code, status })) if (value !== undefined) defineOwn(error, key, value)
  return error
}

/** Headers that say which bytes are sent, and how. */
const ownHeaders = ['range', 'if-range', 'if-match', 'if-none-match', 'accept-encoding', 'content-length', 'host']

function readHeaders(given: HttpOptions['headers']): Headers {
  let headers: Headers
  try {
    // `as`: the constructor checks it.
    headers = new Headers(given as ConstructorParameters<typeof Headers>[0])
  } catch {
    // The error of the constructor may show a secret value.
    throw new TypeError(`headers: expected names and values of HTTP headers, got ${show(given)}`)
  }
  const own = ownHeaders.find((each) => headers.has(each))
  if (own !== undefined) throw new TypeError(`headers: ${own} is set by http() itself`)
  return headers
}
