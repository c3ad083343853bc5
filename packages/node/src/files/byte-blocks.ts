// Gathers bytes of an unknown number in blocks, and moves them into shared memory when all have come.

import { setImmediate } from 'node:timers/promises'

/** A buffer that can give its memory back at once, without waiting for the garbage collector. */
interface ResizableBuffer extends ArrayBuffer {
  resize(byteLength: number): void
}

const blockBytes = 16 * 1024 * 1024

/** Holds the bytes of a range once, plus at most one block. Bytes before the range and behind it are dropped at once. */
export class ByteBlocks {
  /** Bytes that came so far, including those that were dropped. */
  seenBytes = 0
  readonly #blocks: Uint8Array[] = []
  /** Bytes of the last block that are in use. */
  #used = blockBytes
  readonly #endBytes: number
  /** Bytes still to come before the range. */
  #toSkip: number

  /** Skip the first `skipBytes` bytes, then hold at most `mostBytes`. */
  constructor(skipBytes: number, mostBytes: number) {
    this.#toSkip = skipBytes
    this.#endBytes = skipBytes + mostBytes
  }

  /** Whether the whole range has come. */
  get isFull(): boolean {
    return this.seenBytes >= this.#endBytes
  }

  /** Where the next bytes may be written. Never empty. */
  get room(): Uint8Array {
    if (this.#used === blockBytes) {
      // `as`: the compiler's library does not know the option, and all supported versions of Node have it.
      const ResizableBuffer = ArrayBuffer as unknown as new (
        byteLength: number,
        options: { readonly maxByteLength: number },
      ) => ResizableBuffer
      this.#blocks.push(new Uint8Array(new ResizableBuffer(blockBytes, { maxByteLength: blockBytes }), 0, blockBytes))
      this.#used = 0
    }
    return this.#blocks.at(-1)!.subarray(this.#used)
  }

  /** Take the first `byteLength` bytes that were written into `room`. */
  take(byteLength: number): void {
    const skipped = Math.min(this.#toSkip, byteLength)
    if (skipped > 0) this.room.copyWithin(0, skipped, byteLength)
    this.#toSkip -= skipped
    this.#used += byteLength - skipped
    this.seenBytes += byteLength
  }

  /** Take a copy of `bytes`. */
  append(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const { room } = this
      const part = bytes.subarray(at, at + room.length)
      room.set(part)
      this.take(part.length)
      at += part.length
    }
  }

  /** Copy the first `target.byteLength` bytes into `target`. Each block gives its memory back as soon as it has been copied. */
  async moveTo(target: SharedArrayBuffer): Promise<void> {
    for (let at = 0; this.#blocks.length > 0; at += blockBytes) {
      const block = this.#blocks.shift()!
      const length = Math.max(0, Math.min(blockBytes, target.byteLength - at))
      if (length > 0)
        new Uint8Array(target, at, length).set(block.subarray(0, length))
        // `as`: `room` made it.
      ;(block.buffer as ResizableBuffer).resize(0)
      // Gigabytes may be copied here. Let the thread do other work in between.
      await setImmediate()
    }
  }
}
