// Opens pipes and devices as streams that can be closed at any time.
//
// Node opens and reads files on threads of a pool, and cannot exit before these calls return. A pipe to which nobody writes
// would then block the process, whatever signal it gets. So pipes and terminals are read by the event loop.

import { closeSync, constants, createReadStream, fstatSync, open, openSync, type Stats } from 'node:fs'
import { isatty, ReadStream } from 'node:tty'
import { promisify } from 'node:util'
import { PipeReader } from './pipe-reader.js'

/** A stream that can be read and closed. */
export type LeavableStream = AsyncIterable<unknown> & { destroy(reason?: Error): unknown }

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
    if (stats.isFIFO()) return new PipeReader(fd)
    return createReadStream(name, { fd })
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/**
 * Standard input. It can be read once.
 *
 * @throws {Error} it is a directory
 */
export function openStandardInput(): LeavableStream {
  // Node begins to read a pipe as soon as `process.stdin` is looked at.
  standardInput ??= isPipe(statsOf(0)) ? new PipeReader(0) : process.stdin
  return standardInput
}

let standardInput: LeavableStream | undefined

/** @throws {Error} it is a directory. Node would make an empty stream of it */
function statsOf(fd: number): Stats | undefined {
  let stats: Stats
  try {
    stats = fstatSync(fd)
  } catch {
    // It is closed. Node knows what to make of that.
    return undefined
  }
  if (stats.isDirectory()) throw isADirectory()
  return stats
}

/** A program that Node has started gets a socket. */
function isPipe(stats: Stats | undefined): boolean {
  return stats !== undefined && (stats.isFIFO() || stats.isSocket())
}

/** The error for a directory. */
export function isADirectory(): Error {
  return Object.assign(new Error('it is a directory; name the files in it'), { code: 'EISDIR' })
}

/** Make the opening of a pipe return, by opening the pipe for writing here. */
function stopWaiting(name: string): void {
  try {
    closeSync(openSync(name, constants.O_WRONLY | constants.O_NONBLOCK))
  } catch {
    // Nobody waits for the pipe any more.
  }
}
