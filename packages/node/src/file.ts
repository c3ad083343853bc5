// Files as data, compressed or not.

import type { ElementsOf, SharedData, TypedArray, TypedArrayConstructor } from '@onecopy/core'
import { checkCount } from '@onecopy/core/lane'
import { type CompressedFormat, checkDecompress } from './compressed/formats.js'
import { openCompressed } from './compressed/open-compressed.js'
import { type FileData, openFile } from './files/file-data.js'
import { absolutePath } from './files/path.js'
import { type FileRangeOptions, readWish } from './files/range.js'

/** Which part of a file is the data, and how it is packed; see `file`. */
export interface CompressedFileOptions extends FileRangeOptions {
  /** The format of the file, or `'auto'`: find it out by the first bytes, and for Brotli by a name that ends with `.br`. */
  readonly decompress: 'auto' | CompressedFormat
}

/**
 * Use a file of any size, or a part of one, as data. Nobody holds it whole: each worker reads one chunk at a time into a buffer
 * that it reuses. So memory stays constant. Each worker's buffer is about as large as the largest chunk.
 *
 * Without `Elements` the data is bytes. `Float64Array` and the like make it numbers, in the byte order of this machine. Offsets,
 * chunk sizes, `start` and `end` then count elements. Elements arrive aligned, even behind a header of odd length.
 *
 * The data is the bytes that the file had when `file` was called. Bytes that are appended later do not belong to it, and do not
 * count as a change. Call `file` again to use the file's new state. A run rejects with `ERR_DATA_CHANGED` if one of these happens
 * before the run or during it:
 * - the file was removed, or another file took its place (device, inode);
 * - the file was truncated to less than the end of the range;
 * - the file was written to and still has its old size (modification time);
 * - the file has another size now, and the first or last 4 KiB of the range have changed.
 *
 * Two changes go unnoticed: bytes in the middle of the range that are overwritten in a file that has also grown, and bytes that
 * are overwritten within one tick of the file system's clock (some milliseconds) after this call.
 *
 * With `decompress`, a compressed file is read as what is packed in it, and `file` gives a promise of the data. All offsets and lengths
 * then count what is decompressed. A file of several gzip members (BGZF, for instance) or zstd frames with lengths is decompressed by
 * all workers at once, member by member. Any other file is decompressed from its start to its end. `'auto'` looks at the first bytes of
 * the file, and takes a file that is not compressed as it is. xz and bzip2 need the program of that name on this machine.
 *
 * @param path - a regular file that can be read; a relative path is resolved now
 * @param Elements - the type of the elements; default `Uint8Array`
 * @param options.offset - bytes of a header, which do not belong to the data; integer >= 0, default 0
 * @param options.start - the first element, counted from the end of the header; integer >= 0, default 0
 * @param options.end - one past the last element, counted from the end of the header; default: the end of the file as it is now
 * @param options.decompress - the format, or `'auto'`: find it out (Brotli by the name `.br` alone); default `false`: as it is
 * @throws {TypeError} `path` is not a path or `file:` URL, or it names a directory, another thing that is not a regular file, or
 *   a file that the system generates while it is read (/proc, /sys); or `Elements` is not the constructor of a typed array
 * @throws {RangeError} the range is not inside the file; or there is no `end`, and the bytes behind the header are not a whole
 *   number of elements
 * @throws {OnecopyError} `ERR_DATA_DAMAGED`: the compressed file is cut off, or damaged in a way that is seen without reading all of it.
 *   Other damage rejects the run
 * @throws {Error} the file cannot be opened; `code` is the system's (`'ENOENT'`, `'EACCES'`)
 * @example const lines = await engine.map(file('access.log'), countLines).reduce(sum())
 * @example const total = await engine.run(file('prices.f64', Float64Array, { offset: 128 }), sumNumbers)
 * @example const lines = await engine.map(await file('access.log.gz', { decompress: 'auto' }), countLines).reduce(sum())
 */
export function file<T extends TypedArray>(
  path: string | URL,
  Elements: TypedArrayConstructor<T>,
  options: CompressedFileOptions,
): Promise<SharedData<ElementsOf<T>>>
export function file(path: string | URL, options: CompressedFileOptions): Promise<SharedData>
export function file<T extends TypedArray>(
  path: string | URL,
  Elements: TypedArrayConstructor<T>,
  options?: FileRangeOptions & { readonly decompress?: false | undefined },
): FileData<ElementsOf<T>>
export function file(
  path: string | URL,
  options?: FileRangeOptions & { readonly decompress?: false | undefined },
): FileData
export function file(
  path: unknown,
  second?: unknown,
  third?: unknown,
): FileData<TypedArray> | Promise<SharedData<TypedArray>> {
  checkCount('file', 3, arguments.length)
  const name = absolutePath(path)
  const wish = readWish(second, third, ['decompress'])
  const { decompress } = wish
  checkDecompress(decompress)
  return decompress === undefined || decompress === false
    ? openFile(name, wish)
    : openCompressed(name, decompress, wish)
}
