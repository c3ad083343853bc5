// The plugin that finds a pattern of bytes.

import { type Chunker, definePlugin, overlapping, type Plugin } from '@onecopy/core'
import { bytesOf, checkInteger, checkPattern, checkSimd } from './base/check.js'
import { runtime } from './base/runtime.js'
import { firstMatches } from './search/first-matches.js'
import type { ChunkMatches, Matches } from './search/matches.js'
import { SearchFor } from './search/search-for.js'
import { chunkBytes, landingBuffer, type SimdParams, type SimdState, simdState } from './wasm/simd.js'

/** The parameters of {@link findBytes}. */
export interface FindBytesParams extends SimdParams {
  /** What to find: bytes, or text, which is encoded as UTF-8. At least one byte. There is no default. */
  readonly pattern: string | Uint8Array
  /**
   * How many offsets to return: an integer >= 0, or `Infinity`. With 0, matches are counted and no offset is stored.
   *
   * @default Infinity
   */
  readonly limit: number
}

interface State extends SimdState {
  readonly search: SearchFor
}

/**
 * Where a pattern of bytes occurs, and how often.
 *
 * Every match counts, overlapping matches too: `aa` occurs in `aaa` at 0 and 1. A match belongs to the chunk in which it
 * starts. Matches across a chunk border are found with any chunker. An offset takes 8 bytes, so set `limit` where there may be
 * many matches.
 *
 * The time is linear in the length of the data, for any data and any pattern. A pattern of more than 65,472 bytes is searched
 * without SIMD.
 *
 * @throws {RangeError} the pattern is empty or missing, or `limit` is out of its range
 * @throws {TypeError} the pattern is neither text nor bytes, or `simd` is neither true nor false
 * @example const { count, offsets } = await engine.run(data, findBytes, { params: { pattern: 'ERROR', limit: 10 } })
 */
export const findBytes: Plugin<FindBytesParams, ChunkMatches, Matches> = definePlugin(import.meta.url, {
  name: 'find-bytes',
  description: 'Where a pattern of bytes occurs, and how often.',
  params: { pattern: '', limit: Number.POSITIVE_INFINITY, simd: true },
  chunks: (params: FindBytesParams): Chunker =>
    overlapping({ size: chunkBytes, overlap: checkedPattern(params).length - 1 }),
  setup: (params): State => ({ ...simdState(params), search: new SearchFor(checkedPattern(params)) }),
  // Reserve room for the bytes that a match needs behind its chunk, because growing the memory later would detach `bytes`.
  buffer(state: State, byteLength): Uint8Array {
    const { length } = state.search.pattern
    return landingBuffer(state, byteLength + length).subarray(0, -length)
  },

  map(data, chunk): ChunkMatches {
    const bytes = bytesOf(data)
    const { start, end, state, params } = chunk
    const { kernel, search } = state
    const { limit } = params
    const reach = Math.min(end - start + search.pattern.length - 1, chunk.length - start)
    const behind = bytes.length < reach ? chunk.view(start + bytes.length, start + reach) : undefined
    const within = { start, places: reach - search.pattern.length + 1, limit }
    if (within.places <= 0) return { count: 0, offsets: new Float64Array(0), limit }
    const { count, offsets } =
      kernel !== undefined && search.fits(kernel)
        ? search.inKernel(kernel, kernel.place(bytes, behind), within)
        : search.inBytes(behind === undefined ? bytes : joined(bytes, behind), within)
    return { count, offsets, limit }
  },

  reduce: firstMatches,
})

/** Check all parameters, and return the pattern's bytes. */
function checkedPattern({ pattern, limit, simd }: FindBytesParams): Uint8Array {
  checkPattern(pattern)
  if (pattern.length === 0) throw new RangeError('pattern: expected at least one byte, got none')
  if (limit !== Number.POSITIVE_INFINITY) checkInteger('limit', limit, 0, Number.MAX_SAFE_INTEGER)
  checkSimd(simd)
  return typeof pattern === 'string' ? new runtime.TextEncoder().encode(pattern) : pattern
}

function joined(left: Uint8Array, right: Uint8Array): Uint8Array {
  const both = new Uint8Array(left.length + right.length)
  both.set(left)
  both.set(right, left.length)
  return both
}
