// Roughly how much memory results take. The estimate decides when a lane sends what it holds.

/** The bytes of a primitive value, without the characters of a string. */
const plainBytes = 16
/** The bytes of an object, without its members. */
export const objectBytes = 32
/** The bytes of a number in a list. */
export const listedNumberBytes = 8
/** An object with more keys than this is a table. Its keys are its own, and need memory as strings do. */
const fewKeys = 16
const manyBits = 2n ** 64n

export function bytesOfPrimitive(value: unknown): number {
  if (typeof value === 'string') return plainBytes + 2 * value.length
  if (typeof value === 'bigint') return plainBytes + bytesOfBigInt(value)
  return plainBytes
}

/** The bytes of an object's keys. */
export function bytesOfKeys(keys: readonly string[]): number {
  if (keys.length <= fewKeys) return 0
  let bytes = 0
  for (const key of keys) bytes += plainBytes + key.length
  return bytes
}

function bytesOfBigInt(value: bigint): number {
  return value < manyBits && value > -manyBits ? 8 : value.toString(16).length / 2
}
