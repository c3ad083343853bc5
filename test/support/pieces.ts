// Bytes as they come from a stream: in pieces.

/** `bytes` in pieces of the given lengths, which begin anew at the end. Each piece comes in a turn of its own, into a buffer of its own. */
export async function* inPieces(bytes: Uint8Array, lengths: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const length = lengths[i % lengths.length]!
    yield bytes.slice(at, at + length)
    at += length
    if (i % 3 === 0) await new Promise((resolve) => setTimeout(resolve))
  }
}

/** The same piece again and again, for ever. `given` counts, and `left` settles when the reader has left. */
export class Endless implements AsyncIterable<Uint8Array> {
  given = 0
  readonly left: Promise<void>
  #leave: () => void = () => {}
  readonly #piece: Uint8Array

  constructor(piece: Uint8Array) {
    this.#piece = piece
    this.left = new Promise((resolve) => {
      this.#leave = resolve
    })
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        this.given++
        yield this.#piece
      }
    } finally {
      this.#leave()
    }
  }
}
