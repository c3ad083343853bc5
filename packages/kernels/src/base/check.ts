// Checks at the door: each names the parameter and shows the value.

/** Describe a value in few characters, for an error message. Control characters in text appear as escape sequences. */
export function show(value: unknown): string {
  if (typeof value === 'string') return printable(JSON.stringify(value.slice(0, 60)))
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value)
  if (typeof value === 'boolean' || value === undefined || value === null) return String(value)
  if (Array.isArray(value)) return 'an array'
  return `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`
}

/** Characters that JSON does not escape and that terminals act on: C1 controls, separators and bidirectional marks. */
const unprintable = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

function printable(text: string): string {
  return text.replace(unprintable, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** @throws {RangeError} `value` is not an integer from `least` to `most` */
export function checkInteger(name: string, value: unknown, least: number, most: number): void {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return
  throw new RangeError(`${name}: expected an integer from ${least} to ${most}, got ${show(value)}`)
}

/** @throws {TypeError} `value` is neither true nor false */
export function checkSimd(value: unknown): void {
  if (typeof value !== 'boolean') throw new TypeError(`simd: expected true or false, got ${show(value)}`)
}

/** @throws {TypeError} `value` is neither text nor bytes */
export function checkPattern(name: string, value: unknown): asserts value is string | Uint8Array {
  // `as`: every typed array has this tag, an array of another realm too.
  const isBytes = ArrayBuffer.isView(value) && (value as Partial<Uint8Array>)[Symbol.toStringTag] === 'Uint8Array'
  if (typeof value === 'string' || isBytes) return
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
