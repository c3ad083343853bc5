// A reducer for matches: counts all of them, and keeps the first offsets.

import type { Reducer } from '@onecopy/core'
import type { ChunkMatches, Matches } from './matches.js'

/** The matches of neighbouring chunks. The lists of offsets stay separate until the end, so that each is copied only once. */
interface Gathered {
  count: number
  /** The number of offsets in `parts`; at most `limit`. */
  stored: number
  limit: number
  readonly parts: Float64Array[]
}

export const firstMatches: Reducer<ChunkMatches, Gathered, Matches> = {
  init: () => ({ count: 0, stored: 0, limit: Number.POSITIVE_INFINITY, parts: [] }),
  add(gathered, { count, offsets, limit }) {
    gathered.count += count
    gathered.limit = Math.min(gathered.limit, limit)
    return keep(gathered, offsets)
  },
  merge(left, right) {
    left.count += right.count
    left.limit = Math.min(left.limit, right.limit)
    for (const part of right.parts) keep(left, part)
    return left
  },
  finish: ({ count, parts }) => ({ count, offsets: joinOffsets(parts) }),
}

function keep(gathered: Gathered, offsets: Float64Array): Gathered {
  const room = gathered.limit - gathered.stored
  if (offsets.length === 0 || room <= 0) return gathered
  // A copy, because a view of a part would bring its whole buffer along to the caller.
  gathered.parts.push(offsets.length <= room ? offsets : offsets.slice(0, room))
  gathered.stored += Math.min(offsets.length, room)
  return gathered
}

/** All parts in one list. If there is only one part, that part itself. */
export function joinOffsets(parts: readonly Float64Array[]): Float64Array {
  if (parts.length === 1) return parts[0]!
  const all = new Float64Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
