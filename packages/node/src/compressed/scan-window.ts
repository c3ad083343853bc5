// A window that moves forward over a file.

import type { FileHandle } from 'node:fs/promises'
import { DataError } from '@onecopy/core/lane'
import { systemText } from '../files/path.js'

const readBytes = 4 * 1024 * 1024

/** Shows ranges of a file that begin ever later. Holds about as much as the longest range. */
export class ScanWindow {
  /** Bytes in the whole file. */
  readonly size: number
  readonly #path: string
  readonly #file: FileHandle
  #buffer = Buffer.allocUnsafe(0)
  /** The window holds the bytes `[start, end)` of the file. */
  #start = 0
  #end = 0

  constructor(path: string, file: FileHandle, size: number) {
    this.#path = path
    this.#file = file
    this.size = size
  }

  /** The bytes from `from` on: at least `byteLength`, or all that the file has. Valid until the next call. */
  async show(from: number, byteLength: number): Promise<Buffer> {
    const to = Math.min(this.size, from + byteLength)
    if (from < this.#start || to > this.#end) await this.#load(from, to)
    return this.#buffer.subarray(from - this.#start, this.#end - this.#start)
  }

  async #load(from: number, to: number): Promise<void> {
    const wanted = Math.min(this.size, to + readBytes) - from
    const isKept = from >= this.#start && from < this.#end
    const kept = isKept ? this.#buffer.subarray(from - this.#start, this.#end - this.#start) : undefined
    const keptBytes = kept?.length ?? 0
    const buffer = wanted > this.#buffer.length ? Buffer.allocUnsafe(wanted) : this.#buffer
    kept?.copy(buffer)
    this.#buffer = buffer
    this.#start = from
    this.#end = from + keptBytes
    while (this.#end < to) {
      const used = this.#end - from
      const bytesRead = await this.#read(used, Math.min(wanted, buffer.length) - used)
      // The file was truncated. Whoever looks at what is missing finds that the file ends too early.
      if (bytesRead === 0) return
      this.#end += bytesRead
    }
  }

  async #read(offset: number, byteLength: number): Promise<number> {
    try {
      return (await this.#file.read(this.#buffer, offset, byteLength, this.#end)).bytesRead
    } catch (cause) {
      throw new DataError(`cannot read ${this.#path} at byte ${this.#end}: ${systemText(cause)}`, this.#path, cause)
    }
  }
}
