// Decodes text from a part of shared memory, on every runtime.

import { isArrayBuffer, isError } from '../base/built-in.js'
import { checkBytes, checkCount, checkInteger } from '../base/check.js'
import { runtime } from '../base/runtime.js'

let decoder: InstanceType<typeof runtime.TextDecoder> | undefined
/** Browsers' decoders refuse shared memory. This becomes true when this runtime's decoder has refused it once. */
let refusesShared = false

/**
 * The UTF-8 text in the window `[start, end)` of `view`.
 *
 * Works on shared memory everywhere: where the runtime's `TextDecoder` refuses it, as browsers' do, the window is copied
 * first. What is no UTF-8 becomes U+FFFD and throws nothing; so does a character that the window cuts in two. A byte order
 * mark is a character like any other, U+FEFF: nothing is left out.
 *
 * For plugins and module functions: an inline function cannot see it.
 *
 * @param start - offset into `view`, in bytes; integer >= 0, default 0
 * @param end - exclusive; integer >= `start`, default the end of `view`. What is past the end of `view` is clamped to it
 * @throws {TypeError} `view` is no `Uint8Array`
 * @throws {RangeError} `start` or `end` is no integer >= 0, or `end < start`
 * @throws {Error} the text is longer than the runtime's strings can be (about 512 million characters in Node)
 * @example eachLine(bytes, (start, end) => lines.push(decodeText(bytes, start, end)))
 */
export function decodeText(view: Readonly<Uint8Array>, start: number = 0, end?: number): string {
  checkCount('decodeText', 3, arguments.length)
  checkBytes('view', view)
  checkInteger('start', start, 0)
  const window = view.subarray(start, end === undefined ? view.length : checkInteger('end', end, start))
  decoder ??= new runtime.TextDecoder('utf-8', { ignoreBOM: true })
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
