// Reads a file for a lane, chunk after chunk, into one buffer.

import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs'
import {
  type DataDescription,
  DataError,
  type DataReader,
  elementConstructor,
  grownBytes,
  OnecopyError,
  type TypedArray,
} from '@onecopy/core/lane'
import { nowMs } from '../clock.js'
import { assertSameFile, changed, type FileState, isUnsettled, readEdges, readUpTo } from './identity.js'
import { systemText } from './path.js'

/** Describes a file as plain data. */
export interface FileDescription extends DataDescription, FileState {
  readonly kind: 'file'
  readonly elementType: string
  /** Number of elements. */
  readonly length: number
}

/** Whether a description describes a file. */
export function isFileDescription(description: DataDescription): description is FileDescription {
  return description.kind === 'file'
}

/** Non-blocking, because opening a pipe would otherwise wait for a writer, and nothing could end that wait. Windows needs no such flag. */
const openFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/** Open a path that may turn out not to be a file. Returns the descriptor. */
export function openToRead(path: string): number {
  return openSync(path, openFlags)
}

/**
 * The error for a file that could be opened before and cannot be opened or looked at now.
 *
 * If the file is gone or replaced, the data has changed. Any other reason says nothing about the data, and is reported as it is.
 */
export function openingError({ path, identity }: FileState, cause: unknown): OnecopyError | DataError {
  // `as`: what the file system throws has a code.
  const { code } = cause as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new OnecopyError('ERR_DATA_CHANGED', `${path} cannot be found any more`, { cause })
  }
  try {
    const { dev, ino } = statSync(path, { bigint: true })
    if (dev !== identity.dev || ino !== identity.ino) return changed(path, 'another file has taken its place')
  } catch {
    // The file cannot even be looked at. Report the first error.
  }
  return new DataError(`cannot open ${path}: ${systemText(cause)}`, path, cause)
}

const pageBytes = 4096
/**
 * Distance, within a page, from where bytes lie in the page cache to where they lie in our buffer. Processors copy several times
 * slower to an address that is, within its page, 1 to 31 bytes behind the source. A large buffer begins 16 bytes behind the start
 * of a page, so copying to its start would be slow.
 */
const distanceBytes = 512

/**
 * Fill `into` from byte `position` on.
 *
 * @throws {OnecopyError} `ERR_DATA_CHANGED`: the file ends too early
 * @throws {DataError} the file cannot be read
 */
function readFully(fd: number, path: string, into: TypedArray, position: number): void {
  const done = readUpTo(fd, path, into, position)
  if (done === into.byteLength) return
  throw changed(path, `it ended at byte ${position + done}, before ${position + into.byteLength}`)
}

/** A file that is open in one thread. Holds one buffer, as large as the largest chunk. Offsets count elements of the range. */
export class FileReader implements DataReader<TypedArray> {
  readonly length: number
  readonly #path: string
  readonly #byteOffset: number
  readonly #Elements: ReturnType<typeof elementConstructor>
  readonly #bytesPerElement: number
  #fd: number
  #buffer = new ArrayBuffer(0)
  #elements: TypedArray | undefined

  /**
   * @param isChecked - whether the file may have changed since it was described
   * @throws {OnecopyError} `ERR_DATA_CHANGED`: the file is gone, or is not the one that was described
   * @throws {DataError} the file cannot be opened
   */
  constructor(description: FileDescription, isChecked: boolean = true) {
    const { path, identity, byteOffset, byteLength, length, elementType } = description
    this.#path = path
    this.length = length
    this.#byteOffset = byteOffset
    this.#Elements = elementConstructor(elementType)
    this.#bytesPerElement = this.#Elements.BYTES_PER_ELEMENT
    try {
      this.#fd = openToRead(path)
    } catch (cause) {
      throw openingError(description, cause)
    }
    if (!isChecked) return
    try {
      const since = nowMs()
      let now = fstatSync(this.#fd, { bigint: true })
      while (isUnsettled(identity, now, since)) now = fstatSync(this.#fd, { bigint: true })
      assertSameFile(description, now, () => readEdges(this.#fd, path, byteOffset, byteLength))
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** Every `read` writes into this buffer. */
  get reusedBuffer(): ArrayBuffer {
    return this.#buffer
  }

  read(start: number, end: number): TypedArray {
    const length = end - start
    const bytesPerElement = this.#bytesPerElement
    const position = this.#byteOffset + start * bytesPerElement
    const inPage = (position + distanceBytes) % pageBytes
    // Behind a header of odd length, elements in the file are not aligned. In memory they have to be.
    const offset = inPage - (inPage % bytesPerElement)
    let elements = this.#elements
    // Most chunks have the same length and offset, and can use the last view again.
    if (elements === undefined || elements.length !== length || elements.byteOffset !== offset) {
      const byteLength = length * bytesPerElement
      const wanted = offset + byteLength
      if (wanted > this.#buffer.byteLength) this.#buffer = new ArrayBuffer(grownBytes(pageBytes + byteLength))
      elements = new this.#Elements(this.#buffer, offset, length)
      this.#elements = elements
    }
    readFully(this.#fd, this.#path, elements, position)
    return elements
  }

  readInto(start: number, _end: number, target: TypedArray): void {
    readFully(this.#fd, this.#path, target, this.#byteOffset + start * this.#bytesPerElement)
  }

  view(start: number, end: number): TypedArray {
    if (this.#fd < 0) throw new Error('the run is over, and its file can no longer be read')
    const byteLength = (end - start) * this.#bytesPerElement
    const elements = new this.#Elements(new ArrayBuffer(byteLength), 0, end - start)
    this.readInto(start, end, elements)
    return elements
  }

  close(): void {
    if (this.#fd < 0) return
    closeSync(this.#fd)
    // The system will give this number to another file. A chunk object that somebody kept must not read from that.
    this.#fd = -1
  }
}
