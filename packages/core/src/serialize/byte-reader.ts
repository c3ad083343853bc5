// Reads what a ByteWriter has written. It trusts nothing: every length is compared with the bytes that are left.

import { runtime } from '../base/runtime.js'

/** The bytes are not what a ByteWriter wrote. */
export class BytesError extends Error {}

const decoder = new runtime.TextDecoder('utf-8', { ignoreBOM: true, fatal: true })

/** Reads numbers and bytes one after the other. Each method throws a {@link BytesError} if there are not enough bytes. */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** How many bytes are left. */
  get left(): number {
    return this.#bytes.length - this.#at
  }

  byte(): number {
    return this.#bytes[this.#take(1)]!
  }

  integer(): number {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte()
      value += (byte & 127) * factor
      if (!Number.isSafeInteger(value)) throw new BytesError('a number is too large')
      if (byte < 128) return value
    }
  }

  /** A number of things that take at least `leastBytes` each. */
  count(leastBytes: number): number {
    const count = this.integer()
    if (count * leastBytes > this.left) throw new BytesError('something is longer than the bytes that are left')
    return count
  }

  float(): number {
    return this.#view.getFloat64(this.#take(8), true)
  }

  word(): number {
    return this.#view.getUint32(this.#take(4), true)
  }

  /** A copy of the next `length` bytes, in a buffer of its own. */
  bytes(length: number): Uint8Array<ArrayBuffer> {
    const at = this.#take(length)
    return new Uint8Array(this.#bytes.subarray(at, at + length))
  }

  text(): string {
    const length = this.count(1)
    const at = this.#take(length)
    return decoder.decode(this.#bytes.subarray(at, at + length))
  }

  codeUnits(): string {
    const length = this.count(2)
    const at = this.#take(2 * length)
    const parts: string[] = []
    for (let i = 0; i < length; i += 8192) {
      const units = Array.from({ length: Math.min(8192, length - i) }, (_, j) =>
        this.#view.getUint16(at + 2 * (i + j), true),
      )
      parts.push(String.fromCharCode(...units))
    }
    return parts.join('')
  }

  #take(length: number): number {
    if (length > this.left) throw new BytesError('the bytes end too early')
    this.#at += length
    return this.#at - length
  }
}
