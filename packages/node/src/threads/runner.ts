// What runs lanes, one after the other: a worker thread, or a process. The supply and the host treat both alike.

import type { PortOwner } from './port.js'
import type { LaneOrder } from './wire.js'

/** Is told what happens to a runner. */
export interface RunnerOwner extends Omit<PortOwner, 'onClose'> {
  /** The runner does not come back after a lane. Returns whether to go on waiting. */
  onNoAnswer(): boolean
  /** The runner has ended. All its messages have been received. */
  onGone(reason: unknown): void
}

/** Starts when it is made. */
export interface LaneRunner {
  /** When it was started, in ms. */
  readonly startedAt: number
  /** Settles when the runner can take a lane. Rejects if it died before that. */
  readonly ready: Promise<unknown>
  /** Settles when the runner has ended, with the reason. All its messages have been received by then. */
  readonly gone: Promise<unknown>
  /** Whether it can take lanes: it has not died, and is not being ended. */
  readonly isAlive: boolean
  /**
   * Send a lane to the runner, which must be free.
   *
   * @throws what structured clone throws
   */
  run(order: LaneOrder): void
  /** Receive what the runner has sent so far. */
  receiveRest(): void
  /** Its lane has sent its last message, and the runner is not free yet. */
  onLast(): void
  /** Its lane is over, and the runner is free for the next one. */
  onFree(): void
  /** End the runner. Settles when it is gone. */
  end(why: string): Promise<unknown>
}

/** Starts a runner. Throws whatever the system says if it gives none. */
export type StartRunner = (tinypool: typeof import('tinypool'), answerMs: number, owner: RunnerOwner) => LaneRunner
