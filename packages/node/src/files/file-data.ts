// Files as data that is read chunk by chunk and never held whole.

import { closeSync, fstatSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { DataReader, ElementsOf, SharedData, TypedArray, TypedArrayConstructor } from '@onecopy/core'
import { checkCount } from '@onecopy/core/lane'
import { nowMs } from '../clock.js'
import { type FileDescription, FileReader, openingError, openToRead } from './file-reader.js'
import { assertSameFile, changed, type FileIdentity, identityOf, isUnsettled, readEdges, readUpTo } from './identity.js'
import { absolutePath, notAFile, showPath, unreadable } from './path.js'
import { type FileRangeOptions, locate, readWish } from './range.js'

/** A file, or a part of one, that lanes read chunk by chunk. Made by {@link file}. */
export class FileData<T extends TypedArray = Uint8Array> implements SharedData<T> {
  readonly elementType: string
  /** Absolute, as it was when {@link file} was called. */
  readonly path: string
  /** Elements. */
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
 * A file of any size as data, or a part of one, never held whole: each lane reads its chunk into a buffer of its own, again
 * and again.
 *
 * Without a kind the data is bytes. `Float64Array` and the like make it numbers, in the byte order of this machine: offsets,
 * chunk sizes, `start` and `end` then count elements. Elements arrive aligned, also behind a header of an odd length. Memory
 * stays constant: the lanes' buffers, each as large as the largest chunk.
 *
 * The data is the bytes there were when `file` was called: bytes that are appended later do not belong to it and are no
 * change. To take a new state of the file, call `file` again. A run rejects with `ERR_DATA_CHANGED` if, before it or while it
 * is at work,
 * - the file was removed, or another one took its place (device, inode);
 * - the file was truncated below the end of the range;
 * - the file was written to and still has its size (modification time);
 * - the file has another size now, and the first or last 4 KiB of the range are not what they were.
 *
 * Not noticed: bytes in the middle that are overwritten in a file that has grown, and bytes that are overwritten within a tick
 * of the file system's clock (some milliseconds) after this call.
 *
 * @param path - a regular file that can be read; a relative path is resolved now
 * @param Elements - the kind of elements; default `Uint8Array`
 * @param options.offset - bytes of a header, which are no data; integer >= 0, default 0
 * @param options.start - the first element, counted behind the header; integer >= 0, default 0
 * @param options.end - where the data ends, in elements counted behind the header, itself not included; default: the end of
 *   the file as it is now
 * @throws {TypeError} `path` is no path or `file:` URL, or names a directory or another thing that is no regular file, or
 *   a file that the system makes up as it is read (/proc, /sys); `Elements` makes no typed array
 * @throws {RangeError} the range is not inside the file; or, without an `end`, what lies behind the header is no whole number
 *   of elements
 * @throws {Error} it cannot be opened; `code` is the system's (`'ENOENT'`, `'EACCES'`)
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

/** Whether there are bytes in what says that it is empty, and goes on saying so. */
function isMadeUp(fd: number, name: string): boolean {
  return readUpTo(fd, name, new Uint8Array(1), 0) > 0 && fstatSync(fd).size === 0
}

function madeUp(name: string): TypeError {
  return new TypeError(`path: ${showPath(name)} is made up as it is read, and nobody knows its size before: load() it`)
}
