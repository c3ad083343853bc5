// Typed arrays as this package sees them: any kind, over any buffer.

import { getter } from '../base/built-in.js'
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
    // `as`: `Float16Array` is newer than the library that core compiles with, and than some runtimes.
    .map((name) => [name, (globalThis as unknown as Record<string, TypedArrayConstructor | undefined>)[name]] as const)
    .filter((kind): kind is [string, TypedArrayConstructor] => kind[1] !== undefined),
)

/** The constructor of typed arrays with that name. */
export function elementConstructor(name: string): TypedArrayConstructor {
  // `!`: the name was taken from a typed array.
  return kinds.get(name)!
}

const kindGetter = getter(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)

/** The kind of a view, such as `'Float64Array'` or `'DataView'`; a `Buffer` and a subclass are of the kind that they extend. */
export function kindOf(view: ArrayBufferView): string {
  // `as`: it is the name of a typed array's class, and undefined for a `DataView`.
  return (Reflect.apply(kindGetter, view, []) as string | undefined) ?? 'DataView'
}

/** Whether `value` is a typed array, which a `DataView` is not. */
export function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && kindOf(value) !== 'DataView'
}
