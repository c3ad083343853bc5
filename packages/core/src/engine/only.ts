// Which chunks a run is to run, if not all: chosen by their numbers, or as a sample.

import { checkInteger, show } from '../base/check.js'
import { ChunkRandom } from '../base/chunk-random.js'
import type { RunOptions } from './run-options.js'

/** The random numbers of a sample are those of a chunk that does not exist. */
const noChunk = -1

/**
 * The chosen chunks, as pairs `from, to`: half-open ranges, ascending; undefined if all are to run.
 *
 * @param count - how many chunks there are
 * @throws {TypeError | RangeError} an option is wrong
 */
export function chooseChunks(
  { only, sample }: Pick<RunOptions, 'only' | 'sample'>,
  count: number,
  seed: number,
): Int32Array | undefined {
  if (only === undefined && sample === undefined) return undefined
  if (only !== undefined && sample !== undefined) {
    throw new TypeError('options.only: a run has only or sample, and this one has both')
  }
  return toRanges(only === undefined ? drawChunks(sample, count, seed) : readChunks(only, count))
}

function readChunks(only: unknown, count: number): number[] {
  if (!Array.isArray(only)) throw new TypeError(`options.only: expected a list of chunk numbers, got ${show(only)}`)
  const most = Math.max(0, count - 1)
  // Not `map`, which passes over holes.
  const chunks = new Set<number>()
  for (const chunk of only) chunks.add(checkInteger('options.only', chunk, 0, most))
  if (count === 0 && chunks.size > 0) throw new RangeError('options.only: the data is cut into no chunks at all')
  return [...chunks].sort((a, b) => a - b)
}

/** One random chunk out of each of equally long pieces of the data. */
function drawChunks(sample: unknown, count: number, seed: number): number[] {
  if (typeof sample !== 'number' || !(sample > 0 && sample <= 1)) {
    throw new RangeError(
      `options.sample: expected a share of the chunks, more than 0 and at most 1, got ${show(sample)}`,
    )
  }
  if (count === 0) return []
  const pieces = Math.max(1, Math.round(count * sample))
  const random = new ChunkRandom(seed)
  random.moveTo(noChunk)
  return Array.from({ length: pieces }, (_, piece) => {
    const [from, to] = [Math.floor((piece * count) / pieces), Math.floor(((piece + 1) * count) / pieces)]
    return from + Math.floor(random.next() * (to - from))
  })
}

function toRanges(chunks: readonly number[]): Int32Array {
  const ranges: number[] = []
  for (const chunk of chunks) {
    if (ranges.at(-1) === chunk) ranges[ranges.length - 1] = chunk + 1
    else ranges.push(chunk, chunk + 1)
  }
  return Int32Array.from(ranges)
}
