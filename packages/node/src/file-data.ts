// Files as data: `file` is read chunk by chunk and never held whole, `load` puts one into shared memory.

import { closeSync, fstatSync, readSync } from 'node:fs'
import { open, readFile, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { alloc, type DataReader, OnecopyError, type SharedData, type SharedMemory, share } from '@onecopy/core'
import {
  assertSameFile,
  type FileDescription,
  type FileIdentity,
  FileReader,
  identityOf,
  openToRead,
} from './file-reader.js'

/** A file that lanes read chunk by chunk. Made by {@link file}. */
export class FileData implements SharedData<Uint8Array> {
  readonly elementType: string = 'Uint8Array'
  /** As it was given, or as its URL says. */
  readonly path: string
  readonly length: number
  readonly byteLength: number
  readonly #identity: FileIdentity

  /** @internal `file` makes it */
  constructor(path: string, identity: FileIdentity) {
    this.path = path
    this.length = Number(identity.size)
    this.byteLength = this.length
    this.#identity = identity
  }

  /** @internal */
  describe(): FileDescription {
    return { kind: 'file', path: this.path, identity: this.#identity }
  }

  /** @internal */
  open(): DataReader<Uint8Array> {
    return new FileReader(this.describe())
  }

  /** @internal */
  async assertUnchanged(): Promise<void> {
    let now: FileIdentity
    try {
      now = await stat(this.path, { bigint: true })
    } catch (cause) {
      throw new OnecopyError('ERR_DATA_CHANGED', `${this.path} cannot be found any more`, { cause })
    }
    assertSameFile(this.path, this.#identity, now)
  }
}

/**
 * A file of any size as data, never held whole: each lane reads its chunk into a buffer of its own, again and again.
 *
 * Memory stays constant: the lanes' buffers, each as large as the largest chunk. The file must stay as it is until the run
 * has settled: its size, modification time and inode are compared before and after, and a run over a file that changed
 * rejects with `ERR_DATA_CHANGED`. To take a new state of the file, call `file` again.
 *
 * @param path - a regular file that can be read
 * @throws {TypeError} `path` is no path or `file:` URL, or names a directory or another thing that is no regular file, or
 *   a file without a size that the system makes up as it is read (/proc)
 * @throws {Error} it cannot be opened; `code` is the system's (`'ENOENT'`, `'EACCES'`)
 * @example const lines = await engine.map(file('access.log'), countLines).reduce(sum())
 */
export function file(path: string | URL): FileData {
  const name = checkPath(path)
  let fd: number
  try {
    fd = openToRead(name)
  } catch (cause) {
    throw unreadable(name, cause)
  }
  try {
    const stats = fstatSync(fd, { bigint: true })
    if (!stats.isFile()) throw notAFile(name, stats.isDirectory())
    if (stats.size === 0n && isMadeUp(fd)) {
      throw new TypeError(`path: ${JSON.stringify(name)} is made up as it is read and has no size: load() it`)
    }
    return new FileData(name, identityOf(stats))
  } finally {
    closeSync(fd)
  }
}

/** Whether there are bytes in what says that it is empty, and goes on saying so. */
function isMadeUp(fd: number): boolean {
  return readSync(fd, new Uint8Array(1), 0, 1, 0) > 0 && fstatSync(fd).size === 0
}

/** Bytes of one read, and how many are under way: enough to keep the reading threads at work. */
const readBytes = 16 * 1024 * 1024
const readsAtOnce = 4

/**
 * Read a file into shared memory: straight into it, with no second buffer.
 *
 * @param path - a file that can be read; of a pipe or device all is read up to its end (and copied once)
 * @throws {TypeError} `path` is no path or `file:` URL, or names a directory
 * @throws {OnecopyError} `ERR_DATA_CHANGED`: the file shrank, grew or was written to meanwhile
 * @throws {Error} it cannot be read; `code` is the system's (`'ENOENT'`, `'EACCES'`)
 * @example const log = await load('access.log')
 */
export async function load(path: string | URL): Promise<SharedMemory<Uint8Array>> {
  const name = checkPath(path)
  const handle = await open(name, 'r').catch((cause) => {
    throw unreadable(name, cause)
  })
  try {
    const before = await handle.stat({ bigint: true })
    if (before.isDirectory()) throw notAFile(name, true)
    // A pipe has no size, and neither has a file that the system makes up as it is read (/proc).
    if (!before.isFile() || before.size === 0n) return share(await readFile(handle))
    const data = alloc(Uint8Array, Number(before.size))
    let next = 0
    const readParts = async (): Promise<void> => {
      while (next < data.length) {
        const start = next
        next = Math.min(data.length, start + readBytes)
        await readPart(handle, name, data, start, next)
      }
    }
    await Promise.all(Array.from({ length: readsAtOnce }, readParts))
    assertSameFile(name, before, await handle.stat({ bigint: true }))
    return data
  } finally {
    await handle.close()
  }
}

type Handle = Awaited<ReturnType<typeof open>>

async function readPart(
  handle: Handle,
  name: string,
  data: SharedMemory<Uint8Array>,
  start: number,
  end: number,
): Promise<void> {
  for (let at = start; at < end; ) {
    const { bytesRead } = await handle.read(data.view(at, end), 0, end - at, at)
    if (bytesRead === 0) {
      throw new OnecopyError(
        'ERR_DATA_CHANGED',
        `${name} changed while it was read: it ended at ${at}, before ${data.length}`,
      )
    }
    at += bytesRead
  }
}

function checkPath(path: unknown): string {
  if (path instanceof URL && path.protocol === 'file:') return fileURLToPath(path)
  if (path instanceof URL) throw new TypeError(`path: expected a path or a file: URL, got ${path.href}`)
  if (typeof path !== 'string' || path === '')
    throw new TypeError(`path: expected a path or a file: URL, got ${JSON.stringify(path) ?? typeof path}`)
  return path
}

function notAFile(name: string, isDirectory: boolean): TypeError {
  const error = new TypeError(`path: ${JSON.stringify(name)} is ${isDirectory ? 'a directory' : 'no regular file'}`)
  return Object.assign(error, isDirectory ? { code: 'EISDIR' } : {})
}

function unreadable(name: string, cause: unknown): Error {
  // `as`: what the file system throws has a code.
  const { code, message } = cause as NodeJS.ErrnoException
  return Object.assign(new Error(`path: cannot open ${JSON.stringify(name)}: ${message}`, { cause }), { code })
}
