// The kinds of typed arrays that every supported runtime has.

export const integerArrays = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
] as const
export const floatArrays = [Float32Array, Float64Array] as const
export const bigIntArrays = [BigInt64Array, BigUint64Array] as const

export const typedArrays = [...integerArrays, ...floatArrays, ...bigIntArrays] as const
