// Shared data: the one copy of the input, as callers hold it and as lanes open it again.

import { isArrayBuffer, isSharedArrayBuffer, kindOf } from './built-in.js'
import { checkCount, checkInteger, isThenable, show } from './check.js'
import { countBuffer, nameOf } from './memory-accounts.js'
import { defineOwn } from './own-members.js'
import { runtime } from './runtime.js'

/**
 * Marks shared memory, of this copy of the package or another, with the version of what its `describe` gives. Two copies in one
 * program understand each other where the versions are equal.
 */
const brand: unique symbol = Symbol.for('onecopy.sharedMemory') as never
const brandVersion = 1

/** Any typed array: `Uint8Array` to `BigUint64Array`, and `Float16Array` where the runtime has it. */
export interface TypedArray extends ArrayBufferView {
  /** Elements. */
  readonly length: number
  /** Bytes of one element. */
  readonly BYTES_PER_ELEMENT: number
}

/** What makes a typed array of one kind, `Float64Array` for instance. */
export interface TypedArrayConstructor<T extends TypedArray = TypedArray> {
  /** `'Float64Array'`, for instance. */
  readonly name: string
  /** Bytes of one element. */
  readonly BYTES_PER_ELEMENT: number
  /** A view of `length` elements. */
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T
}

/** The kinds of typed arrays, by the names of their constructors. */
interface ElementKinds {
  Int8Array: Int8Array
  Uint8Array: Uint8Array
  Uint8ClampedArray: Uint8ClampedArray
  Int16Array: Int16Array
  Uint16Array: Uint16Array
  Int32Array: Int32Array
  Uint32Array: Uint32Array
  Float32Array: Float32Array
  Float64Array: Float64Array
  BigInt64Array: BigInt64Array
  BigUint64Array: BigUint64Array
}

/** The kind of `T` over any buffer: a `Buffer` or a `Uint8Array<ArrayBuffer>` is shared as a `Uint8Array`. */
export type ElementsOf<T extends TypedArray> = T extends {
  /** The kind's name. */
  readonly [Symbol.toStringTag]: infer Kind extends keyof ElementKinds
}
  ? ElementKinds[Kind]
  : T

/** Shared data as plain data: what a lane needs to open it again in its own thread. */
export interface DataDescription {
  /** Which way of opening it takes: `'memory'`, or a kind of the host's own. */
  readonly kind: string
}

/** An input that any number of lanes can look at, without a copy for each. */
export interface SharedData<T extends TypedArray = Uint8Array> {
  /** The kind of its elements, for instance `'Uint8Array'`. */
  readonly elementType: string
  /** Elements. */
  readonly length: number
  /** Bytes. */
  readonly byteLength: number
  /** What travels to a lane. */
  describe(): DataDescription
  /** Open it in this thread. */
  open(): DataReader<T>
  /**
   * Find out whether the data is still what it was when it was made; asked after each run. `open` asks the same in a lane.
   *
   * @throws {OnecopyError} `ERR_DATA_CHANGED`
   */
  assertUnchanged?(): Promise<void>
}

/** Shared data, opened in one thread. Offsets count elements; `0 <= start <= end <= length` is the caller's care. */
export interface DataReader<T extends TypedArray = Uint8Array> {
  /** The elements `[start, end)`, valid until the next `read`. */
  read(start: number, end: number): T
  /** The elements `[start, end)`, valid for good. */
  view(start: number, end: number): T
  /** Put the elements `[start, end)` into `target`, which has their number and kind; without it, `read` and a copy do. */
  readInto?(start: number, end: number, target: T): void
  /** The buffer that `read` reads into again and again, if it does. */
  readonly reusedBuffer?: ArrayBufferLike | undefined
  /** Give back what opening took. */
  close(): void
}

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

/** The constructors of typed arrays, by their names. */
const kinds = new Map<string, TypedArrayConstructor>()
for (const bits of ['Int8', 'Uint8', 'Uint8Clamped', 'Int16', 'Uint16', 'Int32', 'Uint32', 'BigInt64', 'BigUint64']) {
  addKind(`${bits}Array`)
}
for (const bits of ['Float16', 'Float32', 'Float64']) addKind(`${bits}Array`)

function addKind(name: string): void {
  // `as`: `Float16Array` is newer than the library that core compiles with, and than some runtimes.
  const Elements = (globalThis as unknown as Record<string, TypedArrayConstructor | undefined>)[name]
  if (Elements !== undefined) kinds.set(name, Elements)
}

/** The constructor of typed arrays with that name. */
export function elementConstructor(name: string): TypedArrayConstructor {
  // `!`: the name was taken from a typed array.
  return kinds.get(name)!
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
