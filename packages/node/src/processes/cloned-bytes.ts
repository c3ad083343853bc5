// Values as bytes, as structured clone would copy them. What Node itself sends between processes is a little different: there, all views
// of a message share one buffer, and shared memory is refused.

import { Deserializer, Serializer } from 'node:v8'

/** A cloned value. */
export interface ClonedBytes {
  readonly bytes: Uint8Array
  /** The content of each piece of shared memory in it. */
  readonly shared: readonly Uint8Array[]
}

/** V8 asks for a number for each shared buffer. */
class ValueSerializer extends Serializer {
  readonly buffers: SharedArrayBuffer[] = []

  _getSharedArrayBufferId(buffer: SharedArrayBuffer): number {
    const known = this.buffers.indexOf(buffer)
    return known < 0 ? this.buffers.push(buffer) - 1 : known
  }
}

/**
 * Clone a value into bytes.
 *
 * @throws what structured clone throws
 */
export function cloneToBytes(value: unknown): ClonedBytes {
  const serializer = new ValueSerializer()
  serializer.writeHeader()
  serializer.writeValue(value)
  return {
    bytes: serializer.releaseBuffer(),
    shared: serializer.buffers.map((buffer) => new Uint8Array(buffer).slice()),
  }
}

/** Make the value again. Shared memory becomes other shared memory with the same content. */
export function cloneFromBytes({ bytes, shared }: ClonedBytes): unknown {
  const deserializer = new Deserializer(bytes)
  for (const [i, content] of shared.entries()) {
    const buffer = new SharedArrayBuffer(content.length)
    new Uint8Array(buffer).set(content)
    // `as`: the type for it knows ordinary buffers only.
    deserializer.transferArrayBuffer(i, buffer as unknown as ArrayBuffer)
  }
  deserializer.readHeader()
  return deserializer.readValue()
}
