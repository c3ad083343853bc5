// Files as data: workers read them chunk by chunk, and nobody holds a whole file.

import { closeSync, fstatSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { DataReader, ElementsOf, SharedData, TypedArray, TypedArrayConstructor } from '@onecopy/core'
import { checkCount } from '@onecopy/core/lane'
import { nowMs } from '../clock.js'
import { type FileDescription, FileReader, openingError, openToRead } from './file-reader.js'
import { assertSameFile, changed, type FileIdentity, identityOf, isUnsettled, readEdges, readUpTo } from './identity.js'
import { absolutePath, notAFile, showPath, unreadable } from './path.js'
import { type FileRangeOptions, locate, readWish } from './range.js'

/** A file, or a part of one, that workers read chunk by chunk. Made by {@link file}. */
export class FileData<T extends TypedArray = Uint8Array> implements SharedData<T> {
  readonly elementType: string
  /** The absolute path, as it was when {@link file} was called. */
  readonly path: string
  /** Number of elements. */
  readonly length: number
  readonly byteLength: number
  readonly #description: FileDescription

  /** @internal `file` makes it */
  constructor(description: FileDescription) {
    this.elementType = description.elementType
    this.path = description.path
    this.length = description.length
    this.byteLength = description.byteLength
    this.#description = description
  }

  /**
   * The size and modification time of the file, and which of its bytes belong to the data: the same on every machine that has a
   * true copy. Parts of a job are put together only if it is the same.
   */
  get identity(): string {
    const { identity, byteOffset, byteLength } = this.#description
    return `bytes ${byteOffset} to ${byteOffset + byteLength} of ${identity.size}, modified ${identity.mtimeNs} ns`
  }

  /** @internal */
  describe(): FileDescription {
    return this.#description
  }

  /** @internal */
  open(): DataReader<T> {
    // `as`: the reader makes elements of the kind that the description names.
    return new FileReader(this.#description) as DataReader<TypedArray> as DataReader<T>
  }

  /** @internal */
  async assertUnchanged(): Promise<void> {
    const { identity, byteOffset, byteLength } = this.#description
    const look = async (): Promise<FileIdentity> => await stat(this.path, { bigint: true })
    let now: FileIdentity
    try {
      const since = nowMs()
      now = await look()
      while (isUnsettled(identity, now, since)) now = await look()
    } catch (cause) {
      throw openingError(this.#description, cause)
    }
    assertSameFile(this.#description, now, () => {
      let fd: number
      try {
        fd = openToRead(this.path)
      } catch (cause) {
        throw openingError(this.#description, cause)
      }
      try {
        return readEdges(fd, this.path, byteOffset, byteLength)
      } finally {
        closeSync(fd)
      }
    })
  }
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
 * @param path - a regular file that can be read; a relative path is resolved now
 * @param Elements - the type of the elements; default `Uint8Array`
 * @param options.offset - bytes of a header, which do not belong to the data; integer >= 0, default 0
 * @param options.start - the first element, counted from the end of the header; integer >= 0, default 0
 * @param options.end - one past the last element, counted from the end of the header; default: the end of the file as it is now
 * @throws {TypeError} `path` is not a path or `file:` URL, or it names a directory, another thing that is not a regular file, or
 *   a file that the system generates while it is read (/proc, /sys); or `Elements` is not the constructor of a typed array
 * @throws {RangeError} the range is not inside the file; or there is no `end`, and the bytes behind the header are not a whole
 *   number of elements
 * @throws {Error} the file cannot be opened; `code` is the system's (`'ENOENT'`, `'EACCES'`)
 * @example const lines = await engine.map(file('access.log'), countLines).reduce(sum())
 * @example const total = await engine.run(file('prices.f64', Float64Array, { offset: 128 }), sumNumbers)
 */
export function file<T extends TypedArray>(
  path: string | URL,
  Elements: TypedArrayConstructor<T>,
  options?: FileRangeOptions,
): FileData<ElementsOf<T>>
export function file(path: string | URL, options?: FileRangeOptions): FileData
export function file(path: unknown, second?: unknown, third?: unknown): FileData<TypedArray> {
  checkCount('file', 3, arguments.length)
  const name = absolutePath(path)
  const wish = readWish(second, third)
  let fd: number
  try {
    fd = openToRead(name)
  } catch (cause) {
    throw unreadable('open', name, cause)
  }
  try {
    const stats = fstatSync(fd, { bigint: true })
    if (!stats.isFile()) throw notAFile(name, stats.isDirectory())
    if (stats.size === 0n && isMadeUp(fd, name)) throw madeUp(name)
    const { byteOffset, length } = locate(name, Number(stats.size), wish)
    const byteLength = length * wish.Elements.BYTES_PER_ELEMENT
    const edges = readEdges(fd, name, byteOffset, byteLength)
    if (edges === undefined) {
      if (fstatSync(fd).size < byteOffset + byteLength) throw changed(name, 'it was truncated')
      throw madeUp(name)
    }
    const elementType = wish.Elements.name
    const identity = identityOf(stats)
    return new FileData({ kind: 'file', path: name, identity, elementType, byteOffset, byteLength, length, edges })
  } finally {
    closeSync(fd)
  }
}

/** Whether a file has bytes although the system says, again and again, that it is empty. */
function isMadeUp(fd: number, name: string): boolean {
  return readUpTo(fd, name, new Uint8Array(1), 0) > 0 && fstatSync(fd).size === 0
}

function madeUp(name: string): TypeError {
  return new TypeError(
    `path: ${showPath(name)} is generated while it is read, so its size is not known before: use load()`,
  )
}
