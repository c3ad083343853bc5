// Text that comes in pieces, as UTF-8. A character of two UTF-16 code units may be cut into two pieces.

import { runtime } from './runtime.js'

/** Encodes pieces of one text. Code units without their partner become U+FFFD, as they do in a text of one piece. */
export class TextPieces {
  readonly #encoder: TextEncoderLike = new runtime.TextEncoder()
  /** The first half of a character, whose other half may come with the next piece. */
  #half = ''

  /** The bytes of the next piece, without the half of a character at its end. */
  encode(piece: string): Uint8Array {
    const text = this.#half === '' ? piece : this.#half + piece
    const last = text.charCodeAt(text.length - 1)
    const isCut = last >= 0xd800 && last <= 0xdbff
    this.#half = isCut ? text.slice(-1) : ''
    return this.#encoder.encode(isCut ? text.slice(0, -1) : text)
  }

  /** The bytes of what is left, because the text is over: mostly none. */
  end(): Uint8Array {
    const half = this.#half
    this.#half = ''
    return this.#encoder.encode(half)
  }
}

/**
 * The pieces of a stream, with text as UTF-8. What is no text stays as it is.
 *
 * @throws what `source` throws
 */
export async function* encodedPieces<P>(
  source: AsyncIterable<P>,
): AsyncGenerator<Uint8Array | Exclude<P, string>, void, undefined> {
  const text = new TextPieces()
  for await (const piece of source) {
    if (typeof piece === 'string') {
      yield text.encode(piece)
      continue
    }
    const rest = text.end()
    if (rest.length > 0) yield rest
    // `as`: it is no text.
    yield piece as Exclude<P, string>
  }
  const rest = text.end()
  if (rest.length > 0) yield rest
}

interface TextEncoderLike {
  encode(text: string): Uint8Array
}
