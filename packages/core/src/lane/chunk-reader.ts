// Reads a lane's chunks: as a view of shared memory, into a buffer that is used again, or to where the plugin wants them.

import { isBytes, show } from '../base/check.js'
import type { ChunkPlan } from '../chunks/chunk-plan.js'
import type { DataReader } from '../data/contract.js'
import { grownBytes } from '../data/grown-bytes.js'
import { elementConstructor, type TypedArray, type TypedArrayConstructor } from '../data/typed-array.js'

/** Asks the plugin for a buffer of at least `byteLength` bytes. */
export type AllocateLanding = (byteLength: number) => unknown

/** Reads a lane's chunks. */
export class ChunkReader {
  readonly #data: DataReader<TypedArray>
  readonly #allocate: AllocateLanding | undefined
  readonly #Elements: TypedArrayConstructor
  /** The bytes of the largest chunk, according to the chunker's size. */
  readonly #nominalBytes: number
  #buffer: Uint8Array = new Uint8Array(0)
  /** The view that the last chunk was read into. Most chunks have the same length, and can use it again. */
  #bytes: TypedArray | undefined

  constructor(plan: ChunkPlan, data: DataReader<TypedArray>, allocate: AllocateLanding | undefined) {
    this.#data = data
    this.#allocate = allocate
    this.#Elements = elementConstructor(plan.elementType)
    const nominalLength = Math.min(plan.size + plan.overlap, plan.length)
    this.#nominalBytes = nominalLength * this.#Elements.BYTES_PER_ELEMENT
  }

  /** The buffer that every chunk is read into, if there is one. */
  get reusedBuffer(): ArrayBufferLike | undefined {
    return this.#allocate === undefined ? this.#data.reusedBuffer : this.#buffer.buffer
  }

  /**
   * The elements `[start, end)`, valid until the next call.
   *
   * @throws {TypeError} the plugin's `buffer` returned something that cannot take them
   */
  read(start: number, end: number): TypedArray {
    if (this.#allocate === undefined) return this.#data.read(start, end)
    const bytes = this.#place(end - start)
    if (this.#data.readInto === undefined) setElements(bytes, this.#data.read(start, end))
    else this.#data.readInto(start, end, bytes)
    return bytes
  }

  /** A view of the first `length` elements of the plugin's buffer. */
  #place(length: number): TypedArray {
    const byteLength = length * this.#Elements.BYTES_PER_ELEMENT
    // If the plugin's memory has grown, the buffer is detached, and its old views are empty.
    if (this.#buffer.byteLength < byteLength) this.#grow(byteLength)
    else if (this.#bytes?.length === length) return this.#bytes
    const { buffer, byteOffset } = this.#buffer
    this.#bytes = new this.#Elements(buffer, byteOffset, length)
    return this.#bytes
  }

  #grow(byteLength: number): void {
    // A chunk of records can be longer than the chunker's size says, and the next one longer still.
    const isLong = byteLength > this.#nominalBytes
    const wanted = isLong ? grownBytes(byteLength) : this.#nominalBytes
    const buffer = this.#allocate?.(wanted)
    const expected = `plugin.buffer: expected a Uint8Array of at least ${wanted} bytes`
    if (!isBytes(buffer)) throw new TypeError(`${expected}, got ${show(buffer)}`)
    if (buffer.byteLength < wanted) throw new TypeError(`${expected}, got one of ${buffer.byteLength}`)
    const { BYTES_PER_ELEMENT, name } = this.#Elements
    if (buffer.byteOffset % BYTES_PER_ELEMENT !== 0) {
      throw new TypeError(
        `${expected} that a ${name} can begin at: its byteOffset must be a multiple of ${BYTES_PER_ELEMENT}, ` +
          `got ${buffer.byteOffset}`,
      )
    }
    this.#buffer = buffer
  }
}

function setElements(target: TypedArray, source: TypedArray): void {
  new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(
    new Uint8Array(source.buffer, source.byteOffset, source.byteLength),
  )
}
