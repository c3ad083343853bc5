// Reads many files for a lane, as one data. Files are opened when they are needed, and only a few are open at a time.

import { closeSync } from 'node:fs'
import { type DataDescription, type DataReader, lastUpTo, type TypedArray } from '@onecopy/core/lane'
import { ChunkBuffer } from './chunk-buffer.js'
import { openToRead, readFully } from './file-reader.js'
import { assertSame, type FileStates, sizeOf, smallBytes, unreachable } from './file-states.js'

/** Describes many files as plain data. */
export interface FilesDescription extends DataDescription, FileStates {
  readonly kind: 'files'
  readonly elementType: string
  /** Number of elements. */
  readonly length: number
  /** Where each file starts, in elements; ascending. An empty file starts where the next one does. */
  readonly starts: readonly number[]
  /** The files that are no plain files, by their numbers: those that are decompressed. */
  readonly nested: readonly (readonly [number: number, description: DataDescription])[]
}

/** Whether a description describes many files. */
export function isFilesDescription(description: DataDescription): description is FilesDescription {
  return description.kind === 'files'
}

/** Most large files that one lane has open. A lane goes through the files in their order, and `chunk.view` may look at others. */
const mostOpen = 8

/** Opens what is no plain file. */
export type OpenNested = (description: DataDescription, number: number) => DataReader<TypedArray>

/**
 * Files that are open in one thread. Holds one buffer, as large as the largest chunk. Offsets count elements of all files.
 *
 * A small file is read as a whole, and closed at once: it stays in the buffer, and gives its chunks from there.
 */
export class FilesReader implements DataReader<TypedArray> {
  readonly pieceNames: readonly string[]
  readonly #description: FilesDescription
  readonly #buffer: ChunkBuffer
  readonly #bytesPerElement: number
  /** The descriptors of large files by their numbers. The one that was used last is at the end. */
  readonly #open = new Map<number, number>()
  /** The current file: its number, and its elements `[start, end)`. */
  #number = -1
  #start = 0
  #end = 0
  /** The small file that is in the buffer. */
  #held: { readonly number: number; readonly elements: TypedArray } | undefined
  #isClosed = false
  /** The descriptions of files that are no plain files, and the one of them that is open. */
  readonly #nested: ReadonlyMap<number, DataDescription>
  readonly #openNested: OpenNested
  #opened: { readonly number: number; readonly reader: DataReader<TypedArray> } | undefined

  constructor(description: FilesDescription, openNested: OpenNested) {
    this.#description = description
    this.#nested = new Map(description.nested)
    this.#openNested = openNested
    this.pieceNames = description.paths
    this.#buffer = new ChunkBuffer(description.elementType)
    this.#bytesPerElement = this.#buffer.Elements.BYTES_PER_ELEMENT
  }

  /** Every `read` writes into this buffer. */
  get reusedBuffer(): ArrayBuffer {
    return this.#buffer.buffer
  }

  /**
   * @throws {OnecopyError} `ERR_DATA_CHANGED`: a file is gone, or is not the one that was described
   * @throws {DataError} a file cannot be opened or read
   */
  read(start: number, end: number): TypedArray {
    if (start < end) this.#enter(start)
    if (start < end && end <= this.#end && this.#isSmall(this.#number)) {
      const elements = this.#hold(this.#number)
      return start === this.#start && end === this.#end
        ? elements
        : this.#partOf(elements, start - this.#start, end - this.#start)
    }
    this.#held = undefined
    const elements = this.#buffer.place(end - start, this.#positionOf(start))
    this.readInto(start, end, elements)
    return elements
  }

