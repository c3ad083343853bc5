// The members of a gzip file: where each ends, and what is in it.
//
// A file of gzip is a sequence of members. BGZF members say how long they are. For others, the next header is looked for. Bytes inside
// of a member may look like a header, so what is found has to be plausible in all that is known. The checksum of each member is
// compared when it is read.
//
// See https://www.rfc-editor.org/rfc/rfc1952 and https://samtools.github.io/hts-specs/SAMv1.pdf (4.1, BGZF).

import { promisify } from 'node:util'
import { crc32, gunzipSync, inflateRaw, inflateRawSync } from 'node:zlib'
import { MemberError } from './damaged.js'
import { ownOptions } from './zlib-options.js'

const magic = Buffer.of(0x1f, 0x8b, 0x08)
const headerBytes = 10
const trailerBytes = 8
/** No member is shorter: a header, two bytes of an empty block, a trailer. */
const leastBytes = headerBytes + 2 + trailerBytes

/** Deflate packs at most so many bytes into one. */
const mostRatio = 1032

/**
 * A member of fewer compressed bytes has less than 4 GiB of data, so that the length in its trailer, which is modulo 2^32, is right.
 */
export const mostCompressedBytes: number = 4 * 1024 * 1024

/** Bits of the flags: a checksum of the header, fields for programs, a file name, a comment. */
const [hasChecksum, hasExtra, hasName, hasComment] = [2, 4, 8, 16]
const reservedFlags = 0xe0

/** Whether a member begins at `at`, as far as its first bytes tell. */
export function isMemberStart(bytes: Buffer, at: number): boolean {
  return (
    at + headerBytes <= bytes.length &&
    bytes[at] === magic[0] &&
    bytes[at + 1] === magic[1] &&
    bytes[at + 2] === magic[2] &&
    (bytes[at + 3]! & reservedFlags) === 0
  )
}

/** What programs choose for all their members: the flags, the extra flags and the operating system in the header at `at`. */
export function headerKind(bytes: Buffer, at: number): number {
  return bytes[at + 3]! | (bytes[at + 8]! << 8) | (bytes[at + 9]! << 16)
}

/** Whether the member at `start` says how long it is, because it is of BGZF. */
export function hasLength(bytes: Buffer, start: number): boolean {
  return bgzfLength(bytes, start) !== undefined
}

/** The length of the data of a member that ends at `end`, as its trailer says. */
export function lengthAt(bytes: Buffer, end: number): number {
  return bytes.readUInt32LE(end - 4)
}

/**
 * Where the member at `start` may end: where the first of all headers follows. Nobody knows whether it is a part of the member's data.
 *
 * @param bytes - at least {@link mostCompressedBytes} from `start` on, or all that there are
 * @returns undefined if no end is found in these bytes
 */
export function memberEnd(bytes: Buffer, start: number): number | undefined {
  const blockLength = bgzfLength(bytes, start)
  if (blockLength !== undefined) return start + blockLength <= bytes.length ? start + blockLength : undefined
  for (let at = start + leastBytes; ; at++) {
    at = bytes.indexOf(magic, at)
    if (at < 0 || at - start > mostCompressedBytes) return undefined
    if (isMemberStart(bytes, at)) return at
  }
}

/** Whether a member is likely to begin at `start` and end at `end`, according to the length in its trailer. */
export function isPlausible(bytes: Buffer, start: number, end: number): boolean {
  const length = lengthAt(bytes, end)
  const packed = end - start - trailerBytes - (headerLength(bytes, start) ?? headerBytes)
  // Data that was flushed often takes more room than it had.
  return packed >= 2 && length <= packed * mostRatio && packed <= length * 16 + 64
}

/** The length of a BGZF member, header and trailer included; undefined for any other member. */
function bgzfLength(bytes: Buffer, start: number): number | undefined {
  if (start + headerBytes + 2 > bytes.length || (bytes[start + 3]! & hasExtra) === 0) return undefined
  let at = start + headerBytes + 2
  const end = at + bytes.readUInt16LE(start + headerBytes)
  if (end > bytes.length) return undefined
  while (at + 4 <= end) {
    const length = bytes.readUInt16LE(at + 2)
    // "BC"
    if (bytes[at] === 0x42 && bytes[at + 1] === 0x43 && length === 2 && at + 6 <= end) {
      const blockLength = bytes.readUInt16LE(at + 4) + 1
      return blockLength >= end - start + 2 + trailerBytes ? blockLength : undefined
    }
    at += 4 + length
  }
  return undefined
}

