// Files as data: workers read them chunk by chunk, and nobody holds a whole file.

import { closeSync, fstatSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { DataReader, SharedData, TypedArray } from '@onecopy/core'
import { nowMs } from '../clock.js'
import { type FileDescription, FileReader, openingError, openToRead } from './file-reader.js'
import { assertSameFile, changed, type FileIdentity, identityOf, isUnsettled, readEdges, readUpTo } from './identity.js'
import { notAFile, showPath, unreadable } from './path.js'
import { type FileWish, locate } from './range.js'

/** A file, or a part of one, that workers read chunk by chunk. Made by `file`. */
export class FileData<T extends TypedArray = Uint8Array> implements SharedData<T> {
  readonly elementType: string
  /** The absolute path, as it was when `file` was called. */
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

/** Open the file at an absolute path; see `file`. */
export function openFile(name: string, wish: FileWish): FileData<TypedArray> {
  let fd: number
  try {
    fd = openToRead(name)
  } catch (cause) {
    throw unreadable('open', name, cause)
  }
  try {
    const stats = fstatSync(fd, { bigint: true })
    if (!stats.isFile()) throw notData(name, stats.isDirectory())
    if (stats.size === 0n && hasBytes(fd, name)) throw madeUp(name)
    const range = locate(name, Number(stats.size), wish)
    const { byteOffset, byteLength } = range
    const edges = readEdges(fd, name, byteOffset, byteLength)
    if (edges === undefined) {
      if (fstatSync(fd).size < byteOffset + byteLength) throw changed(name, 'it was truncated')
      throw madeUp(name)
    }
    return new FileData({ kind: 'file', path: name, identity: identityOf(stats), edges, ...range })
  } finally {
    closeSync(fd)
  }
}

/** The error for a path that names something whose length nobody knows: a pipe or a device; or a directory. */
export function notData(name: string, isDirectory: boolean): TypeError {
  const error = notAFile(name, isDirectory)
  if (!isDirectory) error.message += '; to read it from its start to its end, use load() or stream()'
  return error
}

/** Whether an empty file, of which the system says that it is empty, has bytes. A file that cannot be opened has none. */
export function isMadeUp(name: string): boolean {
  let fd: number
  try {
    fd = openToRead(name)
  } catch {
    return false
  }
  try {
    return hasBytes(fd, name)
  } finally {
    closeSync(fd)
  }
}

/** Whether a file has bytes although the system says, again and again, that it is empty. */
function hasBytes(fd: number, name: string): boolean {
  return readUpTo(fd, name, new Uint8Array(1), 0) > 0 && fstatSync(fd).size === 0
}

/** The error for a file whose size is not known before it is read. */
export function madeUp(name: string): TypeError {
  return new TypeError(
    `path: ${showPath(name)} is generated while it is read, so its size is not known before: use load()`,
  )
}
