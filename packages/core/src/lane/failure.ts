// Makes the failure of a lane from what was thrown in it.

import { type ChunkRange, type ErrorCode, nameChunk } from '../base/errors.js'
import { isDataError } from '../data/data-error.js'
import type { LaneFailure } from '../protocol/report.js'
import { describeThrown, summarize, type Thrown } from '../serialize/thrown.js'

/** The failure of a lane that did not reach its first chunk. */
export function loadingFailure(thrown: unknown): LaneFailure {
  return failureOf(thrown, describeThrown(thrown), 'ERR_PLUGIN_LOAD', undefined)
}

/**
 * Make a failure from what was thrown.
 *
 * The lane's own errors keep their code and message. An error about data that cannot be read stays as it is. Anything else becomes the
 * cause of a failure with `code`, even if it looks like an error of a run.
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

/** The codes of the lane's own errors: of loading a function, and of reading data. */
const ownCodes: readonly ErrorCode[] = ['ERR_PLUGIN_LOAD', 'ERR_DATA_CHANGED', 'ERR_DATA_DAMAGED']

/**
 * The lane's own errors. They are known by identity, because user code may throw an error of the same class and code: a run inside a
 * chunk function may reject with one.
 */
const ownErrors = new WeakSet<object>()

/** Note that `error` is the lane's own. Returns it, to be thrown. */
export function noteOwn(error: unknown): unknown {
  if (typeof error === 'object' && error !== null) ownErrors.add(error)
  return error
}

/** Whether what was thrown has to do with the lane and its data, and not with the user's function. */
export function isOfLane(thrown: unknown): boolean {
  return isDataError(thrown) || isOwn(thrown)
}

function isOwn(error: unknown): boolean {
  return typeof error === 'object' && error !== null && ownErrors.has(error)
}
