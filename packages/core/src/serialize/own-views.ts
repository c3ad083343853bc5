// Cuts views down to the bytes that they show. Cloning or posting a view also copies the rest of its buffer: for a view of 16
// bytes, the whole large buffer would travel, with whatever else it holds.

import { elementConstructor, kindOf } from '../data/typed-array.js'

/** A view with the kind and byte length of `like`, over `buffer`. */
export function viewLike(like: ArrayBufferView, buffer: ArrayBufferLike, byteOffset: number): ArrayBufferView {
  const kind = kindOf(like)
  // `as`: every kind of view accepts every kind of buffer.
  if (kind === 'DataView') return new DataView(buffer as ArrayBuffer, byteOffset, like.byteLength)
  const Elements = elementConstructor(kind)
  return new Elements(buffer, byteOffset, like.byteLength / Elements.BYTES_PER_ELEMENT)
}

/**
 * For views of one ordinary buffer that do not show all of it: views of new buffers that hold nothing else. Views that overlap
 * still share a buffer.
 */
export function cutDown(views: readonly ArrayBufferView[]): Map<object, ArrayBufferView> {
  const cut = new Map<object, ArrayBufferView>()
  const sorted = views.toSorted((a, b) => a.byteOffset - b.byteOffset)
  for (let from = 0; from < sorted.length; ) {
    const start = sorted[from]!.byteOffset
    let end = start + sorted[from]!.byteLength
    let to = from + 1
    for (; to < sorted.length && sorted[to]!.byteOffset < end; to++) {
      end = Math.max(end, sorted[to]!.byteOffset + sorted[to]!.byteLength)
    }
    const { buffer } = sorted[from]!
    // They show the whole buffer, so there is nothing to cut. A detached buffer also gets here; cloning refuses it.
    if (end - start === buffer.byteLength) return cut
    // Keep the largest elements aligned; all others then are aligned too.
    const shift = start % sorted.slice(from, to).reduce((most, view) => Math.max(most, elementBytes(view)), 1)
    const own = new ArrayBuffer(shift + end - start)
    new Uint8Array(own, shift).set(new Uint8Array(buffer, start, end - start))
    for (const view of sorted.slice(from, to)) cut.set(view, viewLike(view, own, view.byteOffset - start + shift))
    from = to
  }
  return cut
}

function elementBytes(view: ArrayBufferView): number {
  const kind = kindOf(view)
  return kind === 'DataView' ? 1 : elementConstructor(kind).BYTES_PER_ELEMENT
}
