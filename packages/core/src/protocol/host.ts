// What an engine needs from the place where lanes run. That place is threads in Node; it may also be Web Workers or processes.

import type { Output, SharedData } from '../data/contract.js'
import type { TypedArray } from '../data/typed-array.js'
import { ControlBlock } from './control-block.js'
import type { LaneMessage } from './report.js'
import type { LaneTask } from './task.js'

/** A lane that has been started. */
export interface LaneHandle {
  /**
   * Settles when the lane no longer touches the data and all its messages have been delivered. Rejects if the lane was lost
   * with its worker; the reason says what is known about that.
   */
  readonly ended: Promise<void>
  /**
   * End the lane's worker, and the lane with it, because the lane is no longer needed. `ended` then rejects. If the lane had
   * not begun, it may resolve. Does nothing if the lane's last message has arrived already. May be called more than once.
   */
  kill(): void
}

/** Calls a function in an async context and returns its result. */
export type InContext = <R>(call: () => R) => R

/** A place where lanes run. */
export interface Host {
  /** At most this many lanes may run at the same time; integer >= 1. The engine never asks for more. */
  readonly workers: number
  /**
   * Called when a run is made, in the code that makes it. Returns undefined if the run may begin. Otherwise it returns a
   * function that makes the error with which the run rejects when it begins.
   */
  admitRun?(): (() => Error) | undefined
  /**
   * Called when a run begins and will soon start up to `lanes` lanes, so that the host can start what they need. If it returns
   * a promise, the run waits for it. It must neither throw nor reject.
   */
  prepare?(lanes: number): Promise<unknown> | undefined
  /**
   * Remember the async context of the caller, as Node's `AsyncLocalStorage` defines it. Returns a function that calls another
   * function in that context. A run remembers the context of its caller and calls its listeners in it. Without this method, it
   * calls them in the current context.
   */
  captureContext?(): InContext
  /**
   * Start a lane. `data` is the data that `task.job.data` describes, and `output` what the run is written into, for hosts whose lanes
   * run in the same thread.
   */
  startLane(
    task: LaneTask,
    data: SharedData<TypedArray>,
    onMessage: (message: LaneMessage) => void,
    output: Output | undefined,
  ): LaneHandle
  /**
   * The text of a source file, named as in a stack; undefined if it cannot be read. With it, stacks of inline functions point
   * to the files in which the functions were written.
   */
  readSource?(file: string): string | undefined
  /**
   * Whether workers may compile text even where this thread must not: in browsers, a worker has the content security policy of
   * its own script. An inline function is then sent although it cannot be checked here.
   */
  readonly compilesElsewhere?: boolean
  /** End all workers. Called once. The engine waits for it only for a limited time. */
  close(): Promise<void>
}

/** The number of the worker that a lane runs on, as in `LaneEnvironment.worker`; 0 as long as the lane has not begun. */
export function workerOf(task: LaneTask): number {
  return new ControlBlock(task.control).worker(task.lane)
}
