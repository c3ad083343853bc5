// The messages from a lane to its engine: results in commits, why the lane failed, and that it has ended.

import type { ChunkRange, ErrorCode } from '../base/errors.js'
import type { TypedArray } from '../data/typed-array.js'
import type { TreeNode } from '../reduce/merge-tree.js'
import type { Thrown } from '../serialize/thrown.js'
import type { Notes } from './notes.js'

/**
 * One message from a lane. It may carry several things at once, because a short lane has time for one message only: its
 * commit, its failure and its end arrive together.
 */
export interface LaneMessage {
  /** Results, if the message brings some. */
  readonly commit: Commit | undefined
  /** Why the lane gave up. A lane whose teardown is still to come sends its failure before its end. */
  readonly failure: LaneFailure | undefined
  /** Nothing comes after this message. A lane that did not send it was lost. */
  readonly isLast: boolean
}

/**
 * Results that a lane sends: which chunks they are for, and the results of these chunks. A commit counts as a whole or not at
 * all.
 */
export interface Commit {
  /** Chunk indices as pairs `from, to`: half-open ranges, ascending. */
  readonly ranges: readonly number[]
  /** What came of the chunks. */
  readonly payload: Payload
  /** About how much memory the payload takes, in bytes. */
  readonly approxBytes: number
  /** What the chunks have written in place, if the engine has to know it. */
  readonly windows?: readonly WrittenWindow[] | undefined
  /** What the chunks noted; undefined if they noted nothing. */
  readonly notes?: Notes | undefined
  /** How long the chunks took, if somebody wants to know it. */
  readonly times?: ChunkTimes | undefined
}

/** When chunks ran, and how long they took. */
export interface ChunkTimes {
  /** The host's number for the worker. */
  readonly worker: number
  /** For each chunk three numbers: its number, when it began (in ms since 1970) and how long it took (in ms). */
  readonly chunks: Float64Array
}

/** What a chunk has written into its window of the run's output. Offsets count elements of the output. */
export interface WrittenWindow {
  /** The number of the chunk. */
  readonly chunk: number
  /** Where the window begins. */
  readonly start: number
  /** Where it ends. */
  readonly end: number
  /** Its elements, if the lane cannot write to the output itself; else undefined. */
  readonly elements: TypedArray | undefined
  /** The checksum of its elements, if the run is to be verified; else undefined. */
  readonly checksum: number | undefined
}

/** The results of a commit, in one of three forms. The run's reducer decides which. */
export type Payload = ListPayload | TreePayload | AnyPayload

/** Without a reducer: the results of those chunks that own something. */
export interface ListPayload {
  /** Which shape it is. */
  readonly kind: 'list'
  /** The chunk of each result. */
  readonly chunkIndices: Int32Array
  /** Results that are all numbers are packed. */
  readonly values: readonly unknown[] | Float64Array
}

/** With a reducer by index: complete nodes of the merge tree. */
export interface TreePayload {
  /** Which shape it is. */
  readonly kind: 'tree'
  /** The nodes. */
  readonly nodes: readonly TreeNode[]
}

/** With a reducer for any order: one accumulator. */
export interface AnyPayload {
  /** Which shape it is. */
  readonly kind: 'any'
  /** The first chunk in it; -1 if no chunk owned anything. */
  readonly first: number
  /** Absent if no chunk owned anything. */
  readonly value?: unknown
}

/** Why a lane gave up. */
export interface LaneFailure {
  /** The code with which the run rejects; undefined if it rejects with what was thrown. */
  readonly code: ErrorCode | undefined
  /** The message of that error. */
  readonly message: string
  /** The chunk that failed; undefined if the lane failed before its first chunk. */
  readonly chunk: ChunkRange | undefined
  /** What was thrown; undefined if nothing was. */
  readonly thrown: Thrown | undefined
  /** Whether the plugin's teardown failed. Any other failure takes precedence over it. */
  readonly inTeardown?: boolean
}
