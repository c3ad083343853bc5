// Shared data: the one copy of the input, as callers hold it and as lanes open it again.

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
 * Marks shared memory, of this copy of the package or another, with the version of what its `describe` gives. Two copies in one
 * program understand each other where the versions are equal.
 */
const brand: unique symbol = Symbol.for('onecopy.sharedMemory') as never
const brandVersion = 1

interface MemoryDescription extends DataDescription {
  readonly kind: 'memory'
  readonly elementType: string
  readonly buffer: SharedArrayBuffer
  /** Of the buffer, which is another object after each journey. */
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
   * A view of the elements `[start, end)`: no copy, writing to it writes to the data.
   *
   * One view holds at most 4 GiB on Node 20; data may be larger than its views.
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
 * @throws {TypeError} it is one of another version of the package, that is not understood here
 */
export function isSharedMemory(value: object): value is SharedMemory<TypedArray> {
  // `as`: any object can be asked for a symbol.
  const { [brand]: version } = value as { readonly [brand]?: number }
  if (version === undefined || version === brandVersion) return version !== undefined
  throw new TypeError('shared data: it was made by another version of onecopy; this program must load one version only')
}

/** Open in this thread what a {@link SharedMemory} described in another. */
export function openMemory(description: DataDescription): SharedMemory<TypedArray> {
  // `as`: kind 'memory' is only ever given to the descriptions made above.
  const { elementType, buffer, name, byteOffset, length } = description as MemoryDescription
  return new SharedMemory(elementConstructor(elementType), buffer, byteOffset, length, name)
}

/**
 * The constructor of the kind that `Elements` makes: of this realm for another realm's, `Uint8Array` for `Buffer`.
 *
 * @throws {TypeError} it makes no typed array
 */
export function checkElements(Elements: unknown): TypedArrayConstructor {
  for (let at = Elements; typeof at === 'function'; at = Object.getPrototypeOf(at)) {
    const kind = kinds.get(at.name)
    if (kind === at) return kind
    // The class behind all typed arrays of a realm has no name among the globals.
    if (kind !== undefined && Object.getPrototypeOf(at)?.name === 'TypedArray') return kind
  }
  throw new TypeError(`Elements: expected a typed array's constructor, got ${show(Elements)}`)
}

/**
 * Put data into shared memory: one copy, or none when it is there already.
 *
 * A typed array keeps its kind: offsets then count its elements, and chunks never split one. A string becomes its UTF-8
 * bytes; an `ArrayBuffer`, a `Buffer` and a `DataView` become bytes.
 *
 * @throws {TypeError} `data` is no view, buffer or string
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

/** What to do with `data`, which cannot be shared. */
function shareCure(data: unknown): string {
  if (typeof data === 'object' && data !== null && isSharedMemory(data))
    return '; it is shared data already: use it as it is'
  if (Array.isArray(data)) return '; make a typed array of it, such as Float64Array.from(data)'
  if (isThenable(data)) return '; await it'
  // `as`: any object can be asked for a member.
  const isData = typeof data === 'object' && data !== null && typeof (data as { open?: unknown }).open === 'function'
  return isData ? '; it is data for a run as it is: use load(path) to have a file in memory' : ''
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
 * Empty shared data to fill: `length` elements, all zero.
 *
 * @param Elements - the kind of typed array, `Uint8Array` or `Float64Array` for instance; `Buffer` stands for `Uint8Array`
 * @param length - elements; integer >= 0
 * @throws {TypeError} `Elements` makes no typed array
 * @throws {RangeError} `length` is no integer >= 0, or the system cannot give that much
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
  // `as`: `ElementsOf` only widens the kind of buffer below the view.
  return new SharedMemory(Kind as unknown as TypedArrayConstructor<ElementsOf<T>>, buffer, 0, length)
}

function allocateBytes(argument: string, byteLength: number): SharedArrayBuffer {
  try {
    const buffer = new SharedArrayBuffer(byteLength)
    // Before it is filled, and its pages are taken: what was dropped is then given back first.
    countBuffer(buffer)
    return buffer
  } catch (cause) {
    throw new RangeError(`${argument}: cannot allocate ${byteLength} bytes of shared memory`, { cause })
  }
}
