// Compressed files that are decompressed from their start to their end: one thread goes ahead of the workers.

import { type FileHandle, open } from 'node:fs/promises'
import type { SharedData } from '@onecopy/core'
import { type Arrivals, DataError, type DataReader, type StreamedData } from '@onecopy/core/lane'
import type { FileData } from '../files/file-data.js'
import { systemText, unreadable } from '../files/path.js'
import { decompressStream } from './decompress-stream.js'
import type { CompressedFormat } from './formats.js'

/** Bytes of the decompressed data: `[from, to)`. */
export interface DecompressedRange {
  readonly from: number
  readonly to: number
}

const readBytes = 256 * 1024

/** A compressed file whose length is not known before it has been decompressed. Unlike other streams, it can be run again. */
export class CompressedStream implements StreamedData, SharedData<Uint8Array> {
  readonly elementType: string = 'Uint8Array'
  readonly length: number = Number.POSITIVE_INFINITY
  readonly byteLength: number = Number.POSITIVE_INFINITY
  readonly chunkBytes: number = 1024 * 1024
  readonly mostRecordBytes: number = 64 * 1024 * 1024
  readonly #file: FileData
  readonly #format: CompressedFormat
  readonly #range: DecompressedRange

  /** @internal `file` makes it */
  constructor(file: FileData, format: CompressedFormat, range: DecompressedRange) {
    this.#file = file
    this.#format = format
    this.#range = range
  }

  startReading(): Arrivals {
    const pieces = readDecompressed(this.#file, this.#format, this.#range)
    return {
      next: async () => {
        const { done, value } = await pieces.next()
        return done ? undefined : value
      },
      // What goes wrong while it is left does not matter to anybody.
      cancel: () => void pieces.return().catch(() => {}),
    }
  }

  /** @internal */
  describe(): { readonly kind: string } {
    return { kind: 'stream' }
  }

  /** @internal */
  open(): DataReader<Uint8Array> {
    throw new TypeError(
      `data: ${this.#file.path} is decompressed from its start to its end, so it can only be run as a whole: with map, run or fold; ` +
        'or load it: await load(decompressed(createReadStream(path)))',
    )
  }
}

/**
 * Decompress a file, or a part of what is in it.
 *
 * @throws {OnecopyError} `ERR_DATA_DAMAGED`, `ERR_DATA_CHANGED`
 * @throws {DataError} it cannot be read
 */
export async function* readDecompressed(
  file: FileData,
  format: CompressedFormat,
  { from, to }: DecompressedRange,
): AsyncGenerator<Uint8Array, void, undefined> {
  await file.assertUnchanged()
  const handle = await open(file.path, 'r').catch((cause) => {
    throw unreadable('open', file.path, cause)
  })
  try {
    let at = 0
    for await (const piece of decompressStream(format, piecesOf(handle, file), file.path)) {
      const part = piece.subarray(Math.max(0, from - at), Math.max(0, to - at))
      at += piece.length
      if (part.length > 0) yield part
      if (at >= to) break
    }
    await file.assertUnchanged()
    const missing = to === Number.POSITIVE_INFINITY ? from : to
    if (at < missing)
      throw new RangeError(`${file.path} has only ${at} bytes when it is decompressed, fewer than ${missing}`)
  } catch (error) {
    // Bytes that were overwritten look like damage. This throws in that case.
    await file.assertUnchanged()
    throw error
  } finally {
    await handle.close()
  }
}

async function* piecesOf(handle: FileHandle, { path, length }: FileData): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < length; ) {
    const piece = Buffer.allocUnsafe(Math.min(readBytes, length - at))
    const { bytesRead } = await handle.read(piece, 0, piece.length, at).catch((cause) => {
      throw new DataError(`cannot read ${path} at byte ${at}: ${systemText(cause)}`, path, cause)
    })
    // It was truncated, and is looked at again.
    if (bytesRead === 0) return
    yield piece.subarray(0, bytesRead)
    at += bytesRead
  }
}
