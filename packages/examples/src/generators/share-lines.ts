// Generated lines, written straight into shared memory.

import { alloc, type SharedMemory, share } from '@onecopy/core'

/**
 * Write `count` lines into shared memory.
 *
 * @param count - integer >= 0
 * @param mostBytes - the most bytes of a line, including its line feed; unused memory is never touched
 * @param lineOf - returns a line, without a line feed
 * @throws {RangeError} `count` is not an integer >= 0, or a line is longer than `mostBytes`
 */
export function shareLines(count: number, mostBytes: number, lineOf: (index: number) => string): SharedMemory {
  if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`count: expected an integer >= 0, got ${count}`)
  const bytes = alloc(Uint8Array, count * mostBytes).view()
  const encoder = new TextEncoder()
  let at = 0
  for (let i = 0; i < count; i++) {
    const line = encoder.encode(`${lineOf(i)}\n`)
    const { length } = line
    if (length > mostBytes) throw new RangeError(`lineOf: expected at most ${mostBytes} bytes, got ${length}`)
    bytes.set(line, at)
    at += length
  }
  // The memory is shared already, so nothing is copied.
  return share(bytes.subarray(0, at))
}
