// What goes into a lane: a task as plain data, and the environment that the lane's thread provides.

import type { ChunkPlan, StreamPlace } from '../chunks/chunk-plan.js'
import type { DataDescription, OutputWriter } from '../data/contract.js'
import type { FunctionDescription, ModuleExports } from '../functions/load-function.js'
import type { ReducerDescription } from '../reduce/reduction.js'
import type { ParamsDescription } from '../serialize/params.js'
import type { ControlBlock } from './control-block.js'
import type { LaneMessage } from './report.js'

/** Everything that is the same for all lanes of a run. */
export interface JobDescription {
  /** What `SharedData.describe` returned. */
  readonly data: DataDescription
  /** How the data is cut. */
  readonly plan: ChunkPlan
  /** The function that runs for each chunk. */
  readonly fn: FunctionDescription
  /**
   * Undefined: the function gives a result per chunk. Else it folds, and this is the level of the merge tree whose nodes get one
   * accumulator each. Lanes claim units: such nodes, or single chunks.
   */
  readonly foldLevel: number | undefined
  /** Whether the run ends as soon as it has enough, according to the reducer. Lanes then go through the chunks in order. */
  readonly stopsEarly: boolean
  /** Whether lanes merge nothing, and send all results apart. So it can be told behind which chunk there is enough, for the skips there. */
  readonly isApart: boolean
  /** How a lane merges results; undefined if it sends each result. */
  readonly reducer: ReducerDescription | undefined
  /** The parameters, as `describeParams` returned them. */
  readonly params: ParamsDescription
  /**
   * If the data is CSV: the state at the start of the data, and at the end of each chunk. The first pass has found them. In each file, the
   * state begins anew. Undefined for other data.
   */
  readonly csvStates: Uint8Array | undefined
  /** Whether lanes compare each chunk's checksum before and after the chunk function. */
  readonly verify: boolean
  /** The seed of the random numbers of chunks. */
  readonly seed: number
  /** Where chunks write their elements in place; undefined if they do not. */
  readonly into: OutputDescription | undefined
  /** How many skips the run may have. Then chunks whose function throws are skipped. Undefined: such a chunk fails the run. */
  readonly mostSkipped: number | undefined
  /** How many of the skipped ranges are kept. */
  readonly listedSkips: number
  /** What the first pass is reduced to before each chunk; undefined if there was none. */
  readonly prefixes: Prefixes | undefined
  /** Whether lanes note how long each chunk takes. */
  readonly isTraced: boolean
  /** If the data is a part of a stream: which one. Then the plan says how the source is cut, as far as it has arrived. */
  readonly stream: StreamPlace | undefined
}

/** A value per chunk, by its number. If all are numbers, they are packed. */
export type Prefixes = readonly unknown[] | Float64Array

/** Where the chunks of a job write, and which elements belong to which chunk. */
export interface OutputDescription {
  /** What `Output.describeOutput` returned. */
  readonly output: DataDescription
  /** The kind of its elements, for example `'Float64Array'`. */
  readonly elementType: string
  /** Elements of the output per element of the data; an integer >= 1. */
  readonly times: number
  /** Elements of the data per element of the output; an integer >= 1. One of the two is 1. */
  readonly per: number
}

/** An output that lanes cannot reach: they send what they have written to the engine. */
export const sentOutput: DataDescription = { kind: 'sent' }

/** The job for lanes that share no memory with the engine: they send what they write, unless it is no memory. */
export function withSentOutput(job: JobDescription): JobDescription {
  const { into } = job
  return into?.output.kind === 'memory' ? { ...job, into: { ...into, output: sentOutput } } : job
}

/** The task of one lane. */
export interface LaneTask {
  /** The job of the run. */
  readonly job: JobDescription
  /** The number of the lane, which is also its slot in the control block. */
  readonly lane: number
  /** How many lanes work on the pass. Near its end, lanes claim fewer chunks according to this. */
  readonly lanes: number
  /** The control block of the pass. */
  readonly control: SharedArrayBuffer
  /** The units of this pass, as pairs `from, to`: half-open ranges, ascending; undefined: all of them. */
  readonly missing: Int32Array | undefined
  /** Whether lanes claim in order and little at a time, because the run waits for its first chunks. Else they claim blocks. */
  readonly inOrder: boolean
}

/** Positions `[from, to)` that a lane is to run. A position is a unit of the job, or in a later pass a place in `missing`. */
export interface GrantedSpan {
  /** The first position. */
  readonly from: number
  /** One past the last position. */
  readonly to: number
}

/** What a lane tells who deals its spans: it begins the next one that it was dealt, or has nothing to run. */
export type LaneWord = 'begin' | 'idle'

/** What a lane needs from the thread that it runs in. */
export interface LaneEnvironment<Opened> {
  /** The host's number for this worker, by which it can be ended; an integer >= 1. */
  readonly worker: number
  /** Open shared data in this thread. */
  open(description: DataDescription): Opened
  /** Open in this thread what a run is written into. Without this method, only shared memory can be opened. */
  openOutput?(description: DataDescription): OutputWriter
  /**
   * Import a module. Without this method, the lane uses `import()`. Throws what the module throws, or a `LoadError` if the host
   * can explain better why the module cannot be loaded.
   */
  load?(url: string): Promise<ModuleExports>
  /**
   * Send a message to the engine, and transfer the buffers in `transfer`. Throws what structured clone throws; then nothing was
   * sent.
   */
  post(message: LaneMessage, transfer: readonly ArrayBufferLike[]): void
  /** A clock that never goes back, in ms. */
  now(): number
  /**
   * The next positions to run, where the lane cannot claim them itself, because it shares no memory with its engine; undefined if there
   * are none any more. With it, `control` must be given.
   */
  nextSpan?(): GrantedSpan | undefined | Promise<GrantedSpan | undefined>
  /** The lane's own control block, where it shares no memory with its engine. The lane's number in it is 0. */
  readonly control?: ControlBlock | undefined
  /**
   * Called after each step (a claim, a chunk, a commit). May return a promise to wait for, if the thread has other things to
   * do.
   */
  pause?(): Promise<void> | undefined
}

/** Chunks per unit of a job: what lanes claim, lose and run again as a whole. */
export function unitLength({ foldLevel }: Pick<JobDescription, 'foldLevel'>): number {
  return foldLevel === undefined ? 1 : 2 ** foldLevel
}
