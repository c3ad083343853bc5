// The buffer of a reader of files, into which it reads chunk after chunk.

import { elementConstructor, grownBytes, type TypedArray } from '@onecopy/core/lane'

const pageBytes = 4096
/**
 * Distance, within a page, from where bytes lie in the page cache to where they lie in our buffer. Processors copy several times
 * slower to an address that is, within its page, 1 to 31 bytes behind the source. A large buffer begins 16 bytes behind the start
 * of a page, so copying to its start would be slow.
 */
const distanceBytes = 512

/** One buffer, as large as the largest chunk. */
export class ChunkBuffer {
  readonly Elements: ReturnType<typeof elementConstructor>
  #buffer = new ArrayBuffer(0)
  #elements: TypedArray | undefined

  /** @param elementType - the kind of the elements, for example `'Uint8Array'` */
  constructor(elementType: string) {
    this.Elements = elementConstructor(elementType)
  }

  /** Every chunk is read into this buffer. */
  get buffer(): ArrayBuffer {
    return this.#buffer
  }

  /** Where to read `length` elements that begin at byte `position` of a file. Valid until the next call. */
  place(length: number, position: number): TypedArray {
    const { Elements } = this
    const bytesPerElement = Elements.BYTES_PER_ELEMENT
    const inPage = (position + distanceBytes) % pageBytes
    // Behind a header of odd length, elements in the file are not aligned. In memory they have to be.
    const offset = inPage - (inPage % bytesPerElement)
    let elements = this.#elements
    // Most chunks have the same length and offset, and can use the last view again.
    if (elements === undefined || elements.length !== length || elements.byteOffset !== offset) {
      const byteLength = length * bytesPerElement
      const wanted = offset + byteLength
      if (wanted > this.#buffer.byteLength) this.#buffer = new ArrayBuffer(grownBytes(pageBytes + byteLength))
      elements = new Elements(this.#buffer, offset, length)
      this.#elements = elements
    }
    return elements
  }
}
