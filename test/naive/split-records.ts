// The naive twin of the search for records: `String#split` itself.

export interface Range {
  readonly start: number
  readonly end: number
}

/**
 * The records of `bytes` where a delimiter counts at multiples of `align` only: every offset is tried, in steps of `align`.
 * Each record has the delimiter at its end, as with `splitRecords`.
 */
export function splitAlignedRecords(bytes: Uint8Array, delimiter: Uint8Array, align: number): Range[] {
  const ranges: Range[] = []
  let start = 0
  for (let at = 0; at + delimiter.length <= bytes.length; ) {
    const isThere = delimiter.every((byte, i) => bytes[at + i] === byte)
    at += isThere ? delimiter.length : align
    if (!isThere) continue
    ranges.push({ start, end: at })
    start = at
  }
  if (start < bytes.length) ranges.push({ start, end: bytes.length })
  return ranges
}

/** The records of `bytes`, each with the delimiter at its end. An empty piece behind the last delimiter is no record. */
export function splitRecords(bytes: Uint8Array, delimiter: Uint8Array): Range[] {
  // latin1: one character per byte.
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
