// Opens pipes and devices as streams that can be closed at any time.
//
// Node opens and reads files on threads of a pool, and cannot exit before these calls return. A pipe to which nobody writes
// would then block the process, whatever signal it gets. So pipes and terminals are read by the event loop.

import { closeSync, constants, createReadStream, open, openSync, type Stats } from 'node:fs'
import { Socket } from 'node:net'
import { isatty, ReadStream } from 'node:tty'
import { promisify } from 'node:util'

/** A stream that can be read and closed. */
export type LeavableStream = NodeJS.ReadableStream & { destroy(reason?: Error): unknown }

const openFile = promisify(open)

/**
 * Open something that can be read only once.
 *
 * @param name - a path
 * @param stats - what the system says about it
 * @throws the system's error when opening it
 * @throws the signal's reason
 */
export async function openStream(name: string, stats: Stats, signal: AbortSignal): Promise<LeavableStream> {
  signal.throwIfAborted()
  const stop = (): void => stopWaiting(name)
  // Opening a pipe waits until somebody opens it for writing.
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

/** Make the opening of a pipe return, by opening the pipe for writing here. */
function stopWaiting(name: string): void {
  try {
    closeSync(openSync(name, constants.O_WRONLY | constants.O_NONBLOCK))
  } catch {
    // Nobody waits for the pipe any more.
  }
}
