// What an engine needs from the place where lanes run: threads in Node, one day Web Workers or processes.

import type { SharedData } from '../data/contract.js'
import type { TypedArray } from '../data/typed-array.js'
import { ControlBlock } from './control-block.js'
import type { LaneMessage } from './report.js'
import type { LaneTask } from './task.js'

/** A lane that has been started. */
export interface LaneHandle {
  /**
   * Settles when nothing of the lane touches the data any more and all messages that it posted have been delivered.
   * Rejects if the lane was lost with its worker; the reason says what is known of it.
   */
  readonly ended: Promise<void>
  /**
   * The lane is of no use any more: end its worker, and the lane with it. `ended` then rejects; if the lane had not begun it may
   * resolve. Nothing happens if the lane's last message is there already. May be called again.
   */
  kill(): void
}

/** Calls a function in an async context, and returns what it returns. */
export type InContext = <R>(call: () => R) => R

/** A place where lanes run. */
export interface Host {
  /** Most lanes at the same time; integer >= 1. The engine never asks for more. */
  readonly workers: number
  /**
   * A run is made, by the code that calls this. Undefined if it may begin; else what to call when it begins: the error that the
   * run then rejects with.
   */
  admitRun?(): (() => Error) | undefined
  /**
   * A run begins and will soon start up to `lanes` lanes: time to start what they need. The run waits for what is returned,
   * if anything, before it goes on; must neither throw nor reject.
   */
  prepare?(lanes: number): Promise<unknown> | undefined
  /**
   * Remember the async context of whoever calls this, as Node's `AsyncLocalStorage` has it: what is returned calls a function
   * in that context. A run remembers that of its caller and calls its listeners in it; without this method it calls them in
   * the context that there is.
   */
  captureContext?(): InContext
  /** Start a lane. `data` is what `task.job.data` describes, for hosts in the same thread. */
  startLane(task: LaneTask, data: SharedData<TypedArray>, onMessage: (message: LaneMessage) => void): LaneHandle
  /**
   * The text of a source file, named as in a stack; undefined if it cannot be read. With it the stacks of
   * inline functions lead to where these were written.
   */
  readSource?(file: string): string | undefined
  /** End all workers. Called once; the engine does not wait for it without end. */
  close(): Promise<void>
}

/** The worker that a lane runs on, as `LaneEnvironment.worker` named it; 0 while the lane has not begun. */
export function workerOf(task: LaneTask): number {
  return new ControlBlock(task.control).worker(task.lane)
}