/** The length of the header at `at`; undefined if the bytes end in it, or if its checksum is wrong. */
function headerLength(bytes: Buffer, at: number): number | undefined {
  const flags = bytes[at + 3]!
  let end = at + headerBytes
  if ((flags & hasExtra) !== 0) {
    if (end + 2 > bytes.length) return undefined
    end += 2 + bytes.readUInt16LE(end)
  }
  for (const flag of [hasName, hasComment]) {
    if ((flags & flag) === 0) continue
    const zero = bytes.indexOf(0, end)
    if (zero < 0) return undefined
    end = zero + 1
  }
  if ((flags & hasChecksum) !== 0) {
    if (end + 2 > bytes.length || (crc32(bytes.subarray(at, end)) & 0xffff) !== bytes.readUInt16LE(end))
      return undefined
    end += 2
  }
  return end <= bytes.length ? end - at : undefined
}

/** A member that was decompressed by itself. */
export interface Member {
  readonly data: Uint8Array
  /** Where it ends, in the bytes that were given. */
  readonly end: number
}

/** What `info: true` makes zlib return; its types do not say so. */
interface Inflated {
  readonly buffer: Buffer
  readonly engine: { readonly bytesWritten: number }
}

const truncated = 'the file ends inside of it'

/**
 * Decompress the member at `start`, wherever it ends.
 *
 * @throws {MemberError} it is damaged, or the bytes end before it
 * @throws {RangeError} it has more than `mostLength` bytes of data
 */
export function readMember(bytes: Buffer, start: number, mostLength: number): Member {
  const body = bodyOf(bytes, start)
  try {
    // `as`: see `Inflated`.
    return checkMember(
      bytes,
      start,
      body,
      inflateRawSync(bytes.subarray(body), optionsFor(mostLength)) as unknown as Inflated,
    )
  } catch (cause) {
    throw explain(cause, start)
  }
}

/** The same, without blocking this thread. */
export async function readMemberAsync(bytes: Buffer, start: number, mostLength: number): Promise<Member> {
  const body = bodyOf(bytes, start)
  try {
    // `as`: see `Inflated`.
    const options = { __proto__: null, ...optionsFor(mostLength), chunkSize: asyncBytes }
    const inflated = (await inflateRawAsync(bytes.subarray(body), options)) as unknown as Inflated
    return checkMember(bytes, start, body, inflated)
  } catch (cause) {
    throw explain(cause, start)
  }
}

/** Each part of so many bytes goes to another thread and back. */
const asyncBytes = 256 * 1024

const inflateRawAsync = promisify<Buffer, object, Buffer>(inflateRaw)

function optionsFor(mostLength: number): object {
  return { __proto__: null, ...ownOptions, info: true, maxOutputLength: Math.max(1, mostLength) }
}

/** Where the packed data of the member begins. */
function bodyOf(bytes: Buffer, start: number): number {
  if (!isMemberStart(bytes, start)) {
    throw new MemberError(start, bytes.length - start < headerBytes ? truncated : 'no gzip header')
  }
  const header = headerLength(bytes, start)
  if (header === undefined) throw new MemberError(start, 'its header is damaged, or cut off')
  return start + header
}

function checkMember(bytes: Buffer, start: number, body: number, { buffer: data, engine }: Inflated): Member {
  const end = body + engine.bytesWritten + trailerBytes
  if (end > bytes.length) throw new MemberError(start, truncated)
  if (crc32(data) !== bytes.readUInt32LE(end - trailerBytes)) throw new MemberError(start, 'its checksum is wrong')
  if (data.length % 2 ** 32 !== lengthAt(bytes, end)) throw new MemberError(start, 'its length is wrong')
  return { data, end }
}

function explain(cause: unknown, start: number): Error {
  if (cause instanceof MemberError) return cause
  // `as`: errors of zlib have a code.
  const { code } = cause as NodeJS.ErrnoException
  if (code === 'ERR_BUFFER_TOO_LARGE') return new RangeError('it has more bytes than that', { cause })
  return new MemberError(start, code === 'Z_BUF_ERROR' ? truncated : cause)
}

/**
 * Decompress members of `length` bytes of data in all.
 *
 * @throws {MemberError} one is damaged, or is not what the others around it promise
 */
export function readMembers(bytes: Buffer, length: number): Uint8Array {
  try {
    const options: object = {
      __proto__: null,
      ...ownOptions,
      info: true,
      // One more, so that all members fit into one buffer, and the last one is seen to end there.
      chunkSize: Math.max(64, length + 1),
      maxOutputLength: length + 1,
    }
    // `as`: see `Inflated`.
    const { buffer, engine } = gunzipSync(bytes, options) as unknown as Inflated
    if (buffer.length === length && engine.bytesWritten === bytes.length) return buffer
  } catch {
    // The members are read again below, one by one, to find the damaged one.
  }
  const parts: Uint8Array[] = []
  let at = 0
  for (let left = length; at < bytes.length; ) {
    let member: Member
    try {
      member = readMember(bytes, at, left)
    } catch (cause) {
      throw cause instanceof MemberError ? cause : new MemberError(at, 'it is longer than the file says')
    }
    parts.push(member.data)
    left -= member.data.length
    at = member.end
  }
  const data = Buffer.concat(parts)
  if (data.length !== length) throw new MemberError(0, 'it is shorter than the file says')
  return data
}
