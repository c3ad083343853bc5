// What has become of a span, as its job in the queue says.

import { OnecopyError } from '@onecopy/core'
import type { Job } from 'bullmq'
import { cancelled, notWanted, type SpanAnswer, type SpanProgress } from '../jobs/contract.js'
import { reviveFailure } from '../jobs/sent-error.js'

/** What has become of a span. */
export type Verdict =
  /** It waits, or is at work. */
  | { readonly kind: 'open' }
  /** The queue does not know it. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'done'; readonly answer: SpanAnswer }
  /** It would fail again. */
  | { readonly kind: 'failed'; readonly error: OnecopyError }
  /** A worker gave it up because nobody seemed to want it. */
  | { readonly kind: 'given up' }
  /** Its process or machine died too often. */
  | { readonly kind: 'lost'; readonly reason: string }

/** What has become of a span. */
export function verdictOf(job: Job | undefined): Verdict {
  if (job === undefined) return { kind: 'gone' }
  if (job.finishedOn === undefined) return { kind: 'open' }
  // `as`: it is what a worker returned; `PartTaker` trusts none of it.
  if (job.returnvalue != null) return { kind: 'done', answer: job.returnvalue as SpanAnswer }
  const reason = job.failedReason ?? 'unknown'
  if (reason === cancelled || reason === notWanted) return { kind: 'given up' }
  // `as`: it is what workers put there, or 0.
  const { failure } = (job.progress ?? {}) as SpanProgress
  if (typeof failure !== 'object' || failure === null) return { kind: 'lost', reason }
  const error = reviveFailure(failure)
  if (error.chunk !== undefined) return { kind: 'failed', error }
  const { code, message, cause } = error
  return { kind: 'failed', error: new OnecopyError(code, `${message} (worker ${job.processedBy})`, { cause }) }
}
