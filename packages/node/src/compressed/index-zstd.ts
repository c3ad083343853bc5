// Finds the frames of a zstd file without decompressing it.

import { setImmediate } from 'node:timers/promises'
import { damaged, MemberError } from './damaged.js'
import { type MemberTable, MemberTableBuilder } from './member-table.js'
import type { ScanWindow } from './scan-window.js'
import { mostMemberBytes, splitsWell } from './split-rule.js'
import { type Frame, frameAt, readSeekTable, type SeekTable, seekFooterBytes, seekTableBytes } from './zstd-frames.js'

/** Most compressed bytes of a frame that is read as a whole. */
const mostFrameBytes = 16 * 1024 * 1024
/** Give the event loop a turn after so many frames. */
const framesPerTurn = 1024

/**
 * The table of the frames in a file.
 *
 * @returns undefined if a frame does not say how long its data is, if frames are too large to be read as a whole, or too few to be
 *   read by several workers
 * @throws {OnecopyError} `ERR_DATA_DAMAGED`
 */
export async function indexZstd(path: string, window: ScanWindow): Promise<MemberTable | undefined> {
  const table = new MemberTableBuilder(0)
  const seekTable = await findSeekTable(window)
  const lengths = seekTable?.lengths ?? []
  let data = 0
  while (table.compressed < window.size) {
    const start = table.compressed
    const frame = await find(path, window, start)
    if (frame === undefined) return undefined
    const length = frame.length ?? lengths[data]
    if (!frame.isSkipped) data++
    if (length === undefined || length > mostMemberBytes) return undefined
    table.add(start + frame.end, length)
    if (table.members % framesPerTurn === 0) await setImmediate()
  }
  return splitsWell(table) ? table.build() : undefined
}

async function find(path: string, window: ScanWindow, start: number): Promise<Frame | undefined> {
  try {
    for (const byteLength of [256 * 1024, mostFrameBytes]) {
      const bytes = await window.show(start, byteLength)
      const frame = frameAt(bytes, 0)
      if (frame !== undefined) return frame
      if (start + bytes.length >= window.size) throw new MemberError(0, 'the file ends inside of it')
    }
    return undefined
  } catch (cause) {
    throw cause instanceof MemberError ? damaged(path, 'the zstd frame', start, cause.cause) : cause
  }
}

async function findSeekTable(window: ScanWindow): Promise<SeekTable | undefined> {
  const { size } = window
  if (size < seekFooterBytes) return undefined
  const byteLength = seekTableBytes(await window.show(size - seekFooterBytes, seekFooterBytes))
  if (byteLength === undefined || byteLength > size || byteLength > mostFrameBytes) return undefined
  return readSeekTable(await window.show(size - byteLength, byteLength))
}
