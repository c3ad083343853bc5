// Shared data in memory: the one copy of the input, as callers hold it and as lanes open it again.

import { isArrayBuffer, isSharedArrayBuffer } from '../base/built-in.js'
import { checkCount, checkInteger, isThenable, show } from '../base/check.js'
import { defineOwn } from '../base/own-members.js'
import { runtime } from '../base/runtime.js'
import type { DataDescription, DataReader, SharedData } from './contract.js'
import { countBuffer, nameOf } from './memory-accounts.js'
import {
  type ElementsOf,
  elementConstructor,
  kindOf,
  kinds,
  type TypedArray,
  type TypedArrayConstructor,
} from './typed-array.js'

/**
 * Marks shared memory, whichever copy of the package made it. Its value is the version of what `describe` returns. Two copies
 * in one program understand each other if these versions are equal.
 */
const brand: unique symbol = Symbol.for('onecopy.sharedMemory') as never
const brandVersion = 1

interface MemoryDescription extends DataDescription {
  readonly kind: 'memory'
  readonly elementType: string
  readonly buffer: SharedArrayBuffer
  /** The buffer's name, because the buffer is another object each time it arrives in a thread. */
  readonly name: string
  readonly byteOffset: number
  readonly length: number
}

/** Shared data in a `SharedArrayBuffer`. */
export class SharedMemory<T extends TypedArray = Uint8Array> implements SharedData<T>, DataReader<T> {
  readonly elementType: string
  /** The memory itself. */
  readonly buffer: SharedArrayBuffer
  /** Where the data begins in `buffer`, in bytes. */
  readonly byteOffset: number
  readonly length: number
  readonly byteLength: number
  readonly #Elements: TypedArrayConstructor<T>

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
    return { kind: 'memory', elementType, buffer, name: nameOf(buffer), byteOffset, length }
  }

  /** @internal */
  open(): DataReader<T> {
    return this
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

/**
 * The constructor, of this realm, for the kind of typed array that `Elements` makes. `Buffer` gives `Uint8Array`.
 *
 * @throws {TypeError} it does not make typed arrays
 */
export function checkElements(Elements: unknown): TypedArrayConstructor {
  for (let at = Elements; typeof at === 'function'; at = Object.getPrototypeOf(at)) {
    const kind = kinds.get(at.name)
    if (kind === at) return kind
    // It is a constructor of another realm. The common base class of typed arrays is not a global, so it is known by its name.
    if (kind !== undefined && Object.getPrototypeOf(at)?.name === 'TypedArray') return kind
  }
  throw new TypeError(`Elements: expected a typed array's constructor, got ${show(Elements)}`)
}

/**
 * Put data into shared memory. This makes one copy, or none if the data is in shared memory already.
 *
 * A typed array keeps its element type. Offsets then count elements, and chunks never split one. A string becomes its UTF-8
 * bytes. An `ArrayBuffer`, a `Buffer` and a `DataView` become bytes.
 *
 * @throws {TypeError} `data` is not a typed array, `DataView`, buffer or string
 * @example
 * const numbers = share(Float64Array.of(1.5, 2.5))
 * const text = share('one line\nanother')
 */
export function share(data: string | ArrayBuffer | SharedArrayBuffer | DataView): SharedMemory<Uint8Array>
export function share<T extends TypedArray>(data: T): SharedMemory<ElementsOf<T>>
export function share(data: unknown): SharedMemory<TypedArray> {
  checkCount('share', 1, arguments.length)
  if (typeof data === 'string') return shareView(new runtime.TextEncoder().encode(data))
  if (ArrayBuffer.isView(data)) return shareView(data)
  if (isArrayBuffer(data)) return shareView(new Uint8Array(data))
  if (isSharedArrayBuffer(data)) return new SharedMemory(Uint8Array, data, 0, data.byteLength)
  throw new TypeError(`data: expected a typed array, an ArrayBuffer or a string, got ${show(data)}${shareCure(data)}`)
}

/** The end of the error message: what to do with `data`, which cannot be shared. */
function shareCure(data: unknown): string {
  if (typeof data === 'object' && data !== null && isSharedMemory(data))
    return '; it is shared data already: use it as it is'
  if (Array.isArray(data)) return '; make a typed array of it, such as Float64Array.from(data)'
  if (isThenable(data)) return '; await it'
  // `as`: any member of any object can be read.
  const isData = typeof data === 'object' && data !== null && typeof (data as { open?: unknown }).open === 'function'
  return isData ? '; a run takes it as it is; to have a file in memory, use load(path)' : ''
}

function shareView(view: ArrayBufferView): SharedMemory<TypedArray> {
  const kind = kindOf(view)
  const Elements = kind === 'DataView' ? Uint8Array : elementConstructor(kind)
  const { buffer, byteOffset, byteLength } = view
  const length = byteLength / Elements.BYTES_PER_ELEMENT
  if (isSharedArrayBuffer(buffer)) return new SharedMemory<TypedArray>(Elements, buffer, byteOffset, length)
  const copy = allocateBytes('data', byteLength)
  new Uint8Array(copy).set(new Uint8Array(buffer, byteOffset, byteLength))
  return new SharedMemory<TypedArray>(Elements, copy, 0, length)
}

/**
 * Allocate shared data of `length` elements, all zero, to be filled.
 *
 * @param Elements - the constructor of a typed array, for example `Uint8Array` or `Float64Array`; `Buffer` stands for
 *   `Uint8Array`
 * @param length - number of elements; integer >= 0
 * @throws {TypeError} `Elements` does not make typed arrays
 * @throws {RangeError} `length` is not an integer >= 0, or the system cannot give that much memory
 * @example
 * const data = alloc(Float64Array, 1_000_000)
 * data.view().fill(0.5)
 */
export function alloc<T extends TypedArray>(
  Elements: TypedArrayConstructor<T>,
  length: number,
): SharedMemory<ElementsOf<T>> {
  checkCount('alloc', 2, arguments.length)
  const Kind = checkElements(Elements)
  checkInteger('length', length, 0)
  const buffer = allocateBytes('length', length * Kind.BYTES_PER_ELEMENT)
  // `as`: `ElementsOf` only widens the type of the buffer behind the view.
  return new SharedMemory(Kind as unknown as TypedArrayConstructor<ElementsOf<T>>, buffer, 0, length)
}

function allocateBytes(argument: string, byteLength: number): SharedArrayBuffer {
  try {
    const buffer = new SharedArrayBuffer(byteLength)
    // Before the buffer is filled and takes memory, so that dropped memory is freed first.
    countBuffer(buffer)
    return buffer
  } catch (cause) {
    throw new RangeError(`${argument}: cannot allocate ${byteLength} bytes of shared memory`, { cause })
  }
}
