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

/** Bytes that were read, and where they begin in the Blob. */
interface Window {
  readonly start: number
  readonly bytes: ArrayBuffer
}

const nothing: Window = { start: 0, bytes: new ArrayBuffer(0) }

/** At most so many bytes are read at once, unless a chunk is longer. */
const mostBytes = 16 * 1024 * 1024
/** At least so many are read at once: fewer take hardly less time. */
const leastBytes = 1024 * 1024
/** What was not announced is read in pieces of so many bytes and more, if one piece follows the other. */
const apartBytes = 64 * 1024
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
  /** What was read of the announced bytes. */
  #window: Window = nothing
  /** What else was read last: a header, or the search for the end of a long record. */
  #apart: Window = nothing
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
    if (has(this.#window, this.#expectedStart, this.#expectedEnd)) return
    const from = Math.max(0, this.#expectedStart - backBytes)
    const to = Math.min(this.#blob.size, Math.max(this.#expectedEnd + aheadBytes, from + leastBytes), from + mostBytes)
    this.#window = nothing
    try {
      this.#window = { start: from, bytes: await this.#blob.slice(from, to).arrayBuffer() }
    } catch {
      // `read` tries again, and tells what is wrong.
    }
  }

  read(start: number, end: number): TypedArray {
    const from = start * this.#elementBytes
    const window = this.#windowOf(from, end * this.#elementBytes)
    return new this.#Elements(window.bytes, from - window.start, end - start)
  }

  /** Windows are never overwritten, so what was read stays valid. */
  view(start: number, end: number): TypedArray {
    return this.read(start, end)
  }

  close(): void {
    this.#window = nothing
    this.#apart = nothing
  }

  /** A window with at least the bytes `[from, to)`. */
  #windowOf(from: number, to: number): Window {
    if (has(this.#window, from, to)) return this.#window
    if (has(this.#apart, from, to)) return this.#apart
    const isExpected = from >= this.#expectedStart - backBytes && to <= this.#expectedEnd + aheadBytes
    if (!isExpected) return this.#readApart(from, to)
    // The old window is not needed any more, and may be as large.
    this.#window = nothing
    const start = Math.max(0, from - backBytes)
    const end = Math.max(to, Math.min(this.#blob.size, this.#expectedEnd + aheadBytes, start + mostBytes))
    this.#window = this.#readNow(start, end)
    return this.#window
  }

  /** Whoever has read far without a gap, forwards or backwards, will read on. So each piece is larger than the one before it. */
  #readApart(from: number, to: number): Window {
    const { start, bytes } = this.#apart
    const last = start + bytes.byteLength
    this.#apart = nothing
    const more = Math.min(mostBytes, Math.max(apartBytes, 2 * bytes.byteLength))
    if (from >= start && from <= last)
      this.#apart = this.#readNow(from, Math.max(to, Math.min(this.#blob.size, from + more)))
    else if (from < start && to >= start) this.#apart = this.#readNow(Math.max(0, Math.min(from, to - more)), to)
    else this.#apart = this.#readNow(from, to)
    return this.#apart
  }

  /** Read `[start, end)`. Windows begin at an element, so that views can begin there. */
  #readNow(from: number, end: number): Window {
    const start = from - (from % this.#elementBytes)
    let bytes: ArrayBuffer
    try {
      bytes = this.#reader.readAsArrayBuffer(this.#blob.slice(start, end))
    } catch (cause) {
      throw unreadable(this.#name, cause)
    }
    if (bytes.byteLength === end - start) return { start, bytes }
    throw unreadable(this.#name, new DOMException(`it ends before byte ${end}`, 'NotReadableError'))
  }
}

function has({ start, bytes }: Window, from: number, to: number): boolean {
  return from >= start && to <= start + bytes.byteLength
}
