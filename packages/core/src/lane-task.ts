// What goes into a lane and what comes out of it: plain data on both sides, nothing in it is ever thrown.

import type { ChunkPlan } from './chunk-plan.js'
import type { Commit } from './collect.js'
import type { ChunkRange } from './contract.js'
import type { ErrorCode } from './errors.js'
import type { ParamsDescription } from './params.js'
import type { ReducerDescription } from './reduction.js'
import type { DataDescription } from './shared-data.js'
import type { Thrown } from './thrown.js'

/** What a module exports, by name. */
export type ModuleExports = Readonly<Record<string, unknown>>

/** A chunk function as plain data. */
export type FunctionDescription =
  | {
      /** An inline function. */
      readonly kind: 'source'
      /** Its source text: an expression. */
      readonly source: string
    }
  | {
      /** What `moduleFunction` made, or `definePlugin`. */
      readonly kind: 'module' | 'plugin'
      /** The module, absolute. */
      readonly url: string
      /** The export's name, or the plugin's. */
      readonly name: string
    }

/** Everything that the lanes of one run share. */
export interface JobDescription {
  /** What `SharedData.describe` gave. */
  readonly data: DataDescription
  /** How the data is cut. */
  readonly plan: ChunkPlan
  /** What runs over each chunk. */
  readonly fn: FunctionDescription
  /** How a lane puts results together; undefined: it hands each one over. */
  readonly reducer: ReducerDescription | undefined
  /** As `describeParams` made them. */
  readonly params: ParamsDescription
  /** Whether lanes hold each chunk's checksum against the data's. */
  readonly verify: boolean
}

/** What one lane is asked to do. */
export interface LaneTask {
  /** The run that it is a part of. */
  readonly job: JobDescription
  /** This lane's number: its words in the control block. */
  readonly lane: number
  /** How many lanes work on the pass, to share out its end. */
  readonly lanes: number
  /** What the lanes of a pass and their engine tell each other. */
  readonly control: SharedArrayBuffer
  /** The chunks of this pass, as pairs `from, to`: half-open ranges, ascending; undefined: all of them. */
  readonly missing: Int32Array | undefined
}

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

/** What a lane needs from the thread that it runs in. */
export interface LaneEnvironment<Opened> {
  /** The host's number for this worker, so that it can be ended; an integer >= 1. */
  readonly worker: number
  /** Open shared data in this thread. */
  open(description: DataDescription): Opened
  /**
   * Import a module; where the thread has no need to know of it, the lane does so itself. Throws what the module throws, or a
   * `LoadError` where the host can say better why the module cannot be loaded.
   */
  load?(url: string): Promise<ModuleExports>
  /**
   * Hand a commit over, and with it the buffers in `transfer`; throws what structured clone throws. The last one comes with the
   * lane's report, which is then on its way: what `runLane` returns is needed only if no such commit was posted, because there
   * was none or it could not be, or because a teardown comes behind it.
   */
  post(commit: Commit, transfer: readonly ArrayBufferLike[], report: LaneReport | undefined): void
  /** A clock that never goes back, in ms. */
  now(): number
  /** Asked after each step (a claim, a chunk, a commit): a promise to wait for, where the thread has other things to do. */
  pause?(): Promise<void> | undefined
}