  readInto(start: number, end: number, target: TypedArray): void {
    for (let at = start; at < end; ) {
      this.#enter(at)
      const until = Math.min(end, this.#end)
      const part = at === start && until === end ? target : this.#partOf(target, at - start, until - start)
      this.#readPart(at, part)
      at = until
    }
  }

  view(start: number, end: number): TypedArray {
    if (this.#isClosed) throw new Error('the run is over, and its files can no longer be read')
    const elements = new this.#buffer.Elements(new ArrayBuffer((end - start) * this.#bytesPerElement), 0, end - start)
    this.readInto(start, end, elements)
    return elements
  }

  close(): void {
    this.#isClosed = true
    this.#opened?.reader.close()
    for (const fd of this.#open.values()) closeSync(fd)
    // The system will give these numbers to other files. A chunk object that somebody kept must not read from those.
    this.#open.clear()
  }

  /** Make the file that has the element at `offset` the current one. */
  #enter(offset: number): void {
    if (offset >= this.#start && offset < this.#end) return
    const { starts, length } = this.#description
    const endOf = (file: number): number => (file + 1 < starts.length ? starts[file + 1]! : length)
    // Usually it is the next one.
    let number = this.#number + 1
    if (number >= starts.length || offset < starts[number]! || offset >= endOf(number))
      number = lastUpTo(starts, offset)
    this.#number = number
    this.#start = starts[number]!
    this.#end = endOf(number)
  }

  /** Fill `target` with elements of the current file, from `at` on. */
  #readPart(at: number, target: TypedArray): void {
    const number = this.#number
    const path = this.pieceNames[number]!
    const nested = this.#nested.get(number)
    if (nested !== undefined) {
      this.#readNested(nested, number, at - this.#start, target)
      return
    }
    if (!this.#isSmall(number)) {
      readFully(this.#openFile(number), path, target, this.#positionOf(at))
      return
    }
    const held = this.#held
    if (held?.number === number) {
      setBytes(target, this.#partOf(held.elements, at - this.#start, at - this.#start + target.length))
      return
    }
    const fd = this.#tryOpen(number)
    try {
      readFully(fd, path, target, this.#positionOf(at))
      assertSame(this.#description, number, fd)
    } finally {
      closeSync(fd)
    }
  }

  #readNested(description: DataDescription, number: number, from: number, target: TypedArray): void {
    if (this.#isClosed) throw new Error('the run is over, and its files can no longer be read')
    if (this.#opened?.number !== number) {
      this.#opened?.reader.close()
      this.#opened = undefined
      this.#opened = { number, reader: this.#openNested(description, number) }
    }
    const { reader } = this.#opened
    const to = from + target.length
    if (reader.readInto === undefined) setBytes(target, reader.view(from, to))
    else reader.readInto(from, to, target)
  }

  /** The elements of a small file, in the buffer. */
  #hold(number: number): TypedArray {
    if (this.#held?.number === number) return this.#held.elements
    this.#held = undefined
    const elements = this.#buffer.place(this.#end - this.#start, this.#description.byteOffset)
    this.#readPart(this.#start, elements)
    this.#held = { number, elements }
    return elements
  }

  #isSmall(number: number): boolean {
    return sizeOf(this.#description, number) <= smallBytes && !this.#nested.has(number)
  }

  #partOf({ buffer, byteOffset }: TypedArray, from: number, to: number): TypedArray {
    return new this.#buffer.Elements(buffer, byteOffset + from * this.#bytesPerElement, to - from)
  }

  /** Where an element of the current file is in it, in bytes. */
  #positionOf(offset: number): number {
    return this.#description.byteOffset + (offset - this.#start) * this.#bytesPerElement
  }

  /** The descriptor of a large file. */
  #openFile(number: number): number {
    let fd = this.#open.get(number)
    if (fd === undefined) {
      if (this.#open.size >= mostOpen) this.#closeOldest()
      fd = this.#tryOpen(number)
      try {
        assertSame(this.#description, number, fd)
      } catch (error) {
        closeSync(fd)
        throw error
      }
    } else if (this.#open.size > 1) {
      this.#open.delete(number)
    }
    this.#open.set(number, fd)
    return fd
  }

  #tryOpen(number: number): number {
    if (this.#isClosed) throw new Error('the run is over, and its files can no longer be read')
    try {
      return openToRead(this.pieceNames[number]!)
    } catch (cause) {
      throw unreachable(this.#description, number, cause)
    }
  }

  #closeOldest(): void {
    for (const [number, fd] of this.#open) {
      this.#open.delete(number)
      closeSync(fd)
      return
    }
  }
}

function setBytes(target: TypedArray, source: TypedArray): void {
  new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(
    new Uint8Array(source.buffer, source.byteOffset, source.byteLength),
  )
}
