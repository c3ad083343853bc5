// What goes into a lane and what comes out of it: plain data on both sides, nothing in it is ever thrown.

import type { ChunkPlan } from '../chunks/chunk-plan.js'
import type { DataDescription } from '../data/contract.js'
import type { FunctionDescription, ModuleExports } from '../functions/load-function.js'
import type { ReducerDescription } from '../reduce/reduction.js'
import type { ParamsDescription } from '../serialize/params.js'
import type { LaneMessage } from './report.js'

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
  /** Send a message home, and with it the buffers in `transfer`. Throws what structured clone throws; then nothing was sent. */
  post(message: LaneMessage, transfer: readonly ArrayBufferLike[]): void
  /** A clock that never goes back, in ms. */
  now(): number
  /** Asked after each step (a claim, a chunk, a commit): a promise to wait for, where the thread has other things to do. */
  pause?(): Promise<void> | undefined
}
