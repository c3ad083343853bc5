// Wraps existing memory in a Buffer, for the methods that only a Buffer has natively.

import { Buffer } from 'node:buffer'
import { checkCount, show } from '@onecopy/core/lane'

/**
 * Returns the memory of `view` as a `Buffer`, without a copy. Use it for `indexOf` of several bytes, `latin1Slice`, `readUInt32LE`,
 * `toString('hex')` and whatever else Node does natively for a `Buffer`.
 *
 * The result covers exactly the bytes of `view`: `byteLength` bytes from `byteOffset` on, whatever the element type is.
 * Both share the memory, so a write through one is seen through the other. The type of the result is read-only, like the type of
 * a chunk's `bytes`. The result is valid as long as `view` is; in a chunk function, that is until the function returns.
 * `Buffer.from(view)` copies instead.
 *
 * Use it in plugins and module functions. An inline function cannot reach it. `Buffer#indexOf` itself returns wrong offsets past
 * 2 GiB, in every version of Node, so search per chunk.
 *
 * @param view - any typed array, `DataView` or `Buffer`, over shared memory or not
 * @throws {TypeError} `view` is none of these. For a whole `ArrayBuffer` or `SharedArrayBuffer`, call `Buffer.from`, which does not
 *   copy it
 * @example
 * map(bytes) {
 *   return buffer(bytes).indexOf('ERROR')
 * }
 */
export function buffer(view: Readonly<ArrayBufferView>): Readonly<Buffer> {
  checkCount('buffer', 1, arguments.length)
  if (!ArrayBuffer.isView(view)) {
    const cure = 'For shared data, call its view(). For a whole ArrayBuffer, call Buffer.from, which does not copy it'
    throw new TypeError(`view: expected a typed array or DataView, got ${show(view)}. ${cure}`)
  }
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength)
}
