// The formats of compressed files: what they are called, and how a file of each begins.

import { show } from '@onecopy/core/lane'

/** A format of compressed files. */
export type CompressedFormat = 'gzip' | 'zstd' | 'brotli' | 'xz' | 'bzip2'

/** The bytes at the start of a file; `undefined` stands for any byte. Brotli has none. */
const magics: readonly (readonly [format: CompressedFormat, magic: readonly (number | undefined)[]])[] = [
  ['gzip', [0x1f, 0x8b, 0x08]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  // What `pzstd` writes first: a frame that is skipped.
  ['zstd', [0x50, 0x2a, 0x4d, 0x18]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  // "BZh", the block size, and the first digits of pi, or of its square root if there is no block.
  ['bzip2', [0x42, 0x5a, 0x68, undefined, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59]],
  ['bzip2', [0x42, 0x5a, 0x68, undefined, 0x17, 0x72, 0x45, 0x38, 0x50, 0x90]],
]

/** So many bytes of a file are enough for {@link formatOf}. */
export const magicBytes: number = 10

const formats: readonly unknown[] = ['gzip', 'zstd', 'brotli', 'xz', 'bzip2'] satisfies readonly CompressedFormat[]

/**
 * The format of a file that begins with `start`; undefined if it is not compressed.
 *
 * @param name - Brotli has no bytes at its start to be known by, so a name that ends with `.br` decides
 */
export function formatOf(start: Uint8Array, name: string): CompressedFormat | undefined {
  const found = magics.find(([, magic]) =>
    magic.every((byte, at) => at < start.length && (byte ?? start[at]) === start[at]),
  )
  if (found !== undefined) return found[0]
  return name.endsWith('.br') ? 'brotli' : undefined
}

/** @throws {TypeError} it is none of the values that `decompress` may have */
export function checkDecompress(value: unknown): asserts value is 'auto' | CompressedFormat | false | undefined {
  if (value === undefined || value === false || value === 'auto' || formats.includes(value)) return
  throw new TypeError(
    `decompress: expected 'auto', 'gzip', 'zstd', 'brotli', 'xz', 'bzip2' or false, got ${show(value)}`,
  )
}
