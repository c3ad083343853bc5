// Failures of a lane, made from what was thrown in it.

import type { ChunkRange } from './contract.js'
import type { ErrorCode } from './errors.js'
import type { LaneFailure } from './lane-task.js'
import { describeThrown, summarize, type Thrown } from './thrown.js'

/** The failure of a lane that did not get as far as a chunk. */
export function loadingFailure(thrown: unknown): LaneFailure {
  return failureOf(describeThrown(thrown), 'ERR_PLUGIN_LOAD', undefined)
}

/** A failure from what was thrown: loading and reading have codes of their own, all else is `code`. */
export function failureOf(described: Thrown, code: ErrorCode, chunk: ChunkRange | undefined): LaneFailure {
  if (described.kind === 'error' && described.name === 'OnecopyError') {
    const own = ownCodes.find((each) => each === described.properties.code)
    if (own !== undefined) return { code: own, message: described.message, chunk, thrown: described.cause }
  }
  const where = chunk === undefined ? 'setup' : `chunk ${nameChunk(chunk)}`
  return { code, message: `${where} failed: ${summarize(described)}`, chunk, thrown: described }
}

/** The errors that loading a function and reading data throw in a lane. */
const ownCodes: readonly ErrorCode[] = ['ERR_PLUGIN_LOAD', 'ERR_DATA_CHANGED']

/** A chunk as messages name it. */
export function nameChunk({ index, start, end }: ChunkRange): string {
  return `${index} [${start}, ${end})`
}
