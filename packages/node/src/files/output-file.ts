// Files that runs write in place: workers write their chunks' windows at their places, and nobody holds a whole file.

import { closeSync, ftruncateSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import type { ElementsOf, Output, OutputWriter, TypedArray, TypedArrayConstructor } from '@onecopy/core'
import {
  checkCount,
  checkElements,
  checkInteger,
  type DataDescription,
  DataError,
  elementConstructor,
  grownBytes,
} from '@onecopy/core/lane'
import { absolutePath, systemText } from './path.js'
import { allow, replacedFile, temporaryPath } from './replaced-file.js'

/** Describes such a file as plain data. */
interface OutputFileDescription extends DataDescription {
  readonly kind: 'output-file'
  readonly path: string
  readonly elementType: string
}

/** Whether a description describes a file to write. */
export function isOutputFile(description: DataDescription): description is OutputFileDescription {
  return description.kind === 'output-file'
}

/** A file that a run writes in place. Made by {@link createFile}. */
export class OutputFile<T extends TypedArray = Uint8Array> implements Output<T> {
  readonly elementType: string
  /** The absolute path. */
  readonly path: string
  /** Number of elements. */
  readonly length: number
  readonly byteLength: number

  /** @internal `createFile` makes it */
  constructor(path: string, { name, BYTES_PER_ELEMENT }: TypedArrayConstructor, length: number) {
    this.elementType = name
    this.path = path
    this.length = length
    this.byteLength = length * BYTES_PER_ELEMENT
  }

  /** @internal */
  describeOutput(): OutputFileDescription {
    return { kind: 'output-file', path: this.path, elementType: this.elementType }
  }

  /** @internal */
  openOutput(): OutputWriter<T> {
    // `as`: the writer makes elements of the kind that the description names.
    return new FileWriter(this.describeOutput()) as OutputWriter as OutputWriter<T>
  }
}

/**
 * Make a file of `length` elements, all zero, that a run then writes in place: `map(data, fn, { into: createFile(…) })`. Workers write
 * their chunks at their places, so memory stays constant, whatever the size of the file. Read it with `file(path, Elements)`.
 *
 * The file is there from now on, and whole when the run has succeeded. A file that had this path is replaced by the new one, which
 * has its permissions; a link stays a link.
 *
 * @param path - a relative path is resolved now
 * @param Elements - the type of the elements, in the byte order of this machine
 * @param length - number of elements; integer >= 0
 * @throws {TypeError | RangeError} an argument is wrong, or the path names something that is no regular file
 * @throws {Error} the system cannot make the file; `code` is the system's (`'ENOENT'`, `'EACCES'`)
 * @example
 * const grey = createFile('grey.raw', Uint8Array, pixels.length / 4)
 * await engine.run(pixels, greyscale, { into: grey })
 */
export function createFile<T extends TypedArray>(
  path: string | URL,
  Elements: TypedArrayConstructor<T>,
  length: number,
): OutputFile<ElementsOf<T>> {
  checkCount('createFile', 3, arguments.length)
  const name = absolutePath(path)
  const Kind = checkElements(Elements)
  checkInteger('length', length, 0)
  const { path: target, mode } = replacedFile(name)
  const temporary = temporaryPath(target)
  try {
    const fd = openSync(temporary, 'wx', mode)
    try {
      ftruncateSync(fd, length * Kind.BYTES_PER_ELEMENT)
    } finally {
      closeSync(fd)
    }
    if (mode !== undefined) allow(temporary, mode)
    // Not written over: a run may be reading the file that is there.
    renameSync(temporary, target)
  } catch (cause) {
    rmSync(temporary, { force: true })
    throw new DataError(`cannot create ${name}: ${systemText(cause)}`, name, cause)
  }
  return new OutputFile(name, Kind, length)
}

/** A file that is open to write in one thread. Holds one buffer, as large as the largest window. */
export class FileWriter implements OutputWriter {
  readonly #path: string
  readonly #Elements: ReturnType<typeof elementConstructor>
  readonly #fd: number
  #buffer = new ArrayBuffer(0)
  #window: TypedArray | undefined
  #start = 0

  /** @throws {DataError} the file cannot be opened */
  constructor({ path, elementType }: OutputFileDescription) {
    this.#path = path
    this.#Elements = elementConstructor(elementType)
    try {
      this.#fd = openSync(path, 'r+')
    } catch (cause) {
      throw new DataError(`cannot open ${path} to write: ${systemText(cause)}`, path, cause)
    }
  }

  window(start: number, end: number): TypedArray {
    const byteLength = (end - start) * this.#Elements.BYTES_PER_ELEMENT
    if (byteLength > this.#buffer.byteLength) this.#buffer = new ArrayBuffer(grownBytes(byteLength))
    this.#start = start
    this.#window = new this.#Elements(this.#buffer, 0, end - start)
    return this.#window
  }

  /** @throws {DataError} the system does not take it: the disk is full, for instance */
  flush(): void {
    // `!`: it is called after `window`.
    const { buffer, byteLength } = this.#window!
    const position = this.#start * this.#Elements.BYTES_PER_ELEMENT
    try {
      for (let done = 0; done < byteLength; ) {
        done += writeSync(
          this.#fd,
          new Uint8Array(buffer, done, byteLength - done),
          0,
          byteLength - done,
          position + done,
        )
      }
    } catch (cause) {
      throw new DataError(`cannot write ${this.#path}: ${systemText(cause)}`, this.#path, cause)
    }
  }

  close(): void {
    closeSync(this.#fd)
  }
}
