// What a lane sends home: results in commits, and how it ended.

import type { ChunkRange, ErrorCode } from '../base/errors.js'
import type { Thrown } from '../serialize/thrown.js'
/** Why a lane gave up. */
export interface LaneFailure {
  /** The code that the run rejects with; undefined: it rejects with what was thrown. */
  readonly code: ErrorCode | undefined
  /** The message that the run rejects with. */
  readonly message: string
  /** The chunk to blame; undefined when the lane did not get as far as a chunk. */
  readonly chunk: ChunkRange | undefined
  /** Undefined where nothing was thrown. */
  readonly thrown: Thrown | undefined
  /** It came of the teardown: any other failure goes before it. */
  readonly inTeardown?: boolean
}

/** How a lane ended. Its commits have gone ahead of it. */
export interface LaneReport {
  /** Why it gave up; undefined: it left because nothing was left to claim, or because it was asked to. */
  readonly failure: LaneFailure | undefined
}

/** What a lane hands over: the chunks it speaks for, and what came of them. Takes effect as a whole or not at all. */
export interface Commit {
  /** Chunk indices as pairs `from, to`: half-open ranges, ascending. */
  readonly ranges: readonly number[]
  /** For the assembler of the same kind. */
  readonly payload: unknown
  /** Roughly how much memory the payload takes, in bytes. */
  readonly weight: number
  /** Why the lane failed, where it is not at its end yet: its teardown is still to come. */
  readonly failure?: LaneFailure
}

/** The payload of a list's commit: the results of those chunks that own something. Numbers alone are packed. */
export interface ListPayload {
  readonly chunks: Int32Array
  readonly values: readonly unknown[] | Float64Array
}

export interface AnyPayload {
  readonly first: number
  readonly value?: unknown
}
