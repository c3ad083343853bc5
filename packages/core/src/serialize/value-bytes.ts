// A value as bytes of its own: the format of docs/parts.md.

import { ByteWriter } from './byte-writer.js'
import { encodeValue } from './encode-value.js'

/**
 * Write plain data as bytes. Shared memory in it is written with its content.
 *
 * @throws {TypeError} something in it cannot be written
 */
export function valueToBytes(value: unknown): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter()
  encodeValue(writer, value)
  return writer.written().slice()
}
