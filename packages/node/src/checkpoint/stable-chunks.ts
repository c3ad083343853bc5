// Which chunks stay as they are when data grows at its end.

import type { SharedData, TypedArray } from '@onecopy/core'
import { type ChunkPlan, ChunkRanges, CsvStates } from '@onecopy/core/host'
import { setImmediate } from '../clock.js'

/**
 * The number of chunks, from the first one on, that have the same range and the same bytes in all data that begins with this data.
 * The last chunk may be short now, a line may go on, and an overlap may be cut off.
 */
export async function countStable(plan: ChunkPlan, data: SharedData<TypedArray>): Promise<number> {
  const { kind, count, length, size, first, last, overlap } = plan
  if (count === 0) return 0
  if (kind === 'delimited') return await countDelimited(plan, data)
  if (kind === 'csv') return await countCsv(plan, data)
  const whole = first + count * size <= last ? count : count - 1
  if (overlap === 0) return whole
  return Math.max(0, Math.min(whole, Math.floor((length - overlap - first) / size)))
}

/**
 * A chunk ends where the next record starts that is the first in its chunk. So all chunks before one that is sure to keep its first
 * record stay as they are.
 */
async function countDelimited(plan: ChunkPlan, data: SharedData<TypedArray>): Promise<number> {
  const reader = data.open()
  try {
    const ranges = new ChunkRanges(plan, reader)
    // What is the first record of the last chunk may depend on bytes to come if delimiters can overlap.
    const least = canOverlap(plan.delimiter) ? plan.count - 2 : plan.count - 1
    for (let index = least; index > 0; index--) {
      if (ranges.find(index)) return index
      // A chunk is read as a whole to find that no record starts in it.
      await aTurn()
    }
    return 0
  } finally {
    reader.close()
  }
}

/** As for delimiters. A quoted field that is open at the end of the data is in the last record, whatever is to become of it. */
async function countCsv(plan: ChunkPlan, data: SharedData<TypedArray>): Promise<number> {
  const reader = data.open()
  try {
    const states = new CsvStates(plan, reader)
    const known = new Uint8Array(plan.count + 1)
    const ranges = new ChunkRanges({ ...plan, malformed: 'keep' }, reader, known)
    for (let index = plan.count - 1; index > 0; index--) {
      const search = states.at(index)
      let step = search.next()
      for (; !step.done; step = search.next()) await aTurn()
      known[index] = step.value
      if (ranges.find(index)) return index
    }
    return 0
  } finally {
    reader.close()
  }
}

/** Let the thread do other things. */
function aTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Whether an occurrence of `delimiter` can begin within another one. */
function canOverlap(delimiter: readonly number[]): boolean {
  return delimiter.some((_, at) => at > 0 && delimiter.slice(at).every((byte, i) => byte === delimiter[i]))
}
