// Decodes text in any encoding to strings, piece by piece. Read from its start to its end, any encoding can be decoded.

import { decodeIn } from '@onecopy/core/lane'

/** Why an encoding cannot be decoded; undefined if it can. */
export function encodingProblem(name: string): string | undefined {
  try {
    decoderOf(name, new Uint8Array(0))
    return undefined
  } catch {
    return `this version of Node cannot decode ${JSON.stringify(name)}; for others: iconv -f … -t UTF-8 FILE | onecopy … -`
  }
}

/** The longest byte order mark. */
const markBytes = 4

/** The text of a stream, without a byte order mark at its start. Bytes that are no text of the encoding become U+FFFD. */
export async function* decodedPieces(
  source: AsyncIterable<unknown>,
  name: string,
): AsyncGenerator<string, void, undefined> {
  let decoder: Decoder | undefined
  let start = Buffer.alloc(0)
  for await (const piece of source) {
    // `as`: the streams of inputs give bytes.
    let bytes = piece as Uint8Array
    if (decoder === undefined) {
      // A pipe may give its first bytes one by one.
      start = Buffer.concat([start, bytes])
      if (start.length < markBytes) continue
      decoder = decoderOf(name, start)
      bytes = start
    }
    yield decoder.decode(bytes, { stream: true })
  }
  yield decoder === undefined ? decoderOf(name, start).decode(start) : decoder.decode()
}

interface Decoder {
  decode(bytes?: Uint8Array, options?: { readonly stream: boolean }): string
}

/**
 * A decoder for an encoding. UTF-16 and UTF-32 without a byte order have the one of their mark, or that of Windows.
 *
 * @param start - the first bytes
 * @throws {RangeError} this version of Node cannot decode it
 */
function decoderOf(name: string, start: Uint8Array): Decoder {
  const [, unit, order] = /^utf[-_]?(16|32)[-_]?(le|be)?$/i.exec(name.trim()) ?? []
  const isBigEndian =
    order === undefined ? isAt(start, unit === '16' ? [0xfe, 0xff] : [0, 0, 0xfe, 0xff]) : order.toLowerCase() === 'be'
  if (unit === '32') return new UnitDecoder(isBigEndian ? 'utf-32be' : 'utf-32le', 4)
  const decoder = new TextDecoder(unit === '16' ? `utf-16${isBigEndian ? 'be' : 'le'}` : name)
  // Core knows what versions of Node do wrong.
  return decoder.encoding === 'windows-1252' ? new UnitDecoder(decoder.encoding, 1) : decoder
}

function isAt(start: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((byte, i) => start[i] === byte)
}

/** Decodes encodings whose characters all have the same number of bytes. */
class UnitDecoder implements Decoder {
  readonly #name: string
  readonly #unit: number
  /** The bytes of a character that is not complete. */
  #rest = Buffer.alloc(0)
  #isBegun = false

  constructor(name: string, unit: number) {
    this.#name = name
    this.#unit = unit
  }

  decode(bytes: Uint8Array = new Uint8Array(0), { stream = false }: { readonly stream?: boolean } = {}): string {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    const end = stream ? all.length - (all.length % this.#unit) : all.length
    this.#rest = Buffer.from(all.subarray(end))
    const text = decodeIn(this.#name, all, 0, end)
    const isMarked = !this.#isBegun && this.#unit > 1 && text.startsWith('\ufeff')
    this.#isBegun ||= end > 0
    return isMarked ? text.slice(1) : text
  }
}
