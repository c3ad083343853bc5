// A Buffer over memory that is there already, for what only Buffers do natively.

import { Buffer } from 'node:buffer'
import { checkCount, show } from '@onecopy/core/lane'

/**
 * The memory of `view` as a `Buffer`, without a copy: for `indexOf` of several bytes, `latin1Slice`, `readUInt32LE`,
 * `toString('hex')` and all else that Node does natively for a `Buffer`.
 *
 * It has the same bytes as `view`, no byte more: `byteLength` of them, from `byteOffset` on, whatever the kind of the elements.
 * What is written to one is seen through the other; the result's type is read-only, as that of a chunk's `bytes` is. It is valid
 * as long as `view` is: in a chunk function, until that returns. `Buffer.from(view)` copies.
 *
 * For plugins and module functions: an inline function cannot see it. Offsets past 2 GiB are wrong in `Buffer#indexOf` itself,
 * on every Node: search per chunk.
 *
 * @param view - any typed array, `DataView` or `Buffer`, over shared memory or not
 * @throws {TypeError} `view` is none of these; for a whole `ArrayBuffer` or `SharedArrayBuffer`, `Buffer.from` makes no copy
 * @example
 * map(bytes) {
 *   return buffer(bytes).indexOf('ERROR')
 * }
 */
export function buffer(view: Readonly<ArrayBufferView>): Readonly<Buffer> {
  checkCount('buffer', 1, arguments.length)
  if (!ArrayBuffer.isView(view)) {
    const cure = 'Of shared data, view() gives one; of a whole ArrayBuffer, Buffer.from makes no copy'
    throw new TypeError(`view: expected a typed array or DataView, got ${show(view)}. ${cure}`)
  }
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength)
}
