// Reads data on a server for a lane: what the lane will read next is asked for ahead, in segments.

import { type DataReader, elementConstructor, grownBytes, type TypedArray } from '@onecopy/core/lane'
import { errorOf, type HttpDescription } from './contract.js'
import { RangeClient } from './range-client.js'
import { ReadAhead, segmentBytes } from './read-ahead.js'

/** Reads data on a server. Offsets count elements of the range. */
export class HttpReader implements DataReader<TypedArray> {
  readonly claimBytes: number = segmentBytes
  readonly #description: HttpDescription
  readonly #Elements: ReturnType<typeof elementConstructor>
  readonly #elementBytes: number
  readonly #client: RangeClient
  readonly #ahead: ReadAhead
  #buffer = new ArrayBuffer(0)
  #isClosed = false

  constructor(description: HttpDescription) {
    this.#description = description
    this.#Elements = elementConstructor(description.elementType)
    this.#elementBytes = this.#Elements.BYTES_PER_ELEMENT
    this.#client = new RangeClient(description)
    const { connections, byteOffset, byteLength } = description
    this.#ahead = new ReadAhead(this.#client, connections, { from: byteOffset, to: byteOffset + byteLength })
  }

  /** Every `read` writes into this buffer. */
  get reusedBuffer(): ArrayBuffer {
    return this.#buffer
  }

  /** Ask for what comes next. The returned promise settles when its first bytes are there. */
  expect(start: number, end: number): Promise<void> | undefined {
    const { byteOffset } = this.#description
    const first = this.#ahead.expect(byteOffset + start * this.#elementBytes, byteOffset + end * this.#elementBytes)
    return first.answer === undefined ? this.#client.until(first) : undefined
  }

  read(start: number, end: number): TypedArray {
    const byteLength = (end - start) * this.#elementBytes
    if (byteLength > this.#buffer.byteLength) this.#buffer = new ArrayBuffer(grownBytes(byteLength))
    const elements = new this.#Elements(this.#buffer, 0, end - start)
    this.readInto(start, end, elements)
    return elements
  }

  view(start: number, end: number): TypedArray {
    const elements = new this.#Elements(new ArrayBuffer((end - start) * this.#elementBytes), 0, end - start)
    this.readInto(start, end, elements)
    return elements
  }

  readInto(start: number, end: number, target: TypedArray): void {
    if (this.#isClosed) throw new Error('the run is over, and its data can no longer be read')
    const { byteOffset, name } = this.#description
    const into = new Uint8Array(target.buffer, target.byteOffset, target.byteLength)
    const [first, last] = [byteOffset + start * this.#elementBytes, byteOffset + end * this.#elementBytes]
    this.#ahead.seek(first, last)
    for (let at = first; at < last; ) {
      const segment = this.#ahead.take(at)
      const { bytes, failure } = segment.answer ?? this.#client.wait(segment)
      if (bytes === undefined) {
        this.#ahead.drop(segment)
        // `!`: one of the two is there.
        throw errorOf(failure!, name)
      }
      const to = Math.min(last, segment.to)
      into.set(bytes.subarray(at - segment.from, to - segment.from), at - first)
      at = to
    }
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#client.close()
  }
}
