// Makes shared memory: of data that the caller has, or of zeros.

import { allocateShared, isArrayBuffer, isSharedArrayBuffer } from '../base/built-in.js'
import { checkCount, checkInteger, isThenable, show } from '../base/check.js'
import { runtime } from '../base/runtime.js'
import { countBuffer } from './memory-accounts.js'
import { isSharedMemory, SharedMemory } from './shared-memory.js'
import {
  checkElements,
  type ElementsOf,
  elementConstructor,
  kindOf,
  type TypedArray,
  type TypedArrayConstructor,
} from './typed-array.js'

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
  if (isSharedArrayBuffer(data)) return new SharedMemory(Uint8Array, data, 0, data.byteLength)
  if (isArrayBuffer(data)) return shareView(bytesOf(data))
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

function bytesOf(buffer: ArrayBufferLike, byteOffset?: number, byteLength?: number): Uint8Array {
  try {
    return new Uint8Array(buffer, byteOffset, byteLength)
  } catch (cause) {
    throw new TypeError('data: its memory is gone, because it was transferred to another thread, or made smaller', {
      cause,
    })
  }
}

function shareView(view: ArrayBufferView): SharedMemory<TypedArray> {
  const kind = kindOf(view)
  const Elements = kind === 'DataView' ? Uint8Array : elementConstructor(kind)
  const { buffer, byteOffset, byteLength } = view
  const length = byteLength / Elements.BYTES_PER_ELEMENT
  if (isSharedArrayBuffer(buffer)) return new SharedMemory<TypedArray>(Elements, buffer, byteOffset, length)
  const source = bytesOf(buffer, byteOffset, byteLength)
  const copy = allocateBytes('data', byteLength)
  new Uint8Array(copy).set(source)
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
    const buffer = allocateShared(byteLength)
    // Before the buffer is filled and takes memory, so that dropped memory is freed first.
    countBuffer(buffer)
    return buffer
  } catch (cause) {
    throw new RangeError(`${argument}: cannot allocate ${byteLength} bytes of shared memory`, { cause })
  }
}
