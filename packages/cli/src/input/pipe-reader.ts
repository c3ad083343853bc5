// Reads a pipe into memory that is used again and again. The streams of Node make new memory for each read, and stop and go on reading in
// between. That and giving the memory back take longer than the reading itself.

import { Socket } from 'node:net'

/** So much may be read at once; it is as much as a pipe of Linux holds. */
const readBytes = 64 * 1024
/** Bytes of several reads lie in one block. Two blocks take turns. */
const blockBytes = 16 * readBytes
/** If nobody takes them, the pipe is not read on. */
const mostWaitingBytes = 4 * readBytes

/**
 * The bytes of a pipe, in pieces. Nobody else may read the pipe.
 *
 * A piece stays as it is until half a MiB more has been taken. So whoever reads may hold some pieces back, such as the 64 KiB that a stream
 * of Node buffers before it asks its source to wait.
 */
export class PipeReader implements AsyncIterable<Uint8Array> {
  readonly #socket: Socket
  /** What is read goes into it. */
  #block = new Uint8Array(blockBytes)
  #otherBlock = new Uint8Array(blockBytes)
  /** Bytes of the block up to here have been read. */
  #filled = 0
  /** What has been read and nobody has taken yet. */
  readonly #pieces: Uint8Array[] = []
  #waitingBytes = 0
  #end: { readonly error?: unknown } | undefined
  /** Who waits for bytes. */
  #wake: () => void = () => {}

  /** @param fd - an open pipe. It is closed at the end. */
  constructor(fd: number) {
    const onread = { buffer: () => this.#room(), callback: (bytes: number) => this.#arrived(bytes) }
    // `as`: the types lack that these options are taken here, too.
    this.#socket = new Socket({ fd, readable: true, writable: false, onread } as object)
    this.#socket.on('error', (error) => this.#finish({ error }))
    this.#socket.on('end', () => this.#finish({}))
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined> {
    return {
      next: () => this.#next(),
      return: async () => {
        this.destroy()
        return { done: true, value: undefined }
      },
    }
  }

  /** Read no more. Whoever waits for bytes gets `reason`, or the end. */
  destroy(reason?: Error): void {
    this.#finish(reason === undefined ? {} : { error: reason })
    this.#socket.destroy()
  }

  async #next(): Promise<IteratorResult<Uint8Array, undefined>> {
    for (;;) {
      const piece = this.#pieces.shift()
      if (piece !== undefined) {
        this.#waitingBytes -= piece.length
        return { done: false, value: piece }
      }
      if (this.#end !== undefined) {
        if ('error' in this.#end) throw this.#end.error
        return { done: true, value: undefined }
      }
      const news = new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      this.#socket.resume()
      await news
    }
  }

  /** Where the next bytes go. */
  #room(): Uint8Array {
    if (this.#filled + readBytes > blockBytes) {
      const full = this.#block
      this.#block = this.#otherBlock
      this.#otherBlock = full
      this.#filled = 0
    }
    return this.#block.subarray(this.#filled, this.#filled + readBytes)
  }

  /** Returns whether to read on. */
  #arrived(bytes: number): boolean {
    this.#pieces.push(this.#block.subarray(this.#filled, this.#filled + bytes))
    this.#filled += bytes
    this.#waitingBytes += bytes
    this.#wake()
    return this.#waitingBytes < mostWaitingBytes
  }

  #finish(end: { readonly error?: unknown }): void {
    this.#end ??= end
    this.#wake()
  }
}
