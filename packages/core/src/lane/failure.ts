// Failures of a lane, made from what was thrown in it.

import { type ChunkRange, type ErrorCode, nameChunk } from '../base/errors.js'
import { isDataError } from '../data/data-error.js'
import type { LaneFailure } from '../protocol/report.js'
import { describeThrown, summarize, type Thrown } from '../serialize/thrown.js'

/** The failure of a lane that did not get as far as a chunk. */
export function loadingFailure(thrown: unknown): LaneFailure {
  return failureOf(thrown, describeThrown(thrown), 'ERR_PLUGIN_LOAD', undefined)
}

/**
 * A failure from what was thrown. The lane's own errors keep their code and message, and an error about data that cannot be read
 * goes through as it is; all else is the cause of a failure with
 * `code`, also where it has the shape of a failure of a run.
 */
export function failureOf(
  thrown: unknown,
  described: Thrown,
  code: ErrorCode,
  chunk: ChunkRange | undefined,
): LaneFailure {
  if (isDataError(thrown)) return { code: undefined, message: thrown.message, chunk, thrown: described }
  if (described.kind === 'error' && isOwn(thrown)) {
    const own = ownCodes.find((each) => each === described.properties.code)
    if (own !== undefined) return { code: own, message: described.message, chunk, thrown: described.cause }
  }
  const where = chunk === undefined ? 'setup' : nameChunk(chunk)
  return { code, message: `${where} failed: ${summarize(described)}`, chunk, thrown: described }
}

/** The errors that loading a function and reading data throw in a lane. */
const ownCodes: readonly ErrorCode[] = ['ERR_PLUGIN_LOAD', 'ERR_DATA_CHANGED']

/**
 * What loading the function and reading the data threw. Known by identity, because user code may throw the same class and code:
 * a run inside of a chunk function rejects with it.
 */
const ownErrors = new WeakSet<object>()

/** Note that `error` comes from the lane itself; gives it back, to be thrown. */
export function noteOwn(error: unknown): unknown {
  if (typeof error === 'object' && error !== null) ownErrors.add(error)
  return error
}

function isOwn(error: unknown): boolean {
  return typeof error === 'object' && error !== null && ownErrors.has(error)
}
