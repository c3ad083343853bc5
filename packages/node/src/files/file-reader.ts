// Reads a file for a lane, chunk after chunk, into one buffer.

import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs'
import { type DataDescription, DataError, type DataReader, OnecopyError, type TypedArray } from '@onecopy/core/lane'
import { nowMs } from '../clock.js'
import { ChunkBuffer } from './chunk-buffer.js'
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
export function openingError(
  {
    path,
    identity,
  }: { readonly path: string; readonly identity: { readonly dev: bigint | number; readonly ino: bigint | number } },
  cause: unknown,
): OnecopyError | DataError {
  // `as`: what the file system throws has a code.
  const { code } = cause as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new OnecopyError('ERR_DATA_CHANGED', `${path} cannot be found any more`, { cause })
  }
  try {
    const { dev, ino } = statSync(path)
    if (dev !== Number(identity.dev) || ino !== Number(identity.ino))
      return changed(path, 'another file has taken its place')
  } catch {
    // The file cannot even be looked at. Report the first error.
  }
  return new DataError(`cannot open ${path}: ${systemText(cause)}`, path, cause)
}

/**
 * Fill `into` from byte `position` on.
 *
 * @throws {OnecopyError} `ERR_DATA_CHANGED`: the file ends too early
 * @throws {DataError} the file cannot be read
 */
export function readFully(fd: number, path: string, into: TypedArray, position: number): void {
  const done = readUpTo(fd, path, into, position)
  if (done === into.byteLength) return
  throw changed(path, `it ended at byte ${position + done}, before ${position + into.byteLength}`)
}

/** A file that is open in one thread. Holds one buffer, as large as the largest chunk. Offsets count elements of the range. */
export class FileReader implements DataReader<TypedArray> {
  readonly length: number
  readonly #path: string
  readonly #byteOffset: number
  readonly #buffer: ChunkBuffer
  readonly #bytesPerElement: number
  #fd: number

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
    this.#buffer = new ChunkBuffer(elementType)
    this.#bytesPerElement = this.#buffer.Elements.BYTES_PER_ELEMENT
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
    return this.#buffer.buffer
  }

  read(start: number, end: number): TypedArray {
    const position = this.#byteOffset + start * this.#bytesPerElement
    const elements = this.#buffer.place(end - start, position)
    readFully(this.#fd, this.#path, elements, position)
    return elements
  }

  readInto(start: number, _end: number, target: TypedArray): void {
    readFully(this.#fd, this.#path, target, this.#byteOffset + start * this.#bytesPerElement)
  }

  view(start: number, end: number): TypedArray {
    if (this.#fd < 0) throw new Error('the run is over, and its file can no longer be read')
    const byteLength = (end - start) * this.#bytesPerElement
    const elements = new this.#buffer.Elements(new ArrayBuffer(byteLength), 0, end - start)
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
