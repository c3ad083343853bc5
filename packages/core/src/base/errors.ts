// The one error that a failed run rejects with.

import { isError } from './built-in.js'
import { printable } from './check.js'
import { memberOf } from './own-members.js'

/** Every code of an {@link OnecopyError}. Codes are stable; message texts are not. */
export const errorCodes = [
  'ERR_CHUNK_FAILED',
  'ERR_CHUNK_TIMEOUT',
  'ERR_WORKER_LOST',
  'ERR_RESULT_NOT_CLONEABLE',
  'ERR_PLUGIN_LOAD',
  'ERR_INLINE_CAPTURE',
  'ERR_EMPTY_INPUT',
  'ERR_DATA_CHANGED',
  'ERR_DATA_DAMAGED',
  'ERR_ENGINE_CLOSED',
  'ERR_PART_MISMATCH',
  'ERR_PART_DAMAGED',
  'ERR_PART_MISSING',
  'ERR_CHECKPOINT_MISMATCH',
  'ERR_CHECKPOINT_BUSY',
  'ERR_CLUSTER_UNAVAILABLE',
  'ERR_SPAN_REFUSED',
  'ERR_TOO_MANY_SKIPPED',
  'ERR_SOURCE_FAILED',
] as const

/** The stable name of what went wrong in a run. */
export type ErrorCode = (typeof errorCodes)[number]

/**
 * Why a run failed.
 *
 * - `code`: what happened. It is stable: match on the code, never on the message.
 * - `chunk`: the chunk that failed, if one did: `{ index, start, end }`, in elements of the data.
 * - `cause`: what was thrown in the worker, with its name, message, stack, code and own properties.
 */
export class OnecopyError extends Error {
  /** `'OnecopyError'`, also if another copy of this package made the error. */
  override readonly name: string = 'OnecopyError'
  /** What happened; stable. */
  readonly code: ErrorCode
  /** The chunk that failed; undefined if the failure has to do with no single chunk. */
  readonly chunk: ChunkRange | undefined

  /**
   * Engines make these errors, and so may hosts. Control characters in `message` become escape sequences (`\u001b`), because
   * messages quote data and are printed on terminals.
   */
  constructor(code: ErrorCode, message: string, details: { chunk?: ChunkRange | undefined; cause?: unknown } = {}) {
    super(printable(message), Object.hasOwn(details, 'cause') ? { cause: details.cause } : undefined)
    this.code = code
    this.chunk = memberOf(details, 'chunk')
  }
}

/**
 * Whether `error` is an {@link OnecopyError}. If codes are given, its code must be one of them.
 *
 * It looks at the shape and not at the class, so that two copies of this package in one program understand each other.
 *
 * @example
 * try { await run } catch (error) {
 *   if (!isOnecopyError(error, 'ERR_CHUNK_TIMEOUT')) throw error
 *   console.error('too slow:', error.chunk)
 * }
 */
export function isOnecopyError<C extends ErrorCode = ErrorCode>(
  error: unknown,
  ...codes: C[]
): error is OnecopyError & {
  /** One of `codes`. */
  readonly code: C
} {
  if (!isError(error) || error.name !== 'OnecopyError') return false
  // `as`: an error need not have a `code`; its value is looked up right here.
  const { code } = error as OnecopyError
  return errorCodes.includes(code) && (codes.length === 0 || codes.includes(code as C))
}

/** The range of one chunk, as errors and events report it: elements of the data, `[start, end)`. */
export interface ChunkRange {
  /** The chunk's number, from 0. */
  readonly index: number
  /** The first element that it owns. */
  readonly start: number
  /** One past the last element that it owns. */
  readonly end: number
  /** The file in which it is, if the data consists of several. */
  readonly source?: ChunkSource | undefined
}

/** A place in data that consists of several files. */
export interface SourcePlace {
  /** The path of the file, or the name of another piece of data. */
  readonly path: string
  /** The number of the file, from 0. */
  readonly number: number
  /** How many elements of the file are before the place. */
  readonly offset: number
}

/** Where a chunk is in data that consists of several files. */
export interface ChunkSource extends SourcePlace {
  /** The number of the chunk in its file, from 0. If files have a header, the chunk with the number 0 has it. */
  readonly index: number
}

/** A chunk as messages name it: `chunk 3 [30, 40)`, or with the offsets in its file: `chunk 3 [10, 20) of /logs/b.log`. */
export function nameChunk(range: ChunkRange): string {
  const { index, start, end } = range
  const source = memberOf(range, 'source')
  if (source === undefined) return `chunk ${index} [${start}, ${end})`
  return `chunk ${index} [${source.offset}, ${source.offset + end - start}) of ${source.path}`
}

/** At most this many ranges of chunks are named in a message. */
const mostNamed = 8

/** Ranges of chunks as messages name them: `chunks 0 to 4, 9 and 12 to 20`, or `chunk 3`. The numbers are inclusive. */
export function nameChunks(spans: readonly { readonly from: number; readonly to: number }[]): string {
  const named = spans.slice(0, mostNamed).map(({ from, to }) => (to - from === 1 ? `${from}` : `${from} to ${to - 1}`))
  if (spans.length > mostNamed) named.push(`${spans.length - mostNamed} more ranges`)
  const last = named.pop()
  const isOne = spans.length === 1 && spans[0]!.to - spans[0]!.from === 1
  return `${isOne ? 'chunk' : 'chunks'} ${named.length === 0 ? last : `${named.join(', ')} and ${last}`}`
}
