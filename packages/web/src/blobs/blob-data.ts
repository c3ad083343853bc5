// A file of the user's, or any other Blob, as shared data. Lanes get a handle on it, and read it chunk by chunk.

import type { DataReader, ElementsOf, SharedData, TypedArray, TypedArrayConstructor } from '@onecopy/core'
import { checkCount, checkElements, show } from '@onecopy/core/lane'
import { BlobReader } from './blob-reader.js'
import { type BlobDescription, unreadable } from './description.js'

/**
 * Use a `File` or another `Blob` as data, without reading it into memory. Each worker reads the chunks that it runs.
 *
 * For one pass over a large file. For several passes, `load` it once. To leave out a header, give a slice: `blob.slice(128)`.
 * It can be read in workers only, so `sequential()` on a page needs `load`.
 *
 * A file that changes before or during a run makes the run reject with `ERR_DATA_CHANGED`, if the browser notices: it compares
 * the size and the time of the last change.
 *
 * @param blob - what an `<input type="file">` or a drop gives, or any other Blob
 * @param Elements - the type of the elements, in the byte order of this machine; default `Uint8Array`
 * @throws {TypeError} `blob` is no Blob, or `Elements` is not the constructor of a typed array
 * @throws {RangeError} the bytes of `blob` are not a whole number of elements
 * @example const bytes = await map(file(input.files[0]), (part) => part.length).reduce(sum())
 */
export function file<T extends TypedArray>(blob: Blob, Elements: TypedArrayConstructor<T>): BlobData<ElementsOf<T>>
export function file(blob: Blob): BlobData<Uint8Array>
export function file(blob: Blob, Elements: TypedArrayConstructor = Uint8Array): BlobData<TypedArray> {
  checkCount('file', 2, arguments.length)
  return new BlobData(checkBlob(blob), checkElements(Elements))
}

/** Shared data in a Blob. `file` makes it. */
export class BlobData<T extends TypedArray = Uint8Array> implements SharedData<T> {
  readonly elementType: string
  readonly length: number
  readonly byteLength: number
  /** The Blob itself. */
  readonly blob: Blob
  /** The size of a file and the time when it was last changed; undefined for a Blob that is no file. */
  readonly identity: string | undefined
  readonly #name: string

  /** @internal `file` makes it */
  constructor(blob: Blob, { name, BYTES_PER_ELEMENT }: TypedArrayConstructor) {
    this.elementType = name
    this.length = checkWhole('blob', blob.size, BYTES_PER_ELEMENT)
    this.byteLength = blob.size
    this.blob = blob
    this.identity = blob instanceof File ? `${blob.size} ${blob.lastModified}` : undefined
    this.#name = nameOf(blob)
  }

  /** @internal */
  describe(): BlobDescription {
    return { kind: 'blob', blob: this.blob, elementType: this.elementType, length: this.length, name: this.#name }
  }

  /** @internal */
  open(): DataReader<T> {
    // `as`: it reads elements of the type that the description names.
    return new BlobReader(this.describe()) as unknown as DataReader<T>
  }

  /** @internal */
  async assertUnchanged(): Promise<void> {
    // The browser compares the file with what it was at each read, however short.
    await readBlob(this.blob.slice(0, 1), this.#name)
  }
}

/** The bytes of a Blob. */
export async function readBlob(blob: Blob, name: string): Promise<ArrayBuffer> {
  try {
    return await blob.arrayBuffer()
  } catch (cause) {
    throw unreadable(name, cause)
  }
}

export function nameOf(blob: Blob): string {
  return blob instanceof File ? show(blob.name) : 'the blob'
}

function checkBlob(blob: unknown): Blob {
  if (blob instanceof Blob) return blob
  const cure = typeof blob === 'string' || blob instanceof URL ? '; for a URL: await load(await fetch(url))' : ''
  const list = Object.prototype.toString.call(blob) === '[object FileList]' ? '; give one of its files' : ''
  throw new TypeError(`blob: expected a File or another Blob, got ${show(blob)}${cure}${list}`)
}

/** The number of elements in so many bytes. */
export function checkWhole(argument: string, byteLength: number, bytesPerElement: number): number {
  const length = byteLength / bytesPerElement
  if (Number.isInteger(length)) return length
  throw new RangeError(
    `${argument}: expected a whole number of elements of ${bytesPerElement} bytes, got ${byteLength} bytes; ` +
      'leave out a header with blob.slice(start, end)',
  )
}
