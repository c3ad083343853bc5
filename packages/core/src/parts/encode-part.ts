// Parts as bytes, for files and networks. docs/parts.md describes the format.

import { checkBytes, checkCount, show } from '../base/check.js'
import { crc32 } from '../base/crc32.js'
import { OnecopyError } from '../base/errors.js'
import { memberOf } from '../base/own-members.js'
import type { ChunkPlan } from '../chunks/chunk-plan.js'
import type { PlanPieces } from '../chunks/pieces.js'
import { mostNumbers } from '../data/range.js'
import { kinds } from '../data/typed-array.js'
import { type Part, partVersion } from '../protocol/part.js'
import { ByteReader, BytesError } from '../serialize/byte-reader.js'
import { ByteWriter } from '../serialize/byte-writer.js'
import { decodeValue } from '../serialize/decode-value.js'
import { encodeValue } from '../serialize/encode-value.js'
import { checkContent } from './check-part.js'

/** What the bytes of every part begin with: `onecopy` and a zero. */
const magic = Uint8Array.of(0x6f, 0x6e, 0x65, 0x63, 0x6f, 0x70, 0x79, 0)
/** Magic, version and checksum. */
const headBytes = 16

/**
 * Write a part as bytes. The bytes are the same on every machine, and later versions of onecopy say clearly if they cannot read them.
 *
 * Results may be whatever a run gives back: plain data, typed arrays, Map, Set, Date, errors. Shared memory in them is written with
 * its content.
 *
 * @throws {TypeError} `part` is no part; or a result cannot be written, such as a stream, or is nested too deeply
 * @example await writeFile('part.bin', encodePart(await engine.part(data, hash, { from: 0, to: 64 })))
 */
export function encodePart(part: Part): Uint8Array<ArrayBuffer> {
  checkCount('encodePart', 1, arguments.length)
  if (typeof part !== 'object' || part === null || part.version !== partVersion) {
    throw new TypeError(`part: expected a part, from engine.part(), got ${show(part)}`)
  }
  const { plan, plugin, data, params, ranges, payload } = part
  const notes = memberOf(part, 'notes')
  const writer = new ByteWriter()
  writer.bytes(magic)
  writer.word(partVersion)
  writer.word(0)
  // Only data of several pieces has them, so that other parts are as short as they can be.
  const { pieces, ...uncut } = plan
  encodeValue(writer, [
    pieces === undefined ? uncut : plan,
    plugin,
    data,
    params,
    ranges,
    payload,
    ...(notes === undefined ? [] : [notes]),
  ])
  writer.setWord(headBytes - 4, crc32(writer.written().subarray(headBytes)))
  return writer.written().slice()
}

/**
 * Read a part from bytes. They may come from anywhere: what is no part, or was damaged, is refused.
 *
 * The checksum shows damage and no forgery: who can write your parts can change your answer.
 *
 * @throws {TypeError} `bytes` is no `Uint8Array`
 * @throws {OnecopyError} `ERR_PART_DAMAGED`: the bytes are no part, or were changed or cut off. `ERR_PART_MISMATCH`: another version
 *   of onecopy wrote them, and this one cannot read them
 * @example assembly.add(decodePart(await readFile('part.bin')))
 */
export function decodePart(bytes: Uint8Array): Part {
  checkCount('decodePart', 1, arguments.length)
  checkBytes('bytes', bytes)
  if (bytes.length < headBytes || magic.some((byte, i) => bytes[i] !== byte)) {
    throw damaged('these bytes are no part: they do not begin like one')
  }
  const reader = new ByteReader(bytes)
  reader.bytes(magic.length)
  const version = reader.word()
  if (version !== partVersion) {
    throw new OnecopyError(
      'ERR_PART_MISMATCH',
      `part: it is of version ${version}, and this version of onecopy reads version ${partVersion}`,
    )
  }
  if (reader.word() !== crc32(bytes.subarray(headBytes))) {
    throw damaged('its checksum does not match: bytes were changed, or cut off')
  }
  let content: unknown
  try {
    content = decodeValue(reader)
    if (reader.left > 0) throw new BytesError(`${reader.left} bytes follow its end`)
  } catch (cause) {
    // `as`: `decodeValue` throws nothing else.
    throw damaged((cause as BytesError).message, cause)
  }
  return toPart(content)
}

function damaged(how: string, cause?: unknown): OnecopyError {
  return new OnecopyError('ERR_PART_DAMAGED', `part: ${how}`, cause === undefined ? {} : { cause })
}

function toPart(content: unknown): Part {
  if (!Array.isArray(content) || ![6, 7].includes(content.length))
    throw damaged('it does not have the members of a part')
  const [plan, plugin, data, params, ranges, payload, notes] = content
  const areTexts =
    typeof plugin === 'string' && typeof data === 'string' && ['string', 'undefined'].includes(typeof params)
  if (!areTexts || !isPlan(plan) || typeof payload !== 'object' || payload === null) {
    throw damaged('it does not have the members of a part')
  }
  const part: Part = {
    version: partVersion,
    plan: { ...plan, pieces: memberOf(plan, 'pieces') },
    plugin,
    data,
    params,
    ranges,
    payload,
    ...(notes === undefined ? {} : { notes }),
  }
  checkContent(part, 1)
  return part
}

const planKinds: readonly unknown[] = [
  'fixed',
  'delimited',
  'records',
  'overlapping',
  'csv',
] satisfies ChunkPlan['kind'][]

const policies: readonly unknown[] = ['refuse', 'skip', 'keep'] satisfies ChunkPlan['malformed'][]

function isPlan(value: unknown): value is ChunkPlan {
  if (typeof value !== 'object' || value === null) return false
  // `as`: its members are checked one by one.
  const { kind, elementType, delimiter, mark, malformed, ...numbers } = value as ChunkPlan
  const pieces = memberOf(value, 'pieces')
  const { count, length, size, first, last, overlap, align, quote, escape: escapeByte } = numbers
  if (!planKinds.includes(kind) || !kinds.has(elementType) || !Array.isArray(delimiter)) return false
  if (!Array.isArray(mark)) return false
  // Not `every`, which passes over holes.
  for (const byte of [...delimiter, ...mark]) if (!isCount(byte)) return false
  if (!policies.includes(malformed)) return false
  if (pieces !== undefined && !arePieces(pieces)) return false
  return [count, length, size, first, last, overlap, align, quote, escapeByte].every(isCount)
}

function arePieces(value: unknown): value is PlanPieces {
  if (typeof value !== 'object' || value === null) return false
  // `as`: its members are checked one by one.
  const { starts, chunks, header, record } = value as PlanPieces
  if (!Array.isArray(starts) || !Array.isArray(chunks) || starts.length !== chunks.length) return false
  for (const number of [...starts, ...chunks]) if (!isCount(number)) return false
  return isCount(header) && isCount(record)
}

function isCount(value: unknown): boolean {
  // A range has up to 2^53 elements.
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= mostNumbers
}
