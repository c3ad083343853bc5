// Values as bytes, as structured clone would copy them. What Node itself sends between processes is a little different: there, all views
// of a message share one buffer, and shared memory is refused.

import { Deserializer, Serializer } from 'node:v8'
import { randomInteger } from '../crypto.js'

/** A cloned value. */
export interface ClonedBytes {
  readonly bytes: Uint8Array
  /** The content of each piece of shared memory in it, by its number in the bytes. */
  readonly shared: readonly (readonly [number: number, content: Uint8Array])[]
}

/** The tags that V8 writes before the number of a shared buffer, and of a buffer that its reader is given. */
const [sharedTag, givenTag] = [0x75, 0x74]

/** V8 asks for a number for each shared buffer, and for the error to throw. */
class ValueSerializer extends Serializer {
  readonly numbers = new Map<SharedArrayBuffer, number>()

  /** Random numbers of 5 bytes, by which `giveShared` finds their places. */
  _getSharedArrayBufferId(buffer: SharedArrayBuffer): number {
    const number = this.numbers.get(buffer) ?? randomInteger(2 ** 31, 2 ** 32)
    this.numbers.set(buffer, number)
    return number
  }

  _getDataCloneError(message: string): Error {
    return new DOMException(message, 'DataCloneError')
  }
}

/**
 * Clone a value into bytes.
 *
 * @throws what structured clone throws
 */
export function cloneToBytes(value: unknown): ClonedBytes {
  for (;;) {
    const serializer = new ValueSerializer()
    serializer.writeHeader()
    serializer.writeValue(value)
    const bytes = serializer.releaseBuffer()
    const shared = [...serializer.numbers]
    if (!shared.every(([, number]) => giveShared(bytes, number))) continue
    return { bytes, shared: shared.map(([buffer, number]) => [number, new Uint8Array(buffer).slice()]) }
  }
}

/**
 * Change the tag of a shared buffer, because Node's reader finds no shared buffer by its number, but any buffer that it is given.
 * Returns whether its place is certain: other data may by chance have the same bytes.
 */
function giveShared(bytes: Buffer, number: number): boolean {
  const sevenBits = [0, 1, 2, 3, 4].map((i) => (Math.floor(number / 2 ** (7 * i)) % 128) | (i < 4 ? 128 : 0))
  const written = Buffer.from([sharedTag, ...sevenBits])
  const at = bytes.indexOf(written)
  if (bytes.includes(written, at + 1)) return false
  bytes[at] = givenTag
  return true
}

/** Make the value again. Shared memory becomes other shared memory with the same content. */
export function cloneFromBytes({ bytes, shared }: ClonedBytes): unknown {
  const deserializer = new Deserializer(bytes)
  for (const [number, content] of shared) {
    const buffer = new SharedArrayBuffer(content.length)
    new Uint8Array(buffer).set(content)
    // `as`: the type for it knows ordinary buffers only.
    deserializer.transferArrayBuffer(number, buffer as unknown as ArrayBuffer)
  }
  deserializer.readHeader()
  return deserializer.readValue()
}
