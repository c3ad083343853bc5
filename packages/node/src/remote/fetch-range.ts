// Reads a range of bytes from a server: asks, checks the answer, and asks again if that may help.
//
// Methods: RFC 9110, section 14 (range requests) and section 13.1.5 (If-Range).

import { clearTimeout, setTimeout } from '../clock.js'
import type { RemoteAddress, RemoteVersion } from './contract.js'
import { HttpFailure, networkFailure, statusFailure } from './http-failure.js'
import { redirected } from './location.js'

/** The answer to one request, before its body is read. */
interface Answer {
  readonly response: Response
  /** Something came from the server: it gets its time anew. */
  alive(): void
}

/** Asks one server for ranges of one address. */
export class RemoteAsker {
  readonly #address: RemoteAddress
  readonly #origin: string
  /** Where the redirects have led. A signed location may expire. */
  #location: string

  constructor(address: RemoteAddress) {
    this.#address = address
    this.#origin = new URL(address.url).origin
    this.#location = address.location
  }

  get location(): string {
    return this.#location
  }

  /**
   * Learn how long the data is, and which version of it there is.
   *
   * @throws {HttpFailure} the server does not say that, or does not serve ranges
   */
  look(signal: AbortSignal | undefined): Promise<RemoteVersion> {
    // A request of the method HEAD would not do: a signed URL is for one method, and some servers promise ranges that they do not serve.
    return this.#persist(signal, () =>
      this.#ask('bytes=0-0', undefined, signal, async ({ response }) => versionOf(response)),
    )
  }

  /**
   * Check that the server still has this version.
   *
   * @throws {HttpFailure} it has not
   */
  async check(version: RemoteVersion, signal: AbortSignal): Promise<void> {
    await this.#persist(signal, () =>
      this.#ask('bytes=0-0', version, signal, async ({ response }) => {
        if (version.byteLength > 0) checkPart(response, 0, 1, version)
        else if (versionOf(response).byteLength > 0) throw changed('it is not empty any more')
      }),
    )
  }

  /**
   * Read the bytes from `from` on into `into`.
   *
   * @param onProgress - is called whenever something has happened
   * @throws {HttpFailure} they cannot be read
   */
  async read(
    version: RemoteVersion,
    from: number,
    into: Uint8Array,
    signal: AbortSignal,
    onProgress: () => void,
  ): Promise<void> {
    let done = 0
    const attempt = (): Promise<void> => {
      onProgress()
      const [start, end] = [from + done, from + into.length]
      return this.#ask(`bytes=${start}-${end - 1}`, version, signal, async ({ response, alive }) => {
        const partEnd = checkPart(response, start, end, version)
        // `!`: this status has a body. A body without one gives nothing.
        const body = response.body as AsyncIterable<Uint8Array> | null
        for await (const piece of body ?? []) {
          if (from + done + piece.length > partEnd)
            throw new HttpFailure('the server sent more bytes than it announced')
          into.set(piece, done)
          done += piece.length
          alive()
          onProgress()
        }
        if (from + done < partEnd) {
          throw new HttpFailure(`the answer was cut off at byte ${from + done}, before ${end}`, { isTemporary: true })
        }
      })
    }
    // A server may give less than it was asked for, if it says so. That is no failure.
    while (done < into.length) await this.#persist(signal, attempt)
  }

  /** Try, and try again as often as may be. */
  async #persist<R>(signal: AbortSignal | undefined, attempt: () => Promise<R>): Promise<R> {
    for (let tries = 0; ; tries++) {
      try {
        return await attempt()
      } catch (thrown) {
        signal?.throwIfAborted()
        const failure = networkFailure(thrown)
        if (this.#location !== this.#address.url && [401, 403, 404, 410].includes(failure.status ?? 0)) {
          // The place that a redirect named may be for a short time only.
          this.#location = this.#address.url
          continue
        }
        if (!failure.isTemporary) throw failure
        if (tries >= this.#address.retries) {
          const { why, code, status } = failure
          const times = tries === 0 ? '' : ` (after ${tries + 1} tries)`
          throw new HttpFailure(`${why}${times}`, {
            ...(code === undefined ? {} : { code }),
            ...(status === undefined ? {} : { status }),
          })
        }
        await pause(failure.waitMs ?? backOff(tries), signal)
      }
    }
  }

  /** Make one request, following redirects, and let `take` read the answer. */
  async #ask<R>(
    range: string,
    version: RemoteVersion | undefined,
    signal: AbortSignal | undefined,
    take: (answer: Answer) => Promise<R>,
  ): Promise<R> {
    const { timeoutMs } = this.#address
    const controller = new AbortController()
    const stop = (): void => controller.abort()
    signal?.throwIfAborted()
    signal?.addEventListener('abort', stop, { once: true })
    let isLate = false
    let timer: NodeJS.Timeout | undefined
    const alive = (): void => {
      clearTimeout(timer)
      timer = setTimeout(() => {
        isLate = true
        controller.abort()
      }, timeoutMs)
    }
    let response: Response | undefined
    try {
      let url = new URL(this.#location)
      for (let count = 0; ; count++) {
        alive()
        response = await fetch(url, {
          headers: this.#headers(url, range, version),
          redirect: 'manual',
          signal: controller.signal,
        })
        if (![301, 302, 303, 307, 308].includes(response.status)) break
        const next = redirected(url, response.headers.get('location'), count)
        await discard(response)
        url = next
      }
      alive()
      checkEncoding(response)
      const taken = await take({ response, alive })
      this.#location = url.href
      return taken
    } catch (thrown) {
      if (isLate) throw new HttpFailure(`the server sent nothing for ${timeoutMs} ms`, { isTemporary: true })
      throw thrown
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
      if (response !== undefined) await discard(response)
    }
  }

  #headers(url: URL, range: string, version: RemoteVersion | undefined): Headers {
    const headers = new Headers()
    // What the user gave may be a secret, and is for the server that the user named.
    if (url.origin === this.#origin) for (const [name, value] of this.#address.headers) headers.append(name, value)
    headers.set('accept-encoding', 'identity')
    headers.set('range', range)
    const condition = version?.etag ?? version?.lastModified
    if (condition !== undefined) headers.set('if-range', condition)
    return headers
  }
}

