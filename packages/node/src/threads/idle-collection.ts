// Gives back the shared memory of lanes that are over, while their thread is idle.
//
// Otherwise each thread would keep the memory of its last lane until it gets another lane, which may never happen.

import { collectMemory, idleMsToCollection } from '@onecopy/core/lane'

// Taken now, because a plugin may replace them later, as fake timers do.
const [start, stop] = [setTimeout, clearTimeout]

let timer: NodeJS.Timeout | undefined

/** A lane begins, so the thread is not idle any more. */
export function stopIdleCollection(): void {
  if (timer !== undefined) stop(timer)
  timer = undefined
}

/** A lane is over. If it left much memory, collect that when the thread has been idle for a while. */
export function startIdleCollection(): void {
  const ms = idleMsToCollection()
  if (ms !== undefined) timer = start(collectMemory, ms).unref()
}
