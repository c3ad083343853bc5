// Typed arrays: their types, and how to tell their kinds.

import { getter } from '../base/built-in.js'
import { show } from '../base/check.js'

/** Any typed array, from `Uint8Array` to `BigUint64Array`, and `Float16Array` if the runtime has it. */
export interface TypedArray extends ArrayBufferView {
  /** Elements. */
  readonly length: number
  /** Bytes of one element. */
  readonly BYTES_PER_ELEMENT: number
}

/** The constructor of one kind of typed array, for example `Float64Array`. */
export interface TypedArrayConstructor<T extends TypedArray = TypedArray> {
  /** For example `'Float64Array'`. */
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

/** The kind of `T` over any buffer. A `Buffer` or a `Uint8Array<ArrayBuffer>` is shared as a `Uint8Array`. */
export type ElementsOf<T extends TypedArray> = T extends {
  /** The kind's name. */
  readonly [Symbol.toStringTag]: infer Kind extends keyof ElementKinds
}
  ? ElementKinds[Kind]
  : T

/** The constructors of typed arrays, by their names. */
export const kinds: ReadonlyMap<string, TypedArrayConstructor> = new Map(
  [
    'Int8',
    'Uint8',
    'Uint8Clamped',
    'Int16',
    'Uint16',
    'Int32',
    'Uint32',
    'BigInt64',
    'BigUint64',
    'Float16',
    'Float32',
    'Float64',
  ]
    .map((element) => `${element}Array`)
    // `as`: `Float16Array` is newer than the type library that core compiles with, and than some runtimes.
    .map((name) => [name, (globalThis as unknown as Record<string, TypedArrayConstructor | undefined>)[name]] as const)
    .filter((kind): kind is [string, TypedArrayConstructor] => kind[1] !== undefined),
)

/** The constructor with that name. */
export function elementConstructor(name: string): TypedArrayConstructor {
  // `!`: the name came from a typed array.
  return kinds.get(name)!
}

/**
 * The constructor, of this realm, for the kind of typed array that `Elements` makes. `Buffer` gives `Uint8Array`.
 *
 * @throws {TypeError} it does not make typed arrays
 */
export function checkElements(Elements: unknown, argument: string = 'Elements'): TypedArrayConstructor {
  for (let at = Elements; typeof at === 'function'; at = Object.getPrototypeOf(at)) {
    const kind = kinds.get(at.name)
    if (kind === at) return kind
    // It is a constructor of another realm. The common base class of typed arrays is not a global, so it is known by its name.
    if (kind !== undefined && Object.getPrototypeOf(at)?.name === 'TypedArray') return kind
  }
  throw new TypeError(`${argument}: expected a typed array's constructor, got ${show(Elements)}`)
}

const kindGetter = getter(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)

/** The kind of a view, for example `'Float64Array'` or `'DataView'`. A `Buffer` or a subclass has the kind that it extends. */
export function kindOf(view: ArrayBufferView): string {
  // `as`: the getter returns the name of a typed array's class, or undefined for a `DataView`.
  return (Reflect.apply(kindGetter, view, []) as string | undefined) ?? 'DataView'
}

/** Whether `value` is a typed array. A `DataView` is not. */
export function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && kindOf(value) !== 'DataView'
}
