// Finds what cannot be cloned in results, and makes the failure from it.

import { type ChunkRange, nameChunk } from '../base/errors.js'
import type { LaneFailure } from '../protocol/report.js'
import { describeThrown, summarize } from '../serialize/thrown.js'
import { findUncloneable } from '../serialize/uncloneable.js'

/** What cannot be cloned: its chunk, and the path to it, each if it is known. */
export interface Refused {
  readonly index: number | undefined
  readonly path: string | undefined
}

/** The first part that cannot be cloned. */
export function findRefused(parts: Iterable<readonly [chunk: number, value: unknown]>): Refused {
  let looked = 0
  let only: number | undefined
  for (const [index, value] of parts) {
    const path = findUncloneable(value)
    if (path !== undefined) return { index, path }
    looked++
    only = index
  }
  // Cloning may succeed now. If there were several parts, nobody can tell which of them had failed.
  return { index: looked === 1 ? only : undefined, path: undefined }
}

/** Make the failure of a lane whose results cannot be cloned. `thrown` is what structured clone threw. */
export function refusal(thrown: unknown, chunk: ChunkRange | undefined, path: string | undefined): LaneFailure {
  const described = describeThrown(thrown)
  const what = chunk === undefined ? 'a result' : `the result of ${nameChunk(chunk)}`
  const where = path === undefined ? '' : `result${path} `
  const message = `${what} cannot be cloned: ${where}(${summarize(described)})`
  return { code: 'ERR_RESULT_NOT_CLONEABLE', message, chunk, thrown: described }
}
