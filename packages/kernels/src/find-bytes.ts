// The plugin that finds a pattern of bytes.

import { type Chunker, definePlugin, overlapping, type Plugin } from '@onecopy/core'
import { checkInteger, show } from '@onecopy/core/lane'
import { bytesOf, checkPattern, checkSimd } from './base/check.js'
import { runtime } from './base/runtime.js'
import { firstMatches, isLimited } from './search/first-matches.js'
import type { ChunkMatches, Matches } from './search/matches.js'
import { SearchFor } from './search/search-for.js'
import { SearchForMany } from './search/search-for-many.js'
import { chunkBytes, landingBuffer, type SimdParams, type SimdState, simdState } from './wasm/simd.js'

/** The parameters of {@link findBytes}. */
export interface FindBytesParams extends SimdParams {
  /** What to find: bytes, or text, which is encoded as UTF-8. At least one byte. Give this or `patterns`; there is no default. */
  readonly pattern: string | Uint8Array
  /**
   * Many patterns to find at once, instead of `pattern`: up to 65,536 of 64 MiB together. Each is at least one byte long. Equal
   * patterns are found each for itself.
   *
   * @default none
   */
  readonly patterns: readonly (string | Uint8Array)[]
  /**
   * How many matches to look for: an integer >= 0, or `Infinity`. When they are found, the rest of the data is not read. With 0, all
   * matches are counted, and no offset is stored.
   *
   * @default Infinity
   */
  readonly limit: number
}

interface State extends SimdState {
  readonly search: SearchFor | SearchForMany
  /** The length of the longest pattern, in bytes. */
  readonly longest: number
}

const mostPatterns = 65536
const mostPatternBytes = 64 * 1024 * 1024

/**
 * Where a pattern of bytes occurs, and how often; or many patterns at once.
 *
 * Every match counts, overlapping matches too: `aa` occurs in `aaa` at 0 and 1. A match belongs to the chunk in which it
 * starts. Matches across a chunk border are found with any chunker. An offset takes 8 bytes, so set `limit` where there may be
 * many matches. The search ends with the match that reaches the limit.
 *
 * With `patterns`, the answer also has `counts`, the matches of each pattern, and `which`, the pattern of each offset.
 *
 * The time is linear in the length of the data, for any data and any patterns. A single `pattern` of more than 65,472 bytes is
 * searched without SIMD.
 *
 * @throws {RangeError} a pattern is empty, there is none or there are too many, or `limit` is out of its range
 * @throws {TypeError} a pattern is neither text nor bytes, there are both `pattern` and `patterns`, or `simd` is neither true nor
 *   false
 * @example const { count, offsets } = await engine.run(data, findBytes, { params: { pattern: 'ERROR', limit: 10 } })
 * @example const { counts } = await engine.run(data, findBytes, { params: { patterns: ['ERROR', 'WARN'], limit: 0 } })
 */
export const findBytes: Plugin<FindBytesParams, ChunkMatches, Matches> = definePlugin(import.meta.url, {
  name: 'find-bytes',
  description: 'Where a pattern of bytes occurs, and how often; or many patterns at once.',
  params: { pattern: '', patterns: [], limit: Number.POSITIVE_INFINITY, simd: true },
  chunks: (params: FindBytesParams): Chunker => {
    const longest = checkedPatterns(params).reduce((most, { length }) => Math.max(most, length), 0)
    return overlapping({ size: chunkBytes, overlap: longest - 1 })
  },
  setup(params): State {
    const patterns = checkedPatterns(params)
    if (params.patterns.length > 0) {
      const search = new SearchForMany(patterns, params.simd)
      return { kernel: search.kernel, search, longest: search.longest }
    }
    return { ...simdState(params), search: new SearchFor(patterns[0]!), longest: patterns[0]!.length }
  },
  // Reserve room for the bytes that a match needs behind its chunk, because growing the memory later would detach `bytes`.
  buffer({ longest, ...state }: State, byteLength): Uint8Array {
    return landingBuffer(state, byteLength + longest).subarray(0, -longest)
  },

  map(data, chunk): ChunkMatches {
    const bytes = bytesOf(data)
    const { start, end, state, params } = chunk
    const { kernel, search, longest } = state
    const { limit } = params
    const wanted = Math.min(end - start + longest - 1, chunk.length - start)
    const behind = bytes.length < wanted ? chunk.view(start + bytes.length, start + wanted) : undefined
    // A stream does not know its length: then there may be less.
    const reach = Math.min(wanted, bytes.length + (behind?.length ?? 0))
    if (search instanceof SearchForMany)
      return { ...search.find(bytes.subarray(0, reach), behind, { start, places: end - start, limit }), limit }
    const within = { start, places: reach - longest + 1, limit }
    if (within.places <= 0) return { count: 0, offsets: new Float64Array(0), limit }
    const { count, offsets } =
      kernel !== undefined && search.fits(kernel)
        ? search.inKernel(kernel, kernel.place(bytes, behind), within)
        : search.inBytes(behind === undefined ? bytes : joined(bytes, behind), within)
    return { count: isLimited(limit) ? offsets.length : count, offsets, limit }
  },

  stopsEarly: ({ limit }) => isLimited(limit),
  reduce: firstMatches,
})

/** Check all parameters, and return the bytes of all patterns. */
function checkedPatterns({ pattern, patterns, limit, simd }: FindBytesParams): Uint8Array[] {
  checkPattern('pattern', pattern)
  if (!Array.isArray(patterns)) throw new TypeError(`patterns: expected an array, got ${show(patterns)}`)
  if (patterns.length > 0 && pattern.length > 0)
    throw new TypeError('patterns: expected no pattern beside them, got one')
  if (patterns.length === 0 && pattern.length === 0)
    throw new RangeError('pattern: expected at least one byte, got none')
  if (patterns.length > mostPatterns)
    throw new RangeError(`patterns: expected at most ${mostPatterns}, got ${patterns.length}`)
  if (limit !== Number.POSITIVE_INFINITY) checkInteger('limit', limit, 0, Number.MAX_SAFE_INTEGER)
  checkSimd(simd)
  if (patterns.length === 0) return [encoded(pattern)]
  // Array.from, because map leaves out holes.
  const all = Array.from(patterns, (each, i) => {
    checkPattern(`patterns[${i}]`, each)
    if (each.length === 0) throw new RangeError(`patterns[${i}]: expected at least one byte, got none`)
    return encoded(each)
  })
  const byteLength = all.reduce((sum, { length }) => sum + length, 0)
  if (byteLength > mostPatternBytes)
    throw new RangeError(`patterns: expected at most ${mostPatternBytes} bytes together, got ${byteLength}`)
  return all
}

function encoded(pattern: string | Uint8Array): Uint8Array {
  return typeof pattern === 'string' ? new runtime.TextEncoder().encode(pattern) : pattern
}

function joined(left: Uint8Array, right: Uint8Array): Uint8Array {
  const both = new Uint8Array(left.length + right.length)
  both.set(left)
  both.set(right, left.length)
  return both
}
