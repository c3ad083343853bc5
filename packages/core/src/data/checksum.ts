// Checksums that show whether data was written to. They are fast and not secure, because nobody here has a reason to forge one.

import type { DataReader } from './contract.js'
import type { TypedArray } from './typed-array.js'

/** FNV-1a over the bytes of `view`. `hash` is the checksum of what came before. */
export function checksum(view: ArrayBufferView, hash: number = 0x811c9dc5): number {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
  let result = hash
  for (let i = 0; i < bytes.length; i++) result = Math.imul(result ^ bytes[i]!, 0x01000193)
  return result
}

/** Elements per view, because one view of all elements could be larger than a view may be. */
const windowLength = 16 * 1024 * 1024

/** The checksum of all `length` elements. */
export function checksumAll(reader: DataReader<TypedArray>, length: number): number {
  let hash: number | undefined
  for (let start = 0; start < length; start += windowLength) {
    hash = checksum(reader.view(start, Math.min(length, start + windowLength)), hash)
  }
  return hash ?? 0
}
