// The proof that a file has only grown: its old bytes are still there.

import type { Hash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { memberOf } from '@onecopy/core/lane'
import { createSha256 } from '../crypto.js'
import type { FileDescription } from '../files/file-reader.js'

/** What is known of a file's bytes from an earlier run. Plain data that JSON can hold: integers of any size are texts. */
export interface Prefix {
  readonly path: string
  readonly ino: string
  readonly size: string
  readonly mtimeNs: string
  /** The range of the data, in bytes of the file. */
  readonly byteOffset: number
  readonly byteLength: number
  /** The SHA-256 of the first and of the last bytes of the range. */
  readonly head: string
  readonly tail: string
  /** The SHA-256 of all bytes, in pieces one after the other; undefined if the folder was begun without. */
  readonly pieces: readonly Piece[] | undefined
}

interface Piece {
  /** Where the piece ends, from the start of the range. */
  readonly end: number
  readonly sha256: string
}

/** Whether a value has the shape of a prefix. */
export function isPrefix(value: unknown): value is Prefix {
  if (typeof value !== 'object' || value === null) return false
  // `as`: its members are looked at one by one.
  const prefix = value as Prefix
  const { path, ino, size, mtimeNs, head, tail, byteOffset, byteLength } = prefix
  const pieces = memberOf(prefix, 'pieces')
  const texts = [path, ino, size, mtimeNs, head, tail]
  return (
    texts.every((each) => typeof each === 'string') &&
    [byteOffset, byteLength].every(isOffset) &&
    (pieces === undefined || (Array.isArray(pieces) && pieces.every(isPiece)))
  )
}

function isPiece(value: Partial<Piece> | null): boolean {
  return isOffset(value?.end) && typeof value?.sha256 === 'string'
}

function isOffset(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

/** How many bytes at each end of the range are compared. */
const edgeBytes = 64 * 1024
const blockBytes = 1024 * 1024

/** What makes a reader of prefixes stop early. */
export type ThrowIfStopped = () => void

/**
 * Describe the bytes of a file as they are now. With pieces, the bytes behind those of `before` are read as a whole.
 *
 * @param before - what {@link changesSince} has found to be unchanged
 */
export async function describePrefix(
  description: FileDescription,
  before: Prefix | undefined,
  withPieces: boolean,
  throwIfStopped: ThrowIfStopped,
): Promise<Prefix> {
  const { path, identity, byteOffset, byteLength } = description
  return await withFile(path, async (handle) => {
    let pieces = before === undefined ? (withPieces ? [] : undefined) : memberOf(before, 'pieces')
    const done = pieces?.at(-1)?.end ?? 0
    if (pieces !== undefined && done < byteLength) {
      const sha256 = await digest(handle, byteOffset + done, byteOffset + byteLength, throwIfStopped)
      pieces = [...pieces, { end: byteLength, sha256 }]
    }
    return {
      path,
      ino: String(identity.ino),
      size: String(identity.size),
      mtimeNs: String(identity.mtimeNs),
      byteOffset,
      byteLength,
      ...(await edges(handle, byteOffset, byteLength, throwIfStopped)),
      pieces,
    }
  })
}

/**
 * Compare a file with what is known of its bytes. Returns how it has changed other than at its end; empty if it has not.
 *
 * @param isWhole - whether to read all of the old bytes
 */
export async function changesSince(
  before: Prefix,
  description: FileDescription,
  isWhole: boolean,
  throwIfStopped: ThrowIfStopped,
): Promise<string[]> {
  const { path, identity, byteOffset, byteLength } = description
  if (byteOffset !== before.byteOffset) {
    return [`the data began at byte ${before.byteOffset} of the file, and now begins at byte ${byteOffset}`]
  }
  if (String(identity.ino) !== before.ino) return [`another file has taken the place of ${path}`]
  if (byteLength < before.byteLength) {
    return [`${path} was truncated: the data had ${before.byteLength} bytes, and now has ${byteLength}`]
  }
  if (isWhole && memberOf(before, 'pieces') === undefined) {
    return ['it was begun without verifyPrefix, so it has no digest of all bytes']
  }
  // With other bytes at the end, the time had to change. Without, only a look at all bytes tells what has been written.
  if (!isWhole && String(identity.size) === before.size && String(identity.mtimeNs) !== before.mtimeNs) {
    return [`${path} was written to, and has not grown`]
  }
  return await withFile(path, async (handle) => {
    const { head, tail } = await edges(handle, byteOffset, before.byteLength, throwIfStopped)
    if (head !== before.head) return [`the first bytes of ${path} have changed`]
    if (tail !== before.tail) return [`the bytes of ${path} before byte ${byteOffset + before.byteLength} have changed`]
    let start = 0
    for (const { end, sha256 } of isWhole ? (before.pieces ?? []) : []) {
      if ((await digest(handle, byteOffset + start, byteOffset + end, throwIfStopped)) !== sha256) {
        return [`bytes ${byteOffset + start} to ${byteOffset + end} of ${path} have changed`]
      }
      start = end
    }
    return []
  })
}

async function edges(
  handle: FileHandle,
  byteOffset: number,
  byteLength: number,
  throwIfStopped: ThrowIfStopped,
): Promise<Pick<Prefix, 'head' | 'tail'>> {
  const edge = Math.min(edgeBytes, byteLength)
  const end = byteOffset + byteLength
  return {
    head: await digest(handle, byteOffset, byteOffset + edge, throwIfStopped),
    tail: await digest(handle, end - edge, end, throwIfStopped),
  }
}

async function digest(handle: FileHandle, start: number, end: number, throwIfStopped: ThrowIfStopped): Promise<string> {
  const hash: Hash = createSha256()
  const block = new Uint8Array(Math.min(blockBytes, end - start))
  for (let at = start; at < end; ) {
    throwIfStopped()
    const { bytesRead } = await handle.read(block, 0, Math.min(block.length, end - at), at)
    // A file that is too short has another digest.
    if (bytesRead === 0) break
    hash.update(block.subarray(0, bytesRead))
    at += bytesRead
  }
  return hash.digest('hex')
}

async function withFile<T>(path: string, work: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(path, 'r')
  try {
    return await work(handle)
  } finally {
    await handle.close()
  }
}
