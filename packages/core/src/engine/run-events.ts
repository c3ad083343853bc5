// What runs and engines tell while they work and at their end: progress, statistics, traces and events.

import type { ChunkRange } from '../base/errors.js'
import type { Skipped } from '../protocol/notes.js'

/** What one worker of a run is doing. */
export interface WorkerProgress {
  /** The chunk that it is running; undefined between chunks, and when it has left the run. */
  readonly chunk: ChunkRange | undefined
  /** How many chunks it has run since the run began, or since the last worker was lost. */
  readonly doneChunks: number
}

/** How far a run is. */
export interface Progress {
  /** Chunks that the data was cut into. */
  readonly chunks: number
  /** Chunks that have run, or own nothing. */
  readonly doneChunks: number
  /** Bytes of the data, including bytes that no chunk owns. */
  readonly bytes: number
  /** Bytes of the chunks that have run. */
  readonly doneBytes: number
  /** Milliseconds since the run began. */
  readonly elapsedMs: number
  /** `doneBytes` per elapsed second; 0 at the very start. */
  readonly bytesPerSecond: number
  /**
   * What each worker of the run is doing at this moment, read from the memory through which workers claim chunks. A worker keeps
   * its place in the list; if it leaves, another one may take its place and count on. Empty in the last event, in runs on other
   * machines, and in runs with a checkpoint folder.
   */
  readonly atWork: readonly WorkerProgress[]
}

/** What a settled run has done. */
export interface RunStats {
  /** Chunks that the data was cut into. */
  readonly chunks: number
  /**
   * Chunks whose results have arrived. Fewer than `chunks` in a failed run, and in a run that ended early because its reducer had
   * enough. Then the number may differ from run to run.
   */
  readonly doneChunks: number
  /** Bytes of the data. */
  readonly bytes: number
  /** Milliseconds from the start of the run to its end. */
  readonly elapsedMs: number
  /** The largest number of workers that worked on the run at the same time. */
  readonly workers: number
  /** How many chunks were run again because their worker was lost. */
  readonly retries: number
  /** How many workers were lost. */
  readonly workersLost: number
  /** What the chunks of `doneChunks` have skipped: how many records and chunks, and the first of them in the order of the data. */
  readonly skipped: Skipped
  /** What the chunks of `doneChunks` have counted with `chunk.count`: the sums, by name. */
  readonly counters: Readonly<Record<string, number>>
}

/** Something that took time in a run. */
export interface TraceEvent {
  /** A `chunk`; a `lane`, which is what one worker did from its start to its end; or a `merge` of results on the caller's thread. */
  readonly kind: 'chunk' | 'lane' | 'merge'
  /** The number of the lane, from 0; -1 for the caller's thread. */
  readonly lane: number
  /** The number of the worker: the thread's or process's; 0 for the caller's thread. */
  readonly worker: number
  /** The number of the chunk; undefined if it is no chunk. */
  readonly chunk: number | undefined
  /** When it began, in milliseconds since 1970, with fractions. */
  readonly startMs: number
  /** How long it took, in milliseconds. */
  readonly ms: number
}

/** The events of a run. There is no `'error'` event, because a run that fails rejects. */
export type RunEvents = {
  /**
   * Emitted at most every 50 ms, and once at the end of a run that succeeds. Then everything is done, unless the run ended early: the
   * last event tells how far it was.
   */
  progress: (progress: Progress) => void
  /** A chunk will run again because its worker died. `attempt` counts from 1. */
  retry: (event: { chunk: ChunkRange; attempt: number; cause: unknown }) => void
  /** A worker died. `chunk` was in flight; undefined if none was. */
  workerLost: (event: { chunk: ChunkRange | undefined; cause: unknown }) => void
  /**
   * What took how long: chunks, workers and merges, in the order in which they were reported. Workers note the time of each chunk only if
   * somebody listens when the run starts. What is lost with a worker is not reported.
   */
  trace: (events: readonly TraceEvent[]) => void
  /** The run has settled, with a value or an error. */
  done: (stats: RunStats) => void
}

/** A run, as an engine's events describe it. */
export interface RunInfo {
  /** The number of the run in its engine, from 1. */
  readonly id: number
  /** The option `name`, or the function's name. */
  readonly name: string
}

/** The events of an engine. */
export type EngineEvents = {
  /** A run has begun. */
  runStart: (run: RunInfo) => void
  /** A run has settled. `error` is set if it was rejected. */
  runEnd: (run: RunInfo & { readonly stats: RunStats; readonly error?: unknown }) => void
  /** A worker died while it worked for `run`. */
  workerLost: (event: { run: RunInfo; chunk: ChunkRange | undefined; cause: unknown }) => void
  /** The last of the engine's runs has settled. */
  idle: () => void
}
