// The inputs of a run: files stay where they are, what comes only once (standard input, pipes) is read into shared memory.

import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { getSystemErrorMap } from 'node:util'
import { type ByteStream, file, load, type SharedData } from '@onecopy/node'
import { printable } from '../terminal/printable.js'
import { elementsOf, type InputWishes } from './element-types.js'
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
 * @throws {Error} it cannot be opened, is a directory, or is no whole number of elements
 */
export async function openInput(name: string, wishes: InputWishes, signal: AbortSignal): Promise<SharedData> {
  try {
    if (name === standardInput) return await readAll(process.stdin, wishes, signal)
    const path = resolve(wishes.folder, name)
    const stats = await stat(path)
    if (stats.isDirectory())
      throw Object.assign(new Error('it is a directory: give the files in it'), { code: 'EISDIR' })
    if (!stats.isFile()) return await readAll(await openStream(path, stats, signal), wishes, signal)
    return await openFile(path, wishes)
  } catch (cause) {
    throw explain(cause)
  }
}

async function openFile(path: string, wishes: InputWishes): Promise<SharedData> {
  const Elements = elementsOf(wishes)
  const options = { offset: wishes.offset }
  try {
    return file(path, Elements, options)
  } catch (cause) {
    // Its size is not known, because the system makes it up as it is read (/proc, /sys).
    // Ours, of this realm.
    if (cause instanceof TypeError) return await load(path, Elements, options)
    throw cause
  }
}

/** What is wrong with an input in the words of the command: without the name, which is told anyway, and with its options. */
function explain(cause: unknown): unknown {
  // Ours, of this realm.
  if (cause instanceof RangeError) {
    const message = cause.message.replace(/^Elements: /, '--type: ').replace(/^offset: /, '--offset: ')
    return Object.assign(new Error(message, { cause }), { code: 'EINVAL' })
  }
  // `as`: what the file system throws has a code and a number.
  const { code, errno } = ((cause as Error).cause ?? cause) as NodeJS.ErrnoException
  const [, text] = getSystemErrorMap().get(errno ?? 0) ?? []
  return text === undefined ? cause : Object.assign(new Error(`cannot open it: ${text} (${code})`, { cause }), { code })
}

/** All that a stream gives, in shared memory. */
async function readAll(stream: LeavableStream, wishes: InputWishes, signal: AbortSignal): Promise<SharedData> {
  const stop = (): void => {
    stream.destroy(signal.reason)
  }
  signal.addEventListener('abort', stop)
  try {
    signal.throwIfAborted()
    const data = await load(stream as ByteStream, elementsOf(wishes), { offset: wishes.offset })
    signal.throwIfAborted()
    return data
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
