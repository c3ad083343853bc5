// The gallery's input: shared data for the examples, and pieces of the same bytes for the checks.

import { open, stat } from 'node:fs/promises'
import { file, isOnecopyError, load, type SharedData } from '@onecopy/node'
import { nowMs } from './clock.js'
import { UsageError } from './usage-error.js'

/** Files up to this size are loaded into shared memory. Larger files are read chunk by chunk in each run. */
const mostLoadedBytes = 1024 * 1024 * 1024
/** The size of a piece: a prime, so that no border of a piece is a border of a chunk. */
const pieceBytes = 1_000_003

/** An input. */
export interface Input {
  readonly path: string
  readonly data: SharedData
  /** Where the workers find the bytes. */
  readonly held: 'memory' | 'file'
  /** The time for loading it into memory; 0 for a file that is not loaded. */
  readonly loadMs: number
  /** How much that added to the process's resident memory, in bytes. */
  readonly residentBytesAdded: number
  /**
   * All bytes in order, read again from the file itself, so that loading is checked too. If the input cannot be read twice with
   * the same result (a pipe, a file in /proc), the bytes come from memory. A piece is valid until the next one.
   */
  pieces(): AsyncIterable<Uint8Array>
}

/**
 * Open the input.
 *
 * @param path - a file or a pipe
 * @param mostBytes - how much of the file is taken, if it is longer; default: all of it
 * @throws {UsageError} it cannot be opened, or is a directory or a device
 */
export async function openInput(path: string, mostBytes?: number): Promise<Input> {
  const size = await sizeOf(path)
  if (size !== undefined && size > mostLoadedBytes && mostBytes === undefined) {
    const data = openOrExplain(() => file(path))
    return { path, data, held: 'file', loadMs: 0, residentBytesAdded: 0, pieces: () => readPieces(path, data.length) }
  }
  const residentBefore = process.memoryUsage.rss()
  const begun = nowMs()
  const isCut = size !== undefined && mostBytes !== undefined && mostBytes < size
  const data = await load(path, isCut ? { end: mostBytes } : {}).catch(explain)
  return {
    path,
    data,
    held: 'memory',
    loadMs: nowMs() - begun,
    residentBytesAdded: process.memoryUsage.rss() - residentBefore,
    pieces: () => (size === undefined ? cutPieces(data.view()) : readPieces(path, data.length)),
  }
}

/** The size of a file in bytes; undefined if it has none: a pipe, or a file that the system generates while it is read. */
async function sizeOf(path: string): Promise<number | undefined> {
  const stats = await stat(path).catch(explain)
  if (stats.isDirectory()) throw new UsageError(`${path} is a directory; name a file`)
  if (!stats.isFile() && !stats.isFIFO()) throw new UsageError(`${path} is not a file; name a file or a pipe`)
  return stats.isFile() && stats.size > 0 ? stats.size : undefined
}

function openOrExplain<T>(open: () => T): T {
  try {
    return open()
  } catch (cause) {
    return explain(cause)
  }
}

/** An error of the system about the path becomes one line for the user. Any other error is a bug and is thrown again. */
function explain(cause: unknown): never {
  // Node throws it in this realm, so `instanceof` is right.
  if (!(cause instanceof Error) || !('code' in cause) || isOnecopyError(cause)) throw cause
  throw new UsageError(`cannot read the input: ${cause.message}`, { cause })
}

async function* readPieces(path: string, byteLength: number): AsyncGenerator<Uint8Array> {
  const handle = await open(path, 'r')
  try {
    const buffer = new Uint8Array(pieceBytes)
    for (let at = 0; at < byteLength; ) {
      const { bytesRead } = await handle.read(buffer, 0, Math.min(pieceBytes, byteLength - at), at)
      if (bytesRead === 0) break
      yield buffer.subarray(0, bytesRead)
      at += bytesRead
    }
  } finally {
    await handle.close()
  }
}

/** `bytes` in pieces. */
export async function* cutPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}
