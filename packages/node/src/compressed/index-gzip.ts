// Finds the members of a gzip file without decompressing it: only the last one is read, because nothing else tells where it ends.

import { setImmediate } from 'node:timers/promises'
import { damaged, MemberError } from './damaged.js'
import {
  isMemberStart,
  lengthAt,
  type Member,
  memberEnd,
  mostCompressedBytes,
  readMemberAsync,
} from './gzip-members.js'
import { type MemberTable, MemberTableBuilder } from './member-table.js'
import type { ScanWindow } from './scan-window.js'
import { mostMemberBytes, mostSingleBytes, splitsWell } from './split-rule.js'

/** Give the event loop a turn after so many members. */
const membersPerTurn = 1024

/**
 * The table of the members in a file.
 *
 * @returns undefined if members are too large to be read as a whole, or too few to be read by several workers
 * @throws {OnecopyError} `ERR_DATA_DAMAGED`
 */
export async function indexGzip(path: string, window: ScanWindow): Promise<MemberTable | undefined> {
  const table = new MemberTableBuilder(0)
  while (table.compressed < window.size) {
    const start = table.compressed
    const [bytes, end] = await findEnd(window, start)
    if (table.members > 0 && !isMemberStart(bytes, 0)) {
      await checkZeros(path, window, start)
      break
    }
    if (end === undefined || start + end === window.size) {
      if (start + bytes.length < window.size) return undefined
      if (!(await addLast(path, bytes, table))) return undefined
      break
    }
    const length = lengthAt(bytes, end)
    if (length > mostMemberBytes) return undefined
    if (table.members === 0 && !(await endsAt(bytes, end))) return undefined
    table.add(start + end, length)
    if (table.members % membersPerTurn === 0) await setImmediate()
  }
  return splitsWell(table) ? table.build() : undefined
}

/** The bytes from the member at `start` on, and where it ends in them, if that can be found. */
async function findEnd(window: ScanWindow, start: number): Promise<readonly [bytes: Buffer, end: number | undefined]> {
  const few = await window.show(start, 128 * 1024)
  const end = memberEnd(few, 0)
  if (end !== undefined) return [few, end]
  const all = await window.show(start, mostCompressedBytes + 128 * 1024)
  return [all, memberEnd(all, 0)]
}

/**
 * Whether the first member ends where the next one seems to begin. It does not if the file is one member with files of gzip in it: data that
 * cannot be packed is stored as it is, with its headers.
 */
async function endsAt(bytes: Buffer, end: number): Promise<boolean> {
  try {
    return (await readMemberAsync(bytes, 0, mostMemberBytes)).end === end
  } catch {
    // Whoever reads the file from its start to its end finds out why.
    return false
  }
}

/** `bytes` begin with the last member, and end with the file. Returns false if it is too large to be read as a whole. */
async function addLast(path: string, bytes: Buffer, table: MemberTableBuilder): Promise<boolean> {
  const start = table.compressed
  const isSingle = table.members === 0
  let last: Member
  try {
    last = await readMemberAsync(bytes, 0, isSingle ? mostSingleBytes : mostMemberBytes)
  } catch (cause) {
    if (cause instanceof MemberError) throw damaged(path, 'the gzip member', start, cause.cause)
    return false
  }
  const garbage = bytes.subarray(last.end).findIndex((byte) => byte !== 0)
  if (garbage >= 0) throw trailing(path, start + last.end + garbage)
  table.add(start + last.end, last.data.length)
  return true
}

/** Check that only zeros follow, as on tapes. */
async function checkZeros(path: string, window: ScanWindow, start: number): Promise<void> {
  for (let at = start; at < window.size; ) {
    const bytes = await window.show(at, 1024 * 1024)
    const garbage = bytes.findIndex((byte) => byte !== 0)
    if (garbage >= 0) throw trailing(path, at + garbage)
    // The file was truncated.
    if (bytes.length === 0) return
    at += bytes.length
  }
}

function trailing(path: string, offset: number): Error {
  return damaged(path, 'what follows the last gzip member', offset, 'it is no gzip member')
}
