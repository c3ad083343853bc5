// Finds the members of a gzip file, and decompresses only those whose ends are in doubt, and the last one.
//
// Members do not say where they end, but for those of BGZF. So the next header is looked for, and a header that is found may be a part of
// the member's data. It is taken without a further look if it is like one that has been proved, and no stored block can hold it. Then it is
// wrong once in about 10^14 bytes, and the checksum of the member tells it. Else the member is decompressed.

import { setImmediate } from 'node:timers/promises'
import { damaged, MemberError } from './damaged.js'
import {
  hasLength,
  headerKind,
  isMemberStart,
  isPlausible,
  lengthAt,
  type Member,
  memberEnd,
  mostCompressedBytes,
  readMemberAsync,
} from './gzip-members.js'
import { type MemberTable, MemberTableBuilder } from './member-table.js'
import type { ScanWindow } from './scan-window.js'
import { mostMemberBytes, mostSingleBytes, splitsWell } from './split-rule.js'
import { mayBeStored } from './stored-block.js'

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
  /** The kinds of headers that members have. */
  const headers = new Set<number>()
  while (table.compressed < window.size) {
    const start = table.compressed
    const [bytes, end] = await findEnd(window, start, headers)
    if (table.members > 0 && !isMemberStart(bytes, 0)) {
      await checkZeros(path, window, start)
      break
    }
    headers.add(headerKind(bytes, 0))
    if (end === undefined || start + end === window.size) {
      if (start + bytes.length < window.size) return undefined
      if (!(await addLast(path, bytes, table))) return undefined
      break
    }
    const length = lengthAt(bytes, end)
    if (length > mostMemberBytes) return undefined
    table.add(start + end, length)
    if (table.members % membersPerTurn === 0) await setImmediate()
  }
  return splitsWell(table) ? table.build() : undefined
}

/**
 * The bytes from the member at `start` on, and where it ends in them, if that can be found.
 *
 * @param headers - the kinds of headers of the members before
 */
async function findEnd(
  window: ScanWindow,
  start: number,
  headers: ReadonlySet<number>,
): Promise<readonly [bytes: Buffer, end: number | undefined]> {
  let bytes: Buffer = Buffer.alloc(0)
  let end: number | undefined
  for (const most of [0, mostCompressedBytes]) {
    bytes = await window.show(start, most + 128 * 1024)
    end = memberEnd(bytes, 0)
    if (end === undefined) continue
    // Fewer bytes are enough if the end is right.
    if (isCertain(bytes, end, headers) || (await proveEnd(bytes.subarray(0, end))) === end) return [bytes, end]
  }
  return [bytes, end === undefined ? undefined : await proveEnd(bytes)]
}

/** Whether a member follows this one at `end`. Else what looks like its header may be data. */
function isCertain(bytes: Buffer, end: number, headers: ReadonlySet<number>): boolean {
  // The length of the first member is proved even if the member has it, because other programs may use the same field.
  if (headers.size === 0) return false
  if (hasLength(bytes, 0)) return true
  return headers.has(headerKind(bytes, end)) && isPlausible(bytes, 0, end) && !mayBeStored(bytes, end)
}

/** Where the member ends with which `bytes` begin. Undefined if it is damaged or too large, which others find out. */
async function proveEnd(bytes: Buffer): Promise<number | undefined> {
  try {
    return (await readMemberAsync(bytes, 0, mostMemberBytes)).end
  } catch {
    return undefined
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
