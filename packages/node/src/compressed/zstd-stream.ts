// Decompresses a stream of zstd, frame by frame: Node before version 26 ends after the first frame, see zstd-frames.ts.

import * as zlib from 'node:zlib'
import { damaged } from './damaged.js'
import { FrameWalker } from './frame-walker.js'
import { streamOptions, type ZlibStream, zlibStream } from './zlib-stream.js'

// `as`: the types are those of the oldest version of Node that is supported.
const { createZstdDecompress } = zlib as unknown as { readonly createZstdDecompress: (options: object) => ZlibStream }

/**
 * Decompress all frames of `source`.
 *
 * @throws {OnecopyError} `ERR_DATA_DAMAGED`
 * @throws what `source` throws
 */
export async function* zstdStream(
  source: AsyncIterable<Uint8Array>,
  path: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const frames = new Frames(source, path)
  try {
    while (await frames.begin()) {
      const { start } = frames
      if (frames.isSkipped) for await (const _ of frames.rest());
      else
        yield* zlibStream(createZstdDecompress(streamOptions), frames.rest(), {
          path,
          what: 'the zstd data',
          offset: start,
        })
    }
  } finally {
    await frames.close()
  }
}

/** Cuts a stream into frames. */
class Frames {
  /** Where the current frame begins in the file. */
  start = 0
  readonly #pieces: AsyncIterator<Uint8Array>
  readonly #path: string
  #walker = new FrameWalker()
  /** What has come, and has not been taken. */
  #piece: Uint8Array = new Uint8Array(0)
  /** The parts of the current frame that have been looked at. */
  #parts: Uint8Array[] = []
  #offset = 0

  constructor(source: AsyncIterable<Uint8Array>, path: string) {
    this.#pieces = source[Symbol.asyncIterator]()
    this.#path = path
  }

  /** Begin the next frame. Returns false at the end of the stream. */
  async begin(): Promise<boolean> {
    this.start = this.#offset
    this.#walker = new FrameWalker()
    this.#parts = []
    if (!(await this.#fill())) return false
    // Enough to know whether it is skipped.
    while (this.#offset < this.start + 8 && !this.#walker.isOver) await this.#look()
    return true
  }

  get isSkipped(): boolean {
    return this.#walker.isSkipped
  }

  /** The bytes of the current frame. */
  async *rest(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      yield* this.#parts.splice(0)
      if (this.#walker.isOver) return
      await this.#look()
    }
  }

  async #look(): Promise<void> {
    if (!(await this.#fill())) throw damaged(this.#path, 'the zstd frame', this.start, 'the file ends inside of it')
    let byteLength: number
    try {
      byteLength = this.#walker.walk(this.#piece)
    } catch (cause) {
      throw damaged(this.#path, 'the zstd frame', this.start, cause)
    }
    this.#parts.push(this.#piece.subarray(0, byteLength))
    this.#piece = this.#piece.subarray(byteLength)
    this.#offset += byteLength
  }

  async #fill(): Promise<boolean> {
    while (this.#piece.length === 0) {
      const { done, value } = await this.#pieces.next()
      if (done) return false
      this.#piece = value
    }
    return true
  }

  async close(): Promise<void> {
    await this.#pieces.return?.()
  }
}
