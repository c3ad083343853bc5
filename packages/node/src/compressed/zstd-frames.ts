// The frames of a zstd file: where each ends, and what is in it.
//
// Node decompresses only the first of several frames before version 26, and takes a frame that is cut off for an empty one in version
// 22. So frames are found here, and each is given to Node alone.
//
// See https://www.rfc-editor.org/rfc/rfc8878 and
// https://github.com/facebook/zstd/blob/dev/contrib/seekable_format/zstd_seekable_compression_format.md.

import * as zlib from 'node:zlib'
import { MemberError } from './damaged.js'
import { ownOptions } from './zlib-options.js'

const frameMagic = 0xfd2fb528
/** Frames with other data, which is skipped: the last hexadecimal digit is any. */
const skippableMagic = 0x184d2a50
const seekableMagic = 0x8f92eab1

// Imported by name, it would keep older versions from loading this module.
// `as`: the types are those of the oldest version of Node that is supported.
const { zstdDecompressSync } = zlib as unknown as {
  readonly zstdDecompressSync?: (bytes: Uint8Array, options: object) => Buffer
}
/** Whether this version of Node decompresses zstd: since 22.15 and 23.8. */
export const hasZstd: boolean = zstdDecompressSync !== undefined

export function isFrameMagic(magic: number): boolean {
  return magic === frameMagic
}

export function isSkippableMagic(magic: number): boolean {
  return magic >= skippableMagic && magic < skippableMagic + 16
}

/** A frame. */
export interface Frame {
  /** Where it ends, in the bytes that were given. */
  readonly end: number
  /** The length of its data; undefined if it does not say. A frame that is skipped has none. */
  readonly length: number | undefined
  readonly isSkipped: boolean
}

/**
 * The frame at `start`; undefined if it does not end in these bytes.
 *
 * @throws {MemberError} none begins there, or it is damaged
 */
export function frameAt(bytes: Buffer, start: number): Frame | undefined {
  if (start + 4 > bytes.length) return undefined
  const magic = bytes.readUInt32LE(start)
  if (isSkippableMagic(magic)) {
    if (start + 8 > bytes.length) return undefined
    const end = start + 8 + bytes.readUInt32LE(start + 4)
    return end <= bytes.length ? { end, length: 0, isSkipped: true } : undefined
  }
  if (!isFrameMagic(magic)) throw new MemberError(start, 'no zstd frame begins there')
  if (start + 5 > bytes.length) return undefined
  const descriptor = bytes[start + 4]!
  const isSingle = (descriptor & 0x20) !== 0
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!
  const lengthBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6]!
  let at = start + 5 + (isSingle ? 0 : 1) + dictionaryBytes
  if (at + lengthBytes > bytes.length) return undefined
  const length = lengthBytes === 0 ? undefined : readLength(bytes, at, lengthBytes)
  at += lengthBytes
  for (let isLast = false; !isLast; ) {
    if (at + 3 > bytes.length) return undefined
    const header = bytes.readUIntLE(at, 3)
    isLast = (header & 1) !== 0
    const kind = (header >> 1) & 3
    if (kind === 3) throw new MemberError(start, 'a block of it is of no known kind')
    // A block of one repeated byte has that byte alone.
    at += 3 + (kind === 1 ? 1 : header >> 3)
  }
  // A checksum of four bytes.
  if ((descriptor & 4) !== 0) at += 4
  return at <= bytes.length ? { end: at, length, isSkipped: false } : undefined
}

function readLength(bytes: Buffer, at: number, lengthBytes: number): number {
  if (lengthBytes === 8) return Number(bytes.readBigUInt64LE(at))
  return bytes.readUIntLE(at, lengthBytes) + (lengthBytes === 2 ? 256 : 0)
}

/**
 * Decompress frames of `length` bytes of data in all.
 *
 * @throws {MemberError} one is damaged, or is not what the file says
 */
export function readFrames(bytes: Buffer, length: number): Uint8Array {
  const parts: Uint8Array[] = []
  let left = length
  for (let at = 0; at < bytes.length; ) {
    const frame = frameAt(bytes, at)
    if (frame === undefined) throw new MemberError(at, 'it is longer than the file says')
    if (!frame.isSkipped) {
      const data = readFrame(bytes.subarray(at, frame.end), at, frame.length ?? left)
      parts.push(data)
      left -= data.length
    }
    at = frame.end
  }
  if (left !== 0) throw new MemberError(0, 'it is shorter or longer than the file says')
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
}

function readFrame(bytes: Buffer, start: number, length: number): Uint8Array {
  let data: Uint8Array
  try {
    // `!`: a file whose frames are known is opened only if it is there.
    data = zstdDecompressSync!(bytes, {
      __proto__: null,
      ...ownOptions,
      chunkSize: Math.max(64, length + 1),
      maxOutputLength: length + 1,
    })
  } catch (cause) {
    throw new MemberError(start, cause)
  }
  if (data.length !== length) throw new MemberError(start, 'its length is wrong')
  return data
}

/** The lengths of the frames in a file of the seekable format, compressed and not. */
export interface SeekTable {
  readonly compressed: readonly number[]
  readonly lengths: readonly number[]
  /** The bytes of the frame that holds the table. */
  readonly tableBytes: number
}

/** So many bytes at the end of a file tell whether it has a seek table. */
export const seekFooterBytes: number = 9

/** The bytes of the table that ends with `footer`; undefined if there is none. */
export function seekTableBytes(footer: Buffer): number | undefined {
  if (footer.length < seekFooterBytes || footer.readUInt32LE(5) !== seekableMagic) return undefined
  const entryBytes = (footer[4]! & 0x80) === 0 ? 8 : 12
  return 8 + footer.readUInt32LE(0) * entryBytes + seekFooterBytes
}

/** Read a table; undefined if it is none. */
export function readSeekTable(bytes: Buffer): SeekTable | undefined {
  if (bytes.length < 8 + seekFooterBytes || bytes.readUInt32LE(0) !== skippableMagic + 0xe) return undefined
  if (bytes.readUInt32LE(4) !== bytes.length - 8) return undefined
  const footer = bytes.length - seekFooterBytes
  const entryBytes = (bytes[footer + 4]! & 0x80) === 0 ? 8 : 12
  const [compressed, lengths]: [number[], number[]] = [[], []]
  for (let at = 8; at < footer; at += entryBytes) {
    compressed.push(bytes.readUInt32LE(at))
    lengths.push(bytes.readUInt32LE(at + 4))
  }
  return { compressed, lengths, tableBytes: bytes.length }
}
