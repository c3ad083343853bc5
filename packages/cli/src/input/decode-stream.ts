// Decodes text in any encoding to strings, piece by piece. Read from its start to its end, any encoding can be decoded.

/** Why an encoding cannot be decoded; undefined if it can. */
export function encodingProblem(name: string): string | undefined {
  try {
    new TextDecoder(labelOf(name, undefined))
    return undefined
  } catch {
    return `this version of Node cannot decode ${JSON.stringify(name)}; for others: iconv -f … -t UTF-8 FILE | onecopy … -`
  }
}

/** The name for `TextDecoder`. UTF-16 without a byte order has the one of its mark, or that of Windows. */
function labelOf(name: string, first: Uint8Array | undefined): string {
  const isOpen = /^utf-?16$/i.test(name.trim())
  return isOpen && first?.[0] === 0xfe && first[1] === 0xff ? 'utf-16be' : name
}

/** The text of a stream, without a byte order mark at its start. Bytes that are no text of the encoding become U+FFFD. */
export async function* decodedPieces(
  source: AsyncIterable<unknown>,
  name: string,
): AsyncGenerator<string, void, undefined> {
  let decoder: InstanceType<typeof TextDecoder> | undefined
  for await (const piece of source) {
    // `as`: the streams of inputs give bytes.
    const bytes = piece as Uint8Array
    if (bytes.length === 0) continue
    decoder ??= new TextDecoder(labelOf(name, bytes))
    yield decoder.decode(bytes, { stream: true })
  }
  if (decoder !== undefined) yield decoder.decode()
}
