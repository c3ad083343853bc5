// Bytes that grow as they are written.

import { runtime } from '../base/runtime.js'

const encoder = new runtime.TextEncoder()

/** Writes numbers and bytes one after the other. Multi-byte numbers are little-endian. */
export class ByteWriter {
  #bytes = new Uint8Array(256)
  #view = new DataView(this.#bytes.buffer)
  #length = 0

  get length(): number {
    return this.#length
  }

  byte(value: number): void {
    this.#reserve(1)
    this.#bytes[this.#length++] = value
  }

  /** A non-negative integer: seven bits per byte, the lowest first; the high bit says that more follow (LEB128). */
  integer(value: number): void {
    let rest = value
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.byte((rest % 128) | 128)
    this.byte(rest)
  }

  float(value: number): void {
    this.#reserve(8)
    // Programs cannot tell one NaN from another, so all become the same bytes.
    this.#view.setFloat64(this.#length, Number.isNaN(value) ? Number.NaN : value, true)
    this.#length += 8
  }

  /** A 32-bit number. */
  word(value: number): void {
    this.#reserve(4)
    this.#view.setUint32(this.#length, value, true)
    this.#length += 4
  }

  bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** The length in bytes, and the text as UTF-8. `value` has no lone surrogates. */
  text(value: string): void {
    const bytes = encoder.encode(value)
    this.integer(bytes.length)
    this.bytes(bytes)
  }

  /** The length in code units, and each of them as 16 bits. */
  codeUnits(value: string): void {
    this.integer(value.length)
    this.#reserve(2 * value.length)
    for (let i = 0; i < value.length; i++) this.#view.setUint16(this.#length + 2 * i, value.charCodeAt(i), true)
    this.#length += 2 * value.length
  }

  /** Overwrite a 32-bit number that was written at `at`. */
  setWord(at: number, value: number): void {
    this.#view.setUint32(at, value, true)
  }

  /** Everything that was written. Later writes may or may not change it. */
  written(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length)
  }

  #reserve(byteLength: number): void {
    const needed = this.#length + byteLength
    if (needed <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length))
    larger.set(this.written())
    this.#bytes = larger
    this.#view = new DataView(larger.buffer)
  }
}
