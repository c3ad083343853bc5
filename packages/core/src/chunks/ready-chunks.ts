// Data that is still arriving: how many of its chunks are complete.

import type { DataReader } from '../data/contract.js'
import { type ChunkPlan, csvFormOf } from './chunk-plan.js'
import { CsvCuts } from './csv-cuts.js'
import { Delimiter } from './delimiter.js'

/** What is known of a source whose beginning has arrived. */
export interface SourceSoFar {
  /** For CSV: the state at the start of the chunk `from` and of chunks behind it. */
  readonly states: readonly number[]
  /** The length of its mark. */
  readonly mark: number
}

/**
 * One past the last chunk from `from` on whose bytes have all arrived; `from` if there is none.
 *
 * A chunk of records is complete if it is known where the first record of a later chunk starts.
 *
 * @param plan - cuts what has arrived
 * @param searched - no record is known to start in the chunks behind `from` up to this one, inclusive
 */
export function countReady(
  plan: ChunkPlan,
  reader: DataReader<Uint8Array>,
  from: number,
  searched: number,
  known: SourceSoFar,
): number {
  const { kind, size, first, length, overlap, count } = plan
  if (kind !== 'delimited' && kind !== 'csv') return Math.max(from, Math.floor((length - overlap - first) / size))
  const starts = kind === 'csv' ? csvStarts(plan, reader, from, known) : delimitedStarts(plan, reader, known)
  const behind = kind === 'csv' ? Math.min(count, from + known.states.length) : starts.behind
  for (let chunk = behind - 1; chunk > Math.max(from, searched); chunk--) {
    if (starts.first(chunk * size, Math.min(length, (chunk + 1) * size)) >= 0) return chunk
  }
  return from
}

/** Finds the first record that starts in a range; -1 if none does. */
interface Starts {
  /** Only chunks below this one can be searched. */
  readonly behind: number
  first(from: number, to: number): number
}

function delimitedStarts(plan: ChunkPlan, reader: DataReader<Uint8Array>, { mark }: SourceSoFar): Starts {
  const { delimiter, align, length, size, count } = plan
  const search = new Delimiter(delimiter, align)
  return {
    // Where delimiters overlap, how far to look back depends on the length of the chunk. So it must be there as a whole.
    behind: search.overlapsItself ? Math.floor(length / size) : count,
    first: (from, to) => {
      if (mark >= to) return -1
      return from <= mark ? mark : search.firstStart(reader, from, to)
    },
  }
}

function csvStarts(
  plan: ChunkPlan,
  reader: DataReader<Uint8Array>,
  from: number,
  { states, mark }: SourceSoFar,
): Starts {
  const cuts = new CsvCuts(csvFormOf(plan), reader, plan.length, mark)
  return {
    behind: plan.count,
    first: (start, end) => {
      // `!`: only chunks whose states are known are searched.
      cuts.state = states[Math.floor(start / plan.size) - from]!
      return cuts.firstStart(start, end)
    },
  }
}

/** So many bytes before a chunk of a stream can be looked at, as far as its source has them. */
export const shownBefore: number = 64 * 1024

/** How many bytes before a chunk are kept: those that are needed to find where it starts, and those that it may look at. */
export function lookBackOf({ kind, delimiter, align, size }: ChunkPlan): number {
  return Math.max(shownBefore, kind === 'delimited' ? new Delimiter(delimiter, align).lookBackBytes(size) : 0)
}
