// Decompresses a stream with one of the streams of Node.

import type { Transform } from 'node:stream'
import { damaged } from './damaged.js'
import { ownOptions } from './zlib-options.js'

/** A stream of `node:zlib`. */
export type ZlibStream = Transform & { readonly bytesWritten: number }

const chunkSize = 512 * 1024
/** For all streams. Node decompresses ahead of the reader by a few chunks. */
export const streamOptions: object = { __proto__: null, ...ownOptions, chunkSize, readableHighWaterMark: 4 * chunkSize }

/** What messages say about a stream. */
export interface StreamNames {
  readonly path: string
  /** What it holds, for example "the gzip data". */
  readonly what: string
  /** Where it begins in the file. */
  readonly offset: number
}

/**
 * Decompress `source`. It ends where `transform` ends, and only zeros may follow.
 *
 * @throws {OnecopyError} `ERR_DATA_DAMAGED`
 * @throws what `source` throws
 */
export async function* zlibStream(
  transform: ZlibStream,
  source: AsyncIterable<Uint8Array>,
  { path, what, offset }: StreamNames,
): AsyncGenerator<Uint8Array, void, undefined> {
  let isEnded = false
  const ended = new Promise<void>((resolve) => {
    transform.once('end', () => {
      isEnded = true
      resolve()
    })
  })
  const feed = async (): Promise<void> => {
    let fed = 0
    let isOver = false
    for await (const piece of source) {
      fed += piece.length
      if (!isOver) {
        // What follows the end is not taken, and its callback may never be called.
        await Promise.race([written(transform, piece), ended])
        if (transform.destroyed && !isEnded) return
        isOver = isEnded || transform.bytesWritten < fed
      }
      if (!isOver) continue
      const rest = Math.min(piece.length, fed - transform.bytesWritten)
      const garbage = piece.subarray(piece.length - rest).findIndex((byte) => byte !== 0)
      if (garbage >= 0)
        throw damaged(path, `what follows ${what}`, offset + fed - rest + garbage, 'it is something else')
    }
    transform.end()
  }
  let failure: { readonly error: unknown } | undefined
  const feeding = feed().catch((error: unknown) => {
    failure = { error }
    transform.destroy()
  })
  try {
    yield* transform
    await feeding
  } catch (cause) {
    failure ??= { error: damaged(path, what, offset + transform.bytesWritten, cause) }
  } finally {
    transform.destroy()
  }
  if (failure !== undefined) throw failure.error
}

/** Settles when a piece has been decompressed, or never will be. An error is reported to the reader of the stream. */
function written(transform: ZlibStream, piece: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    transform.write(piece, () => resolve())
  })
}
