// Pipes and devices as streams that can be left at any time.
//
// Node opens and reads files on threads of their own, and cannot end before these have come back: a pipe to which nobody writes
// would hold the process, whatever signal it gets. So pipes and terminals are read by the event loop.

import { closeSync, constants, createReadStream, open, openSync, type Stats } from 'node:fs'
import { Socket } from 'node:net'
import { isatty, ReadStream } from 'node:tty'
import { promisify } from 'node:util'

/** What can be read and left. */
export type LeavableStream = NodeJS.ReadableStream & { destroy(reason?: Error): unknown }

const openFile = promisify(open)

/**
 * Open what comes only once.
 *
 * @param name - a path
 * @param stats - what the system says of it
 * @throws what the system has against opening it
 * @throws the signal's reason
 */
export async function openStream(name: string, stats: Stats, signal: AbortSignal): Promise<LeavableStream> {
  signal.throwIfAborted()
  const stop = (): void => stopWaiting(name)
  // A pipe opens when somebody writes to it.
  if (stats.isFIFO()) signal.addEventListener('abort', stop)
  try {
    const fd = await openFile(name, 'r')
    if (isatty(fd)) return new ReadStream(fd)
    if (stats.isFIFO()) return new Socket({ fd, readable: true, writable: false })
    return createReadStream(name, { fd })
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** Let the opening of a pipe come back: be the one whom it waits for. */
function stopWaiting(name: string): void {
  try {
    closeSync(openSync(name, constants.O_WRONLY | constants.O_NONBLOCK))
  } catch {
    // Nobody waits there any more.
  }
}
