// Checks at the door: each names the parameter and shows the value.

/** A value, short, for an error message. */
function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60))
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object'
  return Object.is(value, -0) ? '-0' : String(value)
}

/** @throws {RangeError} `value` is no integer from `least` to `most` */
export function checkInteger(name: string, value: unknown, least: number, most: number): void {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return
  throw new RangeError(`${name}: expected an integer from ${least} to ${most}, got ${show(value)}`)
}

/** @throws {TypeError} `value` is neither true nor false */
export function checkSimd(value: unknown): void {
  if (typeof value !== 'boolean') throw new TypeError(`simd: expected true or false, got ${show(value)}`)
}

/** @throws {TypeError} `value` is neither text nor bytes */
export function checkPattern(value: unknown): void {
  if (typeof value === 'string' || value instanceof Uint8Array) return
  throw new TypeError(`pattern: expected text or a Uint8Array, got ${show(value)}`)
}

/**
 * A chunk's bytes, unsigned: twins compare values.
 *
 * @throws {TypeError} the data is of another kind than bytes
 */
export function bytesOf(data: Readonly<Uint8Array>): Uint8Array {
  // `as`: types let nothing but bytes come here; plain JavaScript may bring anything.
  const { BYTES_PER_ELEMENT: size, [Symbol.toStringTag]: name } = data as { BYTES_PER_ELEMENT: number } & typeof data
  if (size !== 1) throw new TypeError(`data: expected bytes, got elements of ${size} bytes`)
  return name === 'Uint8Array' ? data : new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}
