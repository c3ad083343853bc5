// Checks at the door: each names the parameter and shows the value.

import { isBytes, show } from '@onecopy/core/lane'

/** @throws {TypeError} `value` is neither true nor false */
export function checkSimd(value: unknown): void {
  if (typeof value !== 'boolean') throw new TypeError(`simd: expected true or false, got ${show(value)}`)
}

/** @throws {TypeError} `value` is neither text nor bytes */
export function checkPattern(name: string, value: unknown): asserts value is string | Uint8Array {
  if (typeof value === 'string' || isBytes(value)) return
  throw new TypeError(`${name}: expected text or a Uint8Array, got ${show(value)}`)
}

/**
 * A chunk's bytes as a `Uint8Array`. The plain twins compare values, so the bytes must be unsigned.
 *
 * @throws {TypeError} the elements of the data are not bytes
 */
export function bytesOf(data: Readonly<Uint8Array>): Uint8Array {
  // `as`: the types allow bytes only, but plain JavaScript may pass anything.
  const { BYTES_PER_ELEMENT: size, [Symbol.toStringTag]: name } = data as { BYTES_PER_ELEMENT: number } & typeof data
  if (size !== 1) throw new TypeError(`data: expected bytes, got elements of ${size} bytes`)
  return name === 'Uint8Array' ? data : new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}
