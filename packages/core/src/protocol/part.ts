// A part of a job: what came of some of its chunks, as plain data. Parts are put together to the answer in any process.

import type { ChunkPlan } from '../chunks/chunk-plan.js'
import type { Notes } from './notes.js'
import type { Payload } from './report.js'

/** Neighbouring chunks of a job, by their numbers: half-open `[from, to)`. */
export interface Span {
  /** The first chunk. */
  readonly from: number
  /** One past the last chunk. */
  readonly to: number
}

/** The version of {@link Part} and of its encoding. */
export const partVersion = 1

/** Which job a part belongs to. Parts of one job have the same in all of these. */
export interface PartOrigin {
  /** The version of parts. */
  readonly version: typeof partVersion
  /** How the data is cut. */
  readonly plan: ChunkPlan
  /** What identifies the plugin: its name and its digest. */
  readonly plugin: string
  /** What identifies the data. */
  readonly data: string
  /** The digest of the parameters and of the seed; undefined if there are no parameters, and the seed is 0. */
  readonly params: string | undefined
}

/**
 * What came of some chunks of a job: merged as far as neighbours are in it, and not finished. It is plain data: it can be cloned,
 * posted, and written with `encodePart`.
 */
export interface Part extends PartOrigin {
  /** Its chunks, as pairs `from, to`: half-open ranges, ascending. */
  readonly ranges: readonly number[]
  /** What came of them. If the run may end early, and has a limit for skips, a chunk with skips is the first one in its node. */
  readonly payload: Payload
  /** What the chunks noted: what they skipped and counted. Absent if they noted nothing. */
  readonly notes?: Notes | undefined
}
