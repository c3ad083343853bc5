// Reads a Blob in a worker.
//
// A read takes about a millisecond, however short it is, because all bytes come from the browser's own process. So the reader reads
// megabytes at a time: what the lane has said that it will read next.

import type { DataReader, TypedArray } from '@onecopy/core'
import { elementConstructor } from '@onecopy/core/lane'
import { type BlobDescription, claimBytes, unreadable } from './description.js'

/** Reads a Blob in a worker. TypeScript declares it in a library that excludes the one of pages. */
interface BlobReaderSync {
  readAsArrayBuffer(blob: Blob): ArrayBuffer
}

/** At most so many bytes are read at once, unless a chunk is longer. */
const mostBytes = 16 * 1024 * 1024
/** At least so many are read at once: fewer take hardly less time. */
const leastBytes = 1024 * 1024
/** So many bytes before and behind what was announced are read as well: chunks of lines look for where a line ends. */
const [backBytes, aheadBytes] = [4096, 64 * 1024]

/** Reads a Blob. Offsets count elements. */
export class BlobReader implements DataReader<TypedArray> {
  readonly claimBytes: number = claimBytes
  readonly #blob: Blob
  readonly #name: string
  readonly #Elements: ReturnType<typeof elementConstructor>
  readonly #elementBytes: number
  readonly #reader: BlobReaderSync
  /** The bytes that were read last, and where they begin in the Blob. */
  #window: ArrayBuffer = new ArrayBuffer(0)
  #windowStart = 0
  /** The bytes that will be read next. */
  #expectedStart = 0
  #expectedEnd = 0

  /** @throws {TypeError} this thread cannot wait for a Blob */
  constructor({ blob, name, elementType }: BlobDescription) {
    // `as`: see `BlobReaderSync`.
    const { FileReaderSync } = globalThis as unknown as { readonly FileReaderSync?: new () => BlobReaderSync }
    if (FileReaderSync === undefined) {
      throw new TypeError(
        `${name}: a Blob can be read in workers only; for sequential(), read it first: await load(blob)`,
      )
    }
    this.#blob = blob
    this.#name = name
    this.#Elements = elementConstructor(elementType)
    this.#elementBytes = this.#Elements.BYTES_PER_ELEMENT
    this.#reader = new FileReaderSync()
  }

  /** Read the beginning of what comes next. That is faster than reading it synchronously. */
  async expect(start: number, end: number): Promise<void> {
    this.#expectedStart = start * this.#elementBytes
    this.#expectedEnd = end * this.#elementBytes
    if (this.#has(this.#expectedStart, this.#expectedEnd)) return
    const from = Math.max(0, this.#expectedStart - backBytes)
    const to = Math.min(this.#blob.size, Math.max(this.#expectedEnd + aheadBytes, from + leastBytes), from + mostBytes)
    this.#window = new ArrayBuffer(0)
    try {
      this.#window = await this.#blob.slice(from, to).arrayBuffer()
      this.#windowStart = from
    } catch {
      // `read` tries again, and tells what is wrong.
    }
  }

  read(start: number, end: number): TypedArray {
    const from = start * this.#elementBytes
    const to = end * this.#elementBytes
    if (!this.#has(from, to)) this.#readWindow(from, to)
    return new this.#Elements(this.#window, from - this.#windowStart, end - start)
  }

  /** Windows are never overwritten, so what was read stays valid. */
  view(start: number, end: number): TypedArray {
    return this.read(start, end)
  }

  close(): void {
    this.#window = new ArrayBuffer(0)
  }

  /** Whether the window has the bytes `[from, to)`. */
  #has(from: number, to: number): boolean {
    return from >= this.#windowStart && to <= this.#windowStart + this.#window.byteLength
  }

  /** Read at least the bytes `[from, to)`. */
  #readWindow(from: number, to: number): void {
    // The old window is not needed any more, and may be as large.
    this.#window = new ArrayBuffer(0)
    const isExpected = from >= this.#expectedStart - backBytes && to <= this.#expectedEnd + aheadBytes
    // The window begins at an element, so that views can begin there: it stays a multiple of 8.
    const start = isExpected ? Math.max(0, from - backBytes) : from
    const end = isExpected
      ? Math.max(to, Math.min(this.#blob.size, this.#expectedEnd + aheadBytes, start + mostBytes))
      : to
    this.#windowStart = start
    this.#window = this.#readNow(start, end)
  }

  #readNow(start: number, end: number): ArrayBuffer {
    let bytes: ArrayBuffer
    try {
      bytes = this.#reader.readAsArrayBuffer(this.#blob.slice(start, end))
    } catch (cause) {
      throw unreadable(this.#name, cause)
    }
    if (bytes.byteLength === end - start) return bytes
    throw unreadable(this.#name, new DOMException(`it ends before byte ${end}`, 'NotReadableError'))
  }
}
