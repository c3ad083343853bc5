// Checks whether a file still holds the bytes that a run was given.
//
// The check compares device, inode, size and modification time. If the file has another size now, it compares the first and the
// last bytes of the range instead of the time. So bytes in the middle of a file that grows may be overwritten unnoticed.

import { readSync } from 'node:fs'
import { checksum, DataError, OnecopyError, type TypedArray } from '@onecopy/core/lane'
import { nowMs } from '../clock.js'
import { systemText } from './path.js'

/** What the system says about a file. */
export interface FileIdentity {
  readonly size: bigint
  readonly mtimeNs: bigint
  readonly dev: bigint
  readonly ino: bigint
}

/** The bytes that a run was given, and what is known about their file. */
export interface FileState {
  readonly path: string
  readonly identity: FileIdentity
  /** The range, in bytes. */
  readonly byteOffset: number
  readonly byteLength: number
  /** What {@link readEdges} gave. */
  readonly edges: number
}

/** The members of `stats` that tell files apart. */
export function identityOf({ size, mtimeNs, dev, ino }: FileIdentity): FileIdentity {
  return { size, mtimeNs, dev, ino }
}

/** Number of bytes at each end of a range that are compared. */
export const edgeBytes = 4096

/**
 * The checksum of the first and the last bytes of a range; undefined if the file ends too early.
 *
 * @throws {DataError} the file cannot be read
 */
export function readEdges(fd: number, path: string, byteOffset: number, byteLength: number): number | undefined {
  const edge = new Uint8Array(Math.min(edgeBytes, byteLength))
  let sum = 0
  for (const position of [byteOffset, byteOffset + byteLength - edge.length]) {
    if (readUpTo(fd, path, edge, position) < edge.length) return undefined
    sum = checksum(edge, sum)
  }
  return sum
}

/** Most bytes of one read. A read of more than 2 GiB throws. */
const mostReadBytes = 1024 * 1024 * 1024

/**
 * Fill `into` from byte `position` of the file on. Returns how many bytes there were.
 *
 * @throws {DataError} the file cannot be read
 */
export function readUpTo(fd: number, path: string, into: TypedArray, position: number): number {
  const { byteLength } = into
  let done = 0
  while (done < byteLength) {
    let read: number
    try {
      // `as`: any typed array is a view that Node reads into.
      read = readSync(fd, into as Uint8Array, done, Math.min(byteLength - done, mostReadBytes), position + done)
    } catch (cause) {
      throw new DataError(`cannot read ${path} at byte ${position + done}: ${systemText(cause)}`, path, cause)
    }
    if (read === 0) break
    done += read
  }
  return done
}

/**
 * Compare a file with its former state. Bytes that were appended do not count as a change, nor do other bytes behind the range.
 *
 * @param edges - reads both ends of the range again
 * @throws {OnecopyError} `ERR_DATA_CHANGED`
 */
export function assertSameFile(before: FileState, now: FileIdentity, edges: () => number | undefined): void {
  const { path, identity, byteOffset, byteLength } = before
  if (now.ino !== identity.ino || now.dev !== identity.dev) throw changed(path, 'another file has taken its place')
  if (now.size < byteOffset + byteLength) throw changed(path, `it had ${identity.size} bytes and now has ${now.size}`)
  const isWritten = now.size === identity.size ? now.mtimeNs !== identity.mtimeNs : edges() !== before.edges
  if (isWritten) throw changed(path, 'it was written to')
}

/** How long an append may take from changing the modification time to changing the size, in ms. */
export const appendMs = 20

/**
 * Whether to look at the file once more. While a file is appended to, the system may report the new modification time together with
 * the old size. That state ends within microseconds. A file that was overwritten stays in that state.
 *
 * @param sinceMs - when the file was looked at first
 */
export function isUnsettled(before: FileIdentity, now: FileIdentity, sinceMs: number): boolean {
  return now.size === before.size && now.mtimeNs !== before.mtimeNs && nowMs() - sinceMs < appendMs
}

/** The error for a file that has changed. */
export function changed(path: string, how: string): OnecopyError {
  return new OnecopyError('ERR_DATA_CHANGED', `${path} changed while it was in use: ${how}`)
}
