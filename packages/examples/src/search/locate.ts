// Finds line and column of offsets: a second job over the same shared data, which ends as soon as it knows enough.

import type { Engine, SharedData } from '@onecopy/core'

/** The place of an offset, for people. */
export interface Position {
  /** Bytes from the start of the data. */
  readonly offset: number
  /** From 1; a line ends after its line feed. */
  readonly line: number
  /** In bytes, from 1. */
  readonly column: number
}

/**
 * Find the line and column of each offset.
 *
 * It reads the chunks up to the last offset, in parallel, and few chunks after it.
 *
 * @param offsets - bytes from the start of the data, ascending, each less than `data.length`
 * @example const [position] = await locate(engine, data, [offsets[0]])
 */
export async function locate(engine: Engine, data: SharedData, offsets: readonly number[]): Promise<Position[]> {
  const positions: Position[] = []
  if (offsets.length === 0) return positions
  let linesBefore = 0
  let lineStart = 0
  for await (const part of engine.map(data, scanLines, { params: { offsets }, name: 'locate' })) {
    for (const { offset, lineFeeds, lastLineStart } of part.found) {
      const start = lastLineStart < 0 ? lineStart : lastLineStart
      positions.push({ offset, line: linesBefore + lineFeeds + 1, column: offset - start + 1 })
    }
    // Leaving the loop cancels the run, because the rest of the data does not matter.
    if (positions.length === offsets.length) break
    linesBefore += part.lineFeeds
    if (part.lastLineStart >= 0) lineStart = part.lastLineStart
  }
  return positions
}

/** What one chunk can tell about lines. */
interface LineScan {
  readonly lineFeeds: number
  /** The offset at which the last line starts that follows a line feed of this chunk; -1 if there is none. */
  readonly lastLineStart: number
}

/** The chunk function. It captures nothing, so it travels as it is. */
function scanLines(
  bytes: Readonly<Uint8Array>,
  chunk: { readonly start: number; readonly end: number; readonly params: { readonly offsets: readonly number[] } },
): LineScan & { found: (LineScan & { offset: number })[] } {
  const { start, end, params } = chunk
  const found: (LineScan & { offset: number })[] = []
  let lineFeeds = 0
  let lastLineStart = -1
  let next = bytes.indexOf(0x0a)
  const countUpTo = (limit: number): void => {
    while (next >= 0 && next < limit) {
      lineFeeds++
      lastLineStart = start + next + 1
      next = bytes.indexOf(0x0a, next + 1)
    }
  }
  for (const offset of params.offsets) {
    if (offset < start || offset >= end) continue
    countUpTo(offset - start)
    found.push({ offset, lineFeeds, lastLineStart })
  }
  countUpTo(bytes.length)
  return { lineFeeds, lastLineStart, found }
}
