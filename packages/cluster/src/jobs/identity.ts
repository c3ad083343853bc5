// What must be the same on all machines: which bytes of the file are the data, and what is known about the file.

import { crc32 } from 'node:zlib'
import type { SharedData, Span, TypedArray } from '@onecopy/core'
import type { ChunkPlan } from '@onecopy/core/host'
import type { FileData } from '@onecopy/node'
import type { IdentityKind } from './contract.js'

/** Bytes that are read at once for a digest. */
const blockBytes = 4 * 1024 * 1024

/** The identity of a file for this kind of comparison. */
export function identityOf(data: FileData<TypedArray>, kind: IdentityKind): string {
  // The time is the last thing in a file's own identity. Copies and some file systems do not keep it exactly.
  return kind === 'mtime' ? data.identity : data.identity.replace(/, modified .*$/, '')
}

/** The CRC-32 of the bytes of a span: from the start of its first chunk to the start of the chunk behind it. */
export function crcOf(data: SharedData<TypedArray>, plan: ChunkPlan, { from, to }: Span): number {
  const reader = data.open()
  try {
    const end = Math.min(plan.last, plan.first + to * plan.size)
    const step = Math.max(1, Math.floor((blockBytes * data.length) / Math.max(1, data.byteLength)))
    let crc = 0
    for (let start = plan.first + from * plan.size; start < end; start += step) {
      const { buffer, byteOffset, byteLength } = reader.read(start, Math.min(end, start + step))
      crc = crc32(new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength), crc)
    }
    return crc
  } finally {
    reader.close()
  }
}
