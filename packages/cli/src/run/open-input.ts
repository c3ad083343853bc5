// The inputs of a run: files stay where they are, what comes only once (standard input, pipes) is read into shared memory.

import { stat } from 'node:fs/promises'
import { getSystemErrorMap } from 'node:util'
import { alloc, file, load, type SharedData } from '@onecopy/node'
import { printable } from '../result/printable.js'
import { type LeavableStream, openStream } from './open-stream.js'

/** What stands for standard input among the files. */
export const standardInput = '-'

/** A file as people see it: a name may hold any byte but 0 and /. */
export function nameOf(file: string): string {
  return file === standardInput ? 'standard input' : printable(file)
}

/**
 * Open an input.
 *
 * @param name - a path, or `-`
 * @throws {Error} it cannot be opened, or is a directory
 */
export async function openInput(name: string, signal: AbortSignal): Promise<SharedData> {
  if (name === standardInput) return await readAll(process.stdin, signal)
  try {
    const stats = await stat(name)
    if (stats.isDirectory())
      throw Object.assign(new Error('it is a directory: give the files in it'), { code: 'EISDIR' })
    if (!stats.isFile()) return await readAll(await openStream(name, stats, signal), signal)
    // A file that the system makes up as it is read (/proc) says that it is empty.
    return stats.size === 0 ? await load(name) : file(name)
  } catch (cause) {
    throw explain(cause)
  }
}

/** What the system has against a file in its own words, without the name that is told anyway. */
function explain(cause: unknown): unknown {
  // `as`: what the file system throws has a code and a number.
  const { code, errno } = ((cause as Error).cause ?? cause) as NodeJS.ErrnoException
  const [, text] = getSystemErrorMap().get(errno ?? 0) ?? []
  return text === undefined ? cause : Object.assign(new Error(`cannot open it: ${text} (${code})`, { cause }), { code })
}

/** All that a stream gives, in shared memory; its pieces are let go one by one as they are copied. */
async function readAll(stream: LeavableStream, signal: AbortSignal): Promise<SharedData> {
  const pieces: (Buffer | undefined)[] = []
  let byteLength = 0
  const stop = (): void => {
    stream.destroy(signal.reason)
  }
  signal.addEventListener('abort', stop)
  try {
    signal.throwIfAborted()
    for await (const piece of stream) {
      // `as`: no encoding was set, so pieces are buffers.
      pieces.push(piece as Buffer)
      byteLength += piece.length
    }
  } finally {
    signal.removeEventListener('abort', stop)
  }
  signal.throwIfAborted()
  const data = alloc(Uint8Array, byteLength)
  let at = 0
  for (const [index, piece] of pieces.entries()) {
    data.view(at, at + piece!.length).set(piece!)
    at += piece!.length
    pieces[index] = undefined
  }
  return data
}
