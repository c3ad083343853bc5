// The search plugin: every offset at which a byte pattern occurs.

import { type Chunker, definePlugin, overlapping, type Plugin } from '@onecopy/core'
import { createFinder } from '../finder.js'

/** The parameters. */
export interface SearchParams {
  /** What to search for: bytes, or text, which is taken as UTF-8. At least one byte. There is no default. */
  readonly pattern: string | Uint8Array
}

const noPattern: SearchParams = { pattern: '' }

/**
 * All offsets of `params.pattern`, ascending, each once, even if the pattern lies across the border of two chunks.
 *
 * Overlapping matches count: `aa` occurs in `aaa` at 0 and 1. The answer takes 8 bytes per match. If that may be too much,
 * reduce it to what you need: `engine.map(data, search, { params }).reduce(firstHits(5))`.
 *
 * For chunks of another size that keep the overlap, use `chunks: searchChunks(params, 65536)`.
 *
 * @throws {RangeError} the pattern is empty or missing
 * @throws {TypeError} the pattern is neither text nor bytes
 * @example const offsets = await engine.run(data, search, { params: { pattern: 'ERROR' } })
 */
export const search: Plugin<SearchParams, Float64Array, Float64Array> = definePlugin(import.meta.url, {
  name: 'search',
  description: 'Every offset at which a byte pattern occurs.',
  params: noPattern,
  chunks: (params: SearchParams) => searchChunks(params),
  setup: ({ pattern }) => patternBytes(pattern),

  map(bytes, chunk): Float64Array {
    const pattern = chunk.state
    const next = createFinder(bytes, pattern)
    const owned = chunk.end - chunk.start
    const offsets: number[] = []
    for (let at = next(0); at >= 0 && at < owned; at = next(at + 1)) offsets.push(chunk.start + at)
    return Float64Array.from(offsets)
  },

  reduce: {
    init: (): Float64Array[] => [],
    add: (parts, offsets) => {
      if (offsets.length > 0) parts.push(offsets)
      return parts
    },
    merge: (left, right) => {
      for (const part of right) left.push(part)
      return left
    },
    finish: joinParts,
  },
})

/**
 * A chunker whose chunks also show the next bytes, as many as the pattern's length minus one. A match belongs to the chunk in
 * which it starts.
 *
 * @param size - bytes per chunk; integer >= 1, default: from the length of the data
 * @throws {RangeError} `size` or the pattern is wrong
 * @throws {TypeError} the pattern is neither text nor bytes
 */
export function searchChunks({ pattern }: SearchParams, size?: number): Chunker {
  return overlapping({ size, overlap: patternBytes(pattern).length - 1 })
}

/** Whether `value` is a `Uint8Array`, of this realm or another. */
function isBytes(value: unknown): value is Uint8Array {
  // `as`: every typed array has this tag.
  return ArrayBuffer.isView(value) && (value as Partial<Uint8Array>)[Symbol.toStringTag] === 'Uint8Array'
}

/**
 * The bytes of a pattern.
 *
 * @throws {RangeError} it is empty
 * @throws {TypeError} it is neither text nor bytes
 */
function patternBytes(pattern: string | Uint8Array): Uint8Array {
  if (typeof pattern !== 'string' && !isBytes(pattern)) {
    throw new TypeError(`pattern: expected text or a Uint8Array, got ${typeof pattern}`)
  }
  if (pattern.length === 0) throw new RangeError('pattern: expected at least one byte, got none')
  return typeof pattern === 'string' ? new TextEncoder().encode(pattern) : pattern
}

/** Join the parts only at the end, so that the memory for the whole list is needed only once. */
function joinParts(parts: Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
