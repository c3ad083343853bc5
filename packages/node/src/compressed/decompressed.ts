// Decompresses what arrives: a pipe, the body of a response.

import { checkCount, encodedPieces, readOptions, show } from '@onecopy/core/lane'
import { decompressStream } from './decompress-stream.js'
import { type CompressedFormat, checkDecompress, formatOf, magicBytes } from './formats.js'

/** Options of {@link decompressed}. */
export interface DecompressedOptions {
  /**
   * The format. `'auto'` looks at the first bytes. What begins like no format is given as it is.
   *
   * @default 'auto'
   */
  readonly format?: 'auto' | CompressedFormat | undefined
  /**
   * What messages call the source.
   *
   * @default 'the stream'
   */
  readonly name?: string | undefined
}

/**
 * Decompress a stream, piece by piece, with the memory of a few pieces: gzip, zstd and Brotli by Node, xz and bzip2 (and zstd before Node
 * 22.15) by the program of that name on this machine. All members and frames are decompressed, and all checksums are compared.
 *
 * @param source - a stream of bytes, for example `process.stdin`. It is closed when nobody reads what is decompressed any more
 * @throws {TypeError} `source` is no stream, or an option is wrong
 * @throws {OnecopyError} `ERR_DATA_DAMAGED`, while it is read: the source is cut off, damaged, or followed by something else
 * @throws {Error} while it is read: there is no program for the format on this machine; `code` is `'ENOENT'`
 * @example const text = await load(decompressed(createReadStream('access.log.gz')))
 */
export function decompressed(
  source: AsyncIterable<Uint8Array | string>,
  options?: DecompressedOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  checkCount('decompressed', 2, arguments.length)
  if (typeof source !== 'object' || source === null || !(Symbol.asyncIterator in source)) {
    throw new TypeError(
      `source: expected a stream of bytes, got ${show(source)}; for a file: file(path, { decompress: 'auto' })`,
    )
  }
  const { format = 'auto', name = 'the stream' } = readOptions('options', options, ['format', 'name'])
  checkDecompress(format)
  return unpack(source, format, name)
}

async function* unpack(
  source: AsyncIterable<Uint8Array | string>,
  wanted: 'auto' | CompressedFormat,
  name: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const pieces = encodedPieces(source)
  try {
    const begin: Uint8Array[] = []
    let seen = 0
    while (wanted === 'auto' && seen < magicBytes) {
      const { done, value } = await pieces.next()
      if (done) break
      begin.push(value)
      seen += value.length
    }
    const format = wanted === 'auto' ? formatOf(Buffer.concat(begin), name) : wanted
    const whole = joined(begin, pieces)
    if (format === undefined) yield* whole
    else yield* decompressStream(format, whole, name)
  } finally {
    await pieces.return()
  }
}

async function* joined(
  begin: Uint8Array[],
  rest: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* begin.splice(0)
  yield* rest
}
