// The shared memory of lanes that are over is given back while their thread is idle.
//
// Else each thread would keep the memory of its last lane until the next one, which may never come.

import { collectMemory, idleMsToCollection } from '@onecopy/core/lane'

// Taken before a plugin can replace them, as fake timers do.
const [start, stop] = [setTimeout, clearTimeout]

let timer: NodeJS.Timeout | undefined

/** A lane has begun: the thread is not idle. */
export function stopIdleCollection(): void {
  if (timer !== undefined) stop(timer)
  timer = undefined
}

/** A lane is over: if it left much memory, collect that as soon as the thread has been idle for a while. */
export function startIdleCollection(): void {
  const ms = idleMsToCollection()
  if (ms !== undefined) timer = start(collectMemory, ms).unref()
}
