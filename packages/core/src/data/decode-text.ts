// Decodes text from a part of shared memory, on every runtime.

import { isArrayBuffer, isError } from '../base/built-in.js'
import { checkBytes, checkCount, checkInteger } from '../base/check.js'
import { runtime } from '../base/runtime.js'

let decoder: InstanceType<typeof runtime.TextDecoder> | undefined
/** Browsers' decoders refuse shared memory. This becomes true when this runtime's decoder has refused it once. */
let refusesShared = false

/** Node's own method takes half the time of a `TextDecoder`, which makes a view first. Past 2 GiB it is not trusted. */
const { utf8Slice } = runtime
const mostForSlice = 2 ** 31 - 1

/**
 * Decode the UTF-8 text in the range `[start, end)` of `view`.
 *
 * This works on shared memory on every runtime. If the runtime's `TextDecoder` refuses shared memory, as browsers' do, the
 * range is copied first. Bytes that are not UTF-8 become U+FFFD and do not throw; so does a character that the range cuts in
 * two. A byte order mark stays in the text, as U+FEFF.
 *
 * For plugins and module functions. An inline function cannot use it, because it cannot import.
 *
 * @param start - offset into `view`, in bytes; integer >= 0, default 0
 * @param end - exclusive; integer >= `start`, default the end of `view`; clamped to the end of `view`
 * @throws {TypeError} `view` is not a `Uint8Array`
 * @throws {RangeError} `start` or `end` is not an integer >= 0, or `end < start`
 * @throws {Error} the text is longer than the runtime's strings can be (about 512 million characters in Node)
 * @example eachLine(bytes, (start, end) => lines.push(decodeText(bytes, start, end)))
 */
export function decodeText(view: Readonly<Uint8Array>, start: number = 0, end?: number): string {
  checkCount('decodeText', 3, arguments.length)
  checkBytes('view', view)
  checkInteger('start', start, 0)
  const { length } = view
  const last = end === undefined ? length : Math.min(length, checkInteger('end', end, start))
  return decodeWindow(view, Math.min(start, last), last)
}

/** The text in a window, whose ends have been checked. */
export function decodeWindow(view: Readonly<Uint8Array>, start: number, end: number): string {
  if (utf8Slice !== undefined && end <= mostForSlice) return utf8Slice.call(view, start, end)
  decoder ??= new runtime.TextDecoder('utf-8', { ignoreBOM: true })
  const window = view.subarray(start, end)
  if (!refusesShared || isArrayBuffer(window.buffer)) {
    try {
      return decoder.decode(window)
    } catch (error) {
      if (isArrayBuffer(window.buffer) || !isError(error) || error.name !== 'TypeError') throw error
      refusesShared = true
    }
  }
  return decoder.decode(window.slice())
}
