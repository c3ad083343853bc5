// Views cut down to the bytes that they show. A view that is cloned or posted brings its whole buffer along: 16 bytes of a large
// buffer would travel as all of it, with whatever else is in there.

import { elementConstructor, kindOf } from '../data/typed-array.js'

/** A view of `byteLength` bytes of `buffer`, of the kind that `like` has. */
export function viewLike(like: ArrayBufferView, buffer: ArrayBufferLike, byteOffset: number): ArrayBufferView {
  const kind = kindOf(like)
  // `as`: each kind of view takes each kind of buffer.
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
    // All of it: nothing to cut. So is a detached one, which cloning refuses.
    if (end - start === buffer.byteLength) return cut
    // The largest elements stay aligned, and all others with them.
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
