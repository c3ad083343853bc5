// Decompresses a stream, whatever its format, with the memory of a few blocks.

import { constants, createBrotliDecompress, createGunzip } from 'node:zlib'
import type { CompressedFormat } from './formats.js'
import { programStream } from './program-stream.js'
import { streamOptions, zlibStream } from './zlib-stream.js'
import { hasZstd } from './zstd-frames.js'
import { zstdStream } from './zstd-stream.js'

/** Without it, data of `brotli --large_window` looks damaged. The program of that name reads such data, too. */
const brotliOptions: object = {
  __proto__: null,
  ...streamOptions,
  params: { __proto__: null, [constants.BROTLI_DECODER_PARAM_LARGE_WINDOW]: 1 },
}

/**
 * Decompress `source`.
 *
 * @param path - what messages call it
 * @throws {OnecopyError} `ERR_DATA_DAMAGED`
 * @throws {Error} there is no program for the format on this machine; `code` is `'ENOENT'`
 * @throws what `source` throws
 */
export function decompressStream(
  format: CompressedFormat,
  source: AsyncIterable<Uint8Array>,
  path: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const names = { path, what: `the ${format} data`, offset: 0 }
  if (format === 'gzip') return zlibStream(createGunzip(streamOptions), source, names)
  if (format === 'brotli') return zlibStream(createBrotliDecompress(brotliOptions), source, names)
  return format === 'zstd' && hasZstd ? zstdStream(source, path) : programStream(format, source, path)
}
