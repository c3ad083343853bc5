// A job that a worker does not run: it is malformed, belongs to another version, or its file is another one here.

import { type ErrorCode, OnecopyError } from '@onecopy/core'

/** The error for a job that is refused. Another attempt would be refused too. */
export function refusal(message: string, code: ErrorCode = 'ERR_SPAN_REFUSED', cause?: unknown): OnecopyError {
  return new OnecopyError(code, message, cause === undefined ? {} : { cause })
}
