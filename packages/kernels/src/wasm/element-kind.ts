// The kind of a chunk's elements, as it appears in the names of kernels.

import type { BigIntKind, NumberKind } from './kernel-functions.js'

/** Typed arrays whose elements are numbers. Where the runtime has `Float16Array`, the plugins accept that too. */
export type NumberArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array

/** Typed arrays whose elements are bigints. */
export type BigIntArray = BigInt64Array | BigUint64Array

const numberKinds: Readonly<Record<string, NumberKind | 'Float16'>> = {
  Int8Array: 'Int8',
  Uint8Array: 'Uint8',
  Uint8ClampedArray: 'Uint8',
  Int16Array: 'Int16',
  Uint16Array: 'Uint16',
  Int32Array: 'Int32',
  Uint32Array: 'Uint32',
  Float16Array: 'Float16',
  Float32Array: 'Float32',
  Float64Array: 'Float64',
}

/** @throws {TypeError} the elements are bigints */
export function numberKind(elements: Readonly<NumberArray>): NumberKind | 'Float16' {
  const name = elements[Symbol.toStringTag]
  const kind = numberKinds[name]
  if (kind === undefined) throw new TypeError(`data: expected numbers, got a ${name}: there is a plugin for bigints`)
  return kind
}

/** @throws {TypeError} the elements are numbers */
export function bigIntKind(elements: Readonly<BigIntArray>): BigIntKind {
  const name = elements[Symbol.toStringTag]
  if (name === 'BigInt64Array') return 'BigInt64'
  if (name === 'BigUint64Array') return 'BigUint64'
  throw new TypeError(`data: expected bigints, got a ${String(name)}: there is a plugin for numbers`)
}
