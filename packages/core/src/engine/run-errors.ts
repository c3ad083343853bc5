// The errors that a run rejects with, made from what lanes report and what reducers throw.

import { type ChunkRange, nameChunk, OnecopyError } from '../base/errors.js'
import { memberOf } from '../base/own-members.js'
import { mostCounters } from '../protocol/notes.js'
import type { LaneFailure } from '../protocol/report.js'
import type { JobDescription } from '../protocol/task.js'
import { captureMessage, freeName } from '../serialize/function-source.js'
import { describeThrown, reviveThrown, summarize } from '../serialize/thrown.js'
import { type FailedPart, failedChunk } from './failures.js'

/** What a lane's failure is for the run: what failed, and the error. */
export function errorOfLane(failure: LaneFailure): { readonly part: FailedPart; readonly error: unknown } {
  const { code, message, chunk, thrown } = failure
  const inTeardown = memberOf(failure, 'inTeardown') === true
  const cause = thrown === undefined ? undefined : reviveThrown(thrown)
  const details = thrown === undefined ? { chunk } : { chunk, cause }
  const error = code === undefined ? cause : new OnecopyError(code, message, details)
  return { part: inTeardown ? { kind: 'teardown' } : failedChunk(chunk), error }
}

export function errorOfTimeout(chunk: ChunkRange, chunkTimeoutMs: number | undefined): OnecopyError {
  const message = `${nameChunk(chunk)} took longer than ${chunkTimeoutMs} ms`
  return new OnecopyError('ERR_CHUNK_TIMEOUT', message, { chunk })
}

/** More was skipped than the run may skip. `chunk` is the one in which that happened; undefined if it is not known. */
export function errorOfSkips(chunk: ChunkRange | undefined, most: number): OnecopyError {
  const what =
    most === 0 ? 'nothing may be skipped, and something was' : `more than ${most} records or chunks were skipped`
  const where = chunk === undefined ? '' : `, in ${nameChunk(chunk)}${most === 0 ? '' : ' or before it'}`
  return new OnecopyError('ERR_TOO_MANY_SKIPPED', `${what}${where}`, { chunk })
}

/** Counters have more different names than they may. */
export function errorOfCounters(): OnecopyError {
  const message =
    `chunk.count: there are more than ${mostCounters} different names; counters are for a few figures about the run; ` +
    'return counts per key as results, and reduce them with countByKey()'
  return new OnecopyError('ERR_CHUNK_FAILED', message)
}

/** The error for what the reducer threw on the caller's thread. */
export function errorOfReducer(reducer: JobDescription['reducer'], when: string, cause: unknown): OnecopyError {
  const described = describeThrown(cause)
  const name = reducer?.kind === 'plugin' ? undefined : freeName(described)
  if (name !== undefined) return new OnecopyError('ERR_INLINE_CAPTURE', captureMessage(name), { cause })
  return new OnecopyError('ERR_CHUNK_FAILED', `the reducer failed ${when}: ${summarize(described)}`, { cause })
}

/** A bare merge function has no value for empty data. */
export function errorOfEmptyInput(): OnecopyError {
  const message = 'there is nothing to reduce, and a bare function has no value for that; give a reducer with init()'
  return new OnecopyError('ERR_EMPTY_INPUT', message)
}
