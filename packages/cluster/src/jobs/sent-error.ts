// Errors on their way through the queue: as plain data, of limited length, and as errors again.

import { type ErrorCode, errorCodes, isOnecopyError, OnecopyError } from '@onecopy/core'
import { isError, memberOf } from '@onecopy/core/lane'
import type { SentError, SentFailure } from './contract.js'

/** At most this many causes are sent. */
const mostCauses = 5
/** At most this many characters of a text are sent. */
const longest = 4000

/** A failure as plain data. */
export function describeFailure(error: unknown): SentFailure {
  if (!isOnecopyError(error)) {
    return {
      code: 'ERR_CHUNK_FAILED',
      message: describeError(error, 0).message,
      cause: describeError(error, mostCauses),
    }
  }
  const { code, message, chunk, cause } = error
  return {
    code,
    message: cut(message),
    chunk,
    cause: cause === undefined ? undefined : describeError(cause, mostCauses),
  }
}

function describeError(thrown: unknown, causes: number): SentError {
  if (!isError(thrown)) return { name: 'Error', message: cut(String(thrown)) }
  const { name, message, stack, cause } = thrown
  const code = memberOf(thrown as { code?: unknown }, 'code')
  return {
    name: cut(String(name)),
    message: cut(String(message)),
    code: typeof code === 'string' ? cut(code) : undefined,
    stack: stack === undefined ? undefined : cut(String(stack)),
    cause: cause === undefined || causes === 0 ? undefined : describeError(cause, causes - 1),
  }
}

function cut(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}

/** The failure as the error that a run rejects with. What came through the queue is not trusted to be a failure. */
export function reviveFailure(sent: SentFailure): OnecopyError {
  const { code, message, chunk, cause } = sent
  const isKnown = errorCodes.includes(code as ErrorCode)
  const isChunk = [chunk?.index, chunk?.start, chunk?.end].every(Number.isSafeInteger)
  return new OnecopyError(isKnown ? code : 'ERR_CHUNK_FAILED', String(message), {
    ...(isChunk ? { chunk: { index: chunk!.index, start: chunk!.start, end: chunk!.end } } : {}),
    ...(typeof cause === 'object' && cause !== null ? { cause: reviveError(cause, mostCauses) } : {}),
  })
}

function reviveError(sent: SentError, causes: number): Error {
  const { name, message, code, stack, cause } = sent
  const error = new Error(
    String(message),
    typeof cause === 'object' && cause !== null && causes > 0 ? { cause: reviveError(cause, causes - 1) } : undefined,
  )
  for (const [key, value] of Object.entries({ name, code, stack })) {
    if (typeof value === 'string') Object.defineProperty(error, key, { value, configurable: true, writable: true })
  }
  return error
}
