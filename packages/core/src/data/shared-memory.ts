// Shared data in memory: the one copy of the input, as callers hold it and as lanes open it again. `share.ts` makes it.

import { checkCount, checkInteger } from '../base/check.js'
import { defineOwn } from '../base/own-members.js'
import type { DataDescription, DataReader, Output, OutputWriter, SharedData } from './contract.js'
import { countBuffer, nameOf } from './memory-accounts.js'
import { elementConstructor, type TypedArray, type TypedArrayConstructor } from './typed-array.js'

/**
 * Marks shared memory, whichever copy of the package made it. Its value is the version of what `describe` returns. Two copies
 * in one program understand each other if these versions are equal.
 */
const brand: unique symbol = Symbol.for('onecopy.sharedMemory') as never
const brandVersion = 1

/** Shared memory, described for other threads. */
export interface MemoryDescription extends DataDescription {
  /** Data in memory. */
  readonly kind: 'memory'
  /** The kind of its elements. */
  readonly elementType: string
  /** The memory that the data is in. */
  readonly buffer: SharedArrayBuffer
  /** The buffer's name, because the buffer is another object each time it arrives in a thread. */
  readonly name: string
  /** Where the data begins in `buffer`, in bytes. */
  readonly byteOffset: number
  /** Number of elements. */
  readonly length: number
}

/** Shared data in a `SharedArrayBuffer`. */
export class SharedMemory<T extends TypedArray = Uint8Array>
  implements SharedData<T>, DataReader<T>, Output<T>, OutputWriter<T>
{
  readonly elementType: string
  /** The memory itself. */
  readonly buffer: SharedArrayBuffer
  /** Where the data begins in `buffer`, in bytes. */
  readonly byteOffset: number
  readonly length: number
  readonly byteLength: number
  readonly #Elements: TypedArrayConstructor<T>
  #description: MemoryDescription | undefined

  /** @internal `share` and `alloc` make it */
  constructor(
    Elements: TypedArrayConstructor<T>,
    buffer: SharedArrayBuffer,
    byteOffset: number,
    length: number,
    name?: string,
  ) {
    countBuffer(buffer, name)
    this.#Elements = Elements
    this.elementType = Elements.name
    this.buffer = buffer
    this.byteOffset = byteOffset
    this.length = length
    this.byteLength = length * Elements.BYTES_PER_ELEMENT
  }

  /**
   * A view of the elements `[start, end)`. It is no copy: writing to it writes to the data.
   *
   * On Node 20, one view holds at most 4 GiB. Data may be larger than that.
   *
   * @param start - default 0
   * @param end - default `length`
   * @throws {RangeError} the range is not inside the data
   */
  view(start: number = 0, end: number = this.length): T {
    checkCount('view', 2, arguments.length)
    checkInteger('start', start, 0, this.length)
    checkInteger('end', end, start, this.length)
    return this.read(start, end)
  }

  /** @internal `view` without its checks */
  read(start: number, end: number): T {
    const Elements = this.#Elements
    return new Elements(this.buffer, this.byteOffset + start * Elements.BYTES_PER_ELEMENT, end - start)
  }

  /** @internal */
  describe(): MemoryDescription {
    const { elementType, buffer, byteOffset, length } = this
    this.#description ??= { kind: 'memory', elementType, buffer, name: nameOf(buffer), byteOffset, length }
    return this.#description
  }

  /** @internal */
  open(): DataReader<T> {
    return this
  }

  /** @internal */
  describeOutput(): MemoryDescription {
    return this.describe()
  }

  /** @internal */
  openOutput(): OutputWriter<T> {
    return this
  }

  /** @internal */
  window(start: number, end: number): T {
    return this.read(start, end)
  }

  /** @internal nothing to give back */
  close(): void {}
}

defineOwn(SharedMemory.prototype, brand, brandVersion, false)

/**
 * Whether `value` is a {@link SharedMemory}, of this copy of the package or another.
 *
 * @throws {TypeError} a version of the package made it that this one does not understand
 */
export function isSharedMemory(value: object): value is SharedMemory<TypedArray> {
  // `as`: any member of any object can be read.
  const { [brand]: version } = value as { readonly [brand]?: number }
  if (version === undefined || version === brandVersion) return version !== undefined
  throw new TypeError('shared data: it was made by another version of onecopy; a program must load only one version')
}

/** Open in this thread what {@link SharedMemory.describe} returned in another. */
export function openMemory(description: DataDescription): SharedMemory<TypedArray> {
  // `as`: only the descriptions made above have the kind 'memory'.
  const { elementType, buffer, name, byteOffset, length } = description as MemoryDescription
  return new SharedMemory(elementConstructor(elementType), buffer, byteOffset, length, name)
}
