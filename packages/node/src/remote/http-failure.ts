// Why one request to a server has failed, and whether another try may help.

import { isError, memberOf } from '@onecopy/core/lane'
import type { RemoteFailure } from './contract.js'

interface FailureDetails {
  readonly isChange?: boolean
  /** Another try may help. */
  readonly isTemporary?: boolean
  readonly code?: string
  readonly status?: number
  /** How long the server asks to wait before the next try, in ms. */
  readonly waitMs?: number | undefined
}

/** One request has failed. */
export class HttpFailure extends Error implements RemoteFailure {
  readonly why: string
  readonly isChange: boolean
  readonly isTemporary: boolean
  readonly code: string | undefined
  readonly status: number | undefined
  readonly waitMs: number | undefined

  constructor(why: string, { isChange = false, isTemporary = false, code, status, waitMs }: FailureDetails = {}) {
    super(why)
    this.why = why
    this.isChange = isChange
    this.isTemporary = isTemporary
    this.code = code
    this.status = status
    this.waitMs = waitMs
  }
}

/** The failure as plain data, for another thread. */
export function plainFailure({ isChange, why, code, status }: RemoteFailure): RemoteFailure {
  return { isChange, why, code, status }
}

/** What a server has answered, as a failure. */
export function statusFailure({ status, statusText, headers }: Response, isOpened: boolean): HttpFailure {
  const answer = `the server answered ${status}${statusText === '' ? '' : ` ${statusText}`}`
  const details = { code: 'ERR_HTTP_STATUS', status }
  if (isOpened && (status === 404 || status === 410)) {
    return new HttpFailure(`it cannot be found any more: ${answer}`, { ...details, isChange: true })
  }
  if (isOpened && status === 416) return new HttpFailure(`it is shorter now: ${answer}`, { ...details, isChange: true })
  if (isOpened && status === 412) return new HttpFailure(`it has changed: ${answer}`, { ...details, isChange: true })
  const isTemporary =
    status === 408 || status === 425 || status === 429 || (status >= 500 && status !== 501 && status !== 505)
  const waitMs = retryAfter(headers.get('retry-after'))
  if (isTemporary && waitMs !== undefined && waitMs > longestWaitMs) {
    return new HttpFailure(`${answer}, and asks to wait ${Math.ceil(waitMs / 1000)} s, which is too long`, details)
  }
  const cure = status === 401 || status === 403 ? '; a signed URL may have expired, or headers are missing' : ''
  return new HttpFailure(`${answer}${cure}`, { ...details, isTemporary, waitMs })
}

/** The longest wait that a server may ask for, in ms. */
export const longestWaitMs = 60_000

/** Milliseconds, from seconds or from a date. */
function retryAfter(text: string | null): number | undefined {
  if (text === null) return undefined
  if (/^\d+$/.test(text.trim())) return Number(text) * 1000
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now())
}

/** What `fetch` has thrown, as a failure. Its own text may hold the URL, and is not shown. */
export function networkFailure(thrown: unknown): HttpFailure {
  if (thrown instanceof HttpFailure) return thrown
  // `fetch` says only that it failed; its cause says why.
  for (let at = thrown, depth = 0; isError(at) && depth < 5; at = at.cause, depth++) {
    const inner = memberOf(at, 'errors')
    const first = Array.isArray(inner) ? inner.find(isError) : undefined
    for (const each of [at, first]) {
      const code = each === undefined ? undefined : memberOf(each, 'code')
      if (typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code)) {
        return new HttpFailure(`the connection failed (${code})`, { isTemporary: !isLasting(code), code })
      }
    }
    if (at.message === 'bad port') {
      return new HttpFailure('fetch refuses its port, which is known as that of another protocol', {
        code: 'ERR_BAD_PORT',
      })
    }
  }
  return new HttpFailure('the connection failed', { isTemporary: true })
}

/** Another try does not help if there is no such host, or its certificate is wrong. */
function isLasting(code: string): boolean {
  return code === 'ENOTFOUND' || /CERT|SELF_SIGNED|^ERR_TLS|^ERR_INVALID|^UND_ERR_INVALID/.test(code)
}
