// The sequential engine: one lane on the caller's own thread, and no other threads. It is the reference: all engines must give
// its answers.

import { checkCount } from './base/check.js'
import { runtime } from './base/runtime.js'
import type { Output, SharedData } from './data/contract.js'
import type { TypedArray } from './data/typed-array.js'
import type { Engine } from './engine/contract.js'
import { createHostEngine } from './engine/engine.js'
import { runLane } from './lane/lane.js'
import type { Host, LaneHandle } from './protocol/host.js'
import type { LaneMessage } from './protocol/report.js'
import type { LaneTask } from './protocol/task.js'
import { cloneValue } from './serialize/clone.js'
import { cloneParams } from './serialize/params.js'
import { openData } from './tables/open-data.js'

/** How long the lane runs, in ms, before timers, signals and other runs get the thread. */
const timeSliceMs = 10

/**
 * An engine that runs everything on the caller's thread, one chunk after the other.
 *
 * It accepts and refuses the same functions as other engines: inline functions travel as source text, and results are cloned.
 * It cannot end a chunk function that never returns. It gives up a promise that never settles on `cancel`, on `close` or after
 * a timeout.
 *
 * @example const answer = await sequential().map(data, fn).reduce(sum())
 */
export function sequential(): Engine {
  checkCount('sequential', 0, arguments.length)
  return createHostEngine(new InlineHost())
}

class InlineHost implements Host {
  readonly workers: number = 1

  startLane(
    task: LaneTask,
    data: SharedData<TypedArray>,
    onMessage: (message: LaneMessage) => void,
    output: Output | undefined,
  ): LaneHandle {
    const { job } = task
    let lastTurn = runtime.performance.now()
    let isGivenUp = false
    let giveUp: (reason: Error) => void = () => {}
    const givenUp = new Promise<never>((_, reject) => {
      giveUp = reject
    })
    const ran = runLane(
      { ...task, job: { ...job, params: cloneParams(job.params) } },
      {
        worker: 1,
        now: () => runtime.performance.now(),
        open: (description) => (description === job.data ? data.open() : openData(description)),
        // `!`: only a run that is written in place opens an output.
        openOutput: () => output!.openOutput(),
        post: (message, transfer) => {
          const received = cloneValue(message, transfer)
          if (!isGivenUp) onMessage(received)
        },
        pause: () => {
          if (runtime.performance.now() - lastTurn < timeSliceMs) return undefined
          return new Promise<void>((resolve) => runtime.setTimeout(resolve, 0)).then(() => {
            lastTurn = runtime.performance.now()
          })
        },
      },
    )
    return {
      ended: Promise.race([ran, givenUp]),
      kill: () => {
        isGivenUp = true
        giveUp(new Error('the chunk function did not return in time'))
      },
    }
  }

  async close(): Promise<void> {}
}
