// A reducer for matches: counts them, and keeps the first offsets. With a limit, it has enough when the limit is reached.

import type { Reducer } from '@onecopy/core'
import { memberOf } from '@onecopy/core/lane'
import type { ChunkMatches, Matches } from './matches.js'

/** Offsets of neighbouring matches. With many patterns, `which` says whose they are. */
interface Part {
  readonly offsets: Float64Array
  readonly which: Uint16Array | undefined
}

/** The matches of neighbouring chunks. The lists of offsets stay separate until the end, so that each is copied only once. */
interface Gathered {
  count: number
  /** The number of offsets in `parts`; at most `limit`. */
  stored: number
  limit: number
  readonly parts: Part[]
  /** With many patterns: the matches of each. */
  counts: Float64Array | undefined
}

export const firstMatches: Reducer<ChunkMatches, Gathered, Matches> = {
  init: () => ({ count: 0, stored: 0, limit: Number.POSITIVE_INFINITY, parts: [], counts: undefined }),
  enough: ({ limit, stored }) => isLimited(limit) && stored >= limit,
  add(gathered, matches) {
    const { count, offsets, limit } = matches
    const [counts, which] = [memberOf(matches, 'counts'), memberOf(matches, 'which')]
    gathered.count += count
    gathered.limit = Math.min(gathered.limit, limit)
    // A copy: the reducer must not write into a result.
    gathered.counts = gathered.counts === undefined ? counts?.slice() : addUp(gathered.counts, counts)
    return keep(gathered, { offsets, which })
  },
  merge(left, right) {
    if (isLimited(left.limit) && left.stored >= left.limit) return left
    left.count += right.count
    left.limit = Math.min(left.limit, right.limit)
    left.counts = left.counts === undefined ? right.counts : addUp(left.counts, right.counts)
    for (const part of right.parts) keep(left, part)
    return left
  },
  finish({ count: all, parts, counts, limit }) {
    const offsets = joinOffsets(parts.map((part) => part.offsets))
    const count = isLimited(limit) ? offsets.length : all
    if (counts === undefined) return { count, offsets }
    const which = new Uint16Array(offsets.length)
    let at = 0
    for (const part of parts) {
      if (part.which !== undefined) which.set(part.which, at)
      at += part.offsets.length
    }
    return { count, offsets, counts: isLimited(limit) ? countsOf(which, counts.length) : counts, which }
  },
}

/** Whether a search for so many matches may end before the end of the data. With 0, matches are only counted. */
export function isLimited(limit: number): boolean {
  return limit > 0 && limit < Number.POSITIVE_INFINITY
}

/** How often each of `patterns` patterns is in `which`. */
export function countsOf(which: Uint16Array, patterns: number): Float64Array {
  const counts = new Float64Array(patterns)
  for (const pattern of which) counts[pattern]!++
  return counts
}

function addUp(left: Float64Array, right: Float64Array | undefined): Float64Array {
  if (right !== undefined) for (let i = 0; i < left.length; i++) left[i]! += right[i]!
  return left
}

function keep(gathered: Gathered, { offsets, which }: Part): Gathered {
  const room = gathered.limit - gathered.stored
  if (offsets.length === 0 || room <= 0) return gathered
  // A copy, because a view of a part would bring its whole buffer along to the caller.
  gathered.parts.push(
    offsets.length <= room
      ? { offsets, which }
      : { offsets: offsets.slice(0, room), which: which === undefined ? undefined : which.slice(0, room) },
  )
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