/** Read no more of an answer, and let its connection go. */
async function discard({ body, bodyUsed }: Response): Promise<void> {
  if (body === null || bodyUsed || body.locked) return
  // A connection that has failed meanwhile is gone already.
  await body.cancel().catch(() => {})
}

/** Bytes that were compressed on the way are other bytes than those that the range names. */
function checkEncoding({ headers }: Response): void {
  const encoding = headers.get('content-encoding')
  if (encoding === null || encoding === '' || encoding.toLowerCase() === 'identity') return
  throw new HttpFailure(`the server sends it encoded as ${encoding.slice(0, 40)}, although it was asked not to`)
}

function changed(why: string): HttpFailure {
  return new HttpFailure(why, { isChange: true })
}

/** The range in an answer of status 206, `[start, end)`, and the length of the whole; undefined if the server does not know that. */
function rangeOf({ headers }: Response): { start: number; end: number; whole: number | undefined } {
  const text = headers.get('content-range') ?? ''
  const [, first, last, whole] = /^bytes (\d{1,16})-(\d{1,16})\/(\d{1,16}|\*)$/i.exec(text.trim()) ?? []
  if (first === undefined) {
    const shown = text === '' ? 'without saying which part it is' : `with the range ${text.slice(0, 60)}`
    throw new HttpFailure(`the server answers ${shown}`)
  }
  return { start: Number(first), end: Number(last) + 1, whole: whole === '*' ? undefined : Number(whole) }
}

/** What the answer to the very first request says. */
function versionOf(response: Response): RemoteVersion {
  const { status, headers } = response
  const etag = headers.get('etag') ?? undefined
  const version = {
    etag: etag !== undefined && /^"[^"]*"$/.test(etag) ? etag : undefined,
    lastModified: headers.get('last-modified') ?? undefined,
  }
  const isEmpty =
    (status === 416 && /^bytes \*\/0$/.test(headers.get('content-range') ?? '')) ||
    (status === 200 && headers.get('content-length') === '0')
  if (isEmpty) return { ...version, byteLength: 0 }
  if (status === 200) {
    throw new HttpFailure(
      'the server does not serve ranges, only the whole; read it into memory: load((await fetch(url)).body)',
      { code: 'ERR_HTTP_NO_RANGES', status },
    )
  }
  if (status !== 206) throw statusFailure(response, false)
  const { start, end, whole } = rangeOf(response)
  if (start !== 0 || end !== 1)
    throw new HttpFailure(`the server was asked for byte 0, and gave bytes ${start} to ${end}`)
  if (whole === undefined) {
    throw new HttpFailure(
      'the server does not know how long it is; read it into memory: load((await fetch(url)).body)',
      { code: 'ERR_HTTP_NO_RANGES', status },
    )
  }
  if (whole === 0 || !Number.isSafeInteger(whole)) {
    throw new HttpFailure(`the server gave byte 0, and says that there are ${whole} bytes, which cannot be`)
  }
  if (version.etag === undefined && version.lastModified === undefined) {
    throw new HttpFailure(
      'the server gives neither a strong ETag nor a Last-Modified, so a change could not be noticed; ' +
        'read it into memory: load((await fetch(url)).body)',
      { code: 'ERR_HTTP_NO_VERSION', status },
    )
  }
  return { ...version, byteLength: whole }
}

/**
 * Check an answer that should have the bytes `[start, end)` or the first of them. Returns where its bytes end.
 *
 * @throws {HttpFailure} it has others, or is of another version
 */
function checkPart(response: Response, start: number, end: number, version: RemoteVersion): number {
  const { status, headers } = response
  const [etag, lastModified] = [headers.get('etag'), headers.get('last-modified')]
  const isOther =
    (version.etag !== undefined && etag !== version.etag) ||
    (version.lastModified !== undefined && lastModified !== null && lastModified !== version.lastModified)
  // The condition of the request did not hold, so the server gives the whole of what it has now.
  if (status === 200) {
    if (isOther) throw changed('it has changed')
    throw new HttpFailure('the server does not serve ranges any more', { status })
  }
  if (status !== 206) throw statusFailure(response, true)
  if (isOther) throw changed('it has changed')
  const part = rangeOf(response)
  if (part.whole !== undefined && part.whole !== version.byteLength) {
    throw changed(`it had ${version.byteLength} bytes, and has ${part.whole} now`)
  }
  if (part.start === start && part.end > start && part.end <= end) return part.end
  throw new HttpFailure(
    `the server was asked for bytes ${start} to ${end}, and gave ${part.start} to ${part.end} (end not included)`,
  )
}

/** How long to wait before the next try, in ms: twice as long each time, and never exactly as long as others. */
function backOff(tries: number): number {
  return Math.min(5000, 200 * 2 ** tries) * (0.5 + Math.random() / 2)
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal?.addEventListener('abort', stop, { once: true })
  })
}
