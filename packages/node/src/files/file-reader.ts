// A file as a lane reads it: chunk after chunk, into one buffer.

import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs'
import {
  type DataDescription,
  DataError,
  type DataReader,
  elementConstructor,
  OnecopyError,
  type TypedArray,
} from '@onecopy/core/lane'
import { nowMs } from '../clock.js'
import { assertSameFile, changed, type FileState, isUnsettled, readEdges, readUpTo } from './identity.js'
import { systemText } from './path.js'

/** A file as plain data. */
export interface FileDescription extends DataDescription, FileState {
  readonly kind: 'file'
  readonly elementType: string
  /** Elements. */
  readonly length: number
}

/** Whether a description is a file's. */
export function isFileDescription(description: DataDescription): description is FileDescription {
  return description.kind === 'file'
}

/** Without waiting for a writer, should it be a pipe: nothing could end that wait. Windows has no such flag, and needs none. */
const openFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/** Open what may turn out to be no file; its descriptor. */
export function openToRead(path: string): number {
  return openSync(path, openFlags)
}

/**
 * Why a file cannot be opened or looked at that could be before.
 *
 * That it is gone, or another one, is a change. Anything else says nothing about the data: that comes through as it is.
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
    // It cannot even be looked at: what is known is told.
  }
  return new DataError(`cannot open ${path}: ${systemText(cause)}`, path, cause)
}

const pageBytes = 4096
/**
 * How far in a page bytes are put behind where they lie in the page cache. Processors copy several times slower to an address
 * that is, within its page, 1 to 31 bytes behind the one they copy from: and a large buffer begins 16 bytes behind a page.
 */
const distanceBytes = 512

/**
 * Fill `into` from byte `position` on.
 *
 * @throws {OnecopyError} `ERR_DATA_CHANGED`: the file ends before
 * @throws {DataError} it cannot be read
 */
function readFully(fd: number, path: string, into: TypedArray, position: number): void {
  const done = readUpTo(fd, path, into, position)
  if (done === into.byteLength) return
  throw changed(path, `it ended at byte ${position + done}, before ${position + into.byteLength}`)
}

/** A file, opened in one thread. Holds one buffer as large as the largest chunk. Offsets count elements of its range. */
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
   * @throws {OnecopyError} `ERR_DATA_CHANGED`: it is gone, or not the file that was described
   * @throws {DataError} it cannot be opened
   */
  constructor(description: FileDescription) {
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

  /** Reads go into this buffer again and again. */
  get reusedBuffer(): ArrayBuffer {
    return this.#buffer
  }

  read(start: number, end: number): TypedArray {
    const length = end - start
    const bytesPerElement = this.#bytesPerElement
    const position = this.#byteOffset + start * bytesPerElement
    const inPage = (position + distanceBytes) % pageBytes
    // Behind an odd header elements lie across their own size: in memory they begin at a multiple of it.
    const offset = inPage - (inPage % bytesPerElement)
    let elements = this.#elements
    // Most chunks have the same length and lie alike: they need no view of their own.
    if (elements === undefined || elements.length !== length || elements.byteOffset !== offset) {
      const byteLength = length * bytesPerElement
      const wanted = offset + byteLength
      if (wanted > this.#buffer.byteLength) this.#buffer = new ArrayBuffer(roundUp(pageBytes + byteLength))
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
    if (this.#fd < 0) throw new Error('the run is over: its file can no longer be read')
    const byteLength = (end - start) * this.#bytesPerElement
    const elements = new this.#Elements(new ArrayBuffer(byteLength), 0, end - start)
    this.readInto(start, end, elements)
    return elements
  }

  close(): void {
    if (this.#fd < 0) return
    closeSync(this.#fd)
    // A chunk that somebody kept must not read from whatever gets this number next.
    this.#fd = -1
  }
}

/** To 64 KiB: chunks that differ a little, as lines do, shall not each need a buffer of their own. */
function roundUp(byteLength: number): number {
  const step = 64 * 1024
  return Math.ceil((byteLength * 1.25) / step) * step
}
