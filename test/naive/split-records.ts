// The naive twin of the search for records: `String#split` itself.

export interface Range {
  readonly start: number
  readonly end: number
}

/** The records of `bytes`, each with the delimiter at its end. An empty piece behind the last delimiter is no record. */
export function splitRecords(bytes: Uint8Array, delimiter: Uint8Array): Range[] {
  // latin1: one character a byte.
  const pieces = Buffer.from(bytes).toString('latin1').split(Buffer.from(delimiter).toString('latin1'))
  const ranges: Range[] = []
  let start = 0
  pieces.forEach((piece, i) => {
    const end = start + piece.length + (i < pieces.length - 1 ? delimiter.length : 0)
    if (end > start) ranges.push({ start, end })
    start = end
  })
  return ranges
}
