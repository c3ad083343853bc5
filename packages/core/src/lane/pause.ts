// Where a lane lets other work of its thread go on.

import { memberOf } from '../base/own-members.js'
import type { LaneEnvironment } from '../protocol/task.js'

/** To be called between two chunks. Returns a promise only if the lane has to wait. */
export type Pause = () => Promise<void> | undefined

/** The pause that the host of a lane asks for. Most hosts ask for none. */
export function pauseOf(environment: LaneEnvironment<unknown>): Pause {
  const pause = memberOf(environment, 'pause')
  return pause === undefined ? () => undefined : () => pause.call(environment)
}
