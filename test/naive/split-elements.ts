// Naive twins of what chunk functions find records with: lists of ranges, made in one go.

import { type Range, splitRecords } from './split-records.js'

/** The records of `bytes`, each without the delimiter at its end. */
export function splitWithoutDelimiters(bytes: Uint8Array, delimiter: Uint8Array): Range[] {
  const endsWithDelimiter = (end: number): boolean =>
    Buffer.compare(bytes.subarray(Math.max(0, end - delimiter.length), end), delimiter) === 0
  const records = splitRecords(bytes, delimiter)
  return records.map(({ start, end }, i) => {
    // The last record's end may look like a delimiter and be none, where it overlaps the one before.
    const isDelimited = i < records.length - 1 || (end - start >= delimiter.length && endsWithDelimiter(end))
    return { start, end: isDelimited ? end - delimiter.length : end }
  })
}

/** The whole records of `size` elements among `length`. */
export function splitEvery(length: number, size: number): Range[] {
  const ranges: Range[] = []
  while ((ranges.length + 1) * size <= length) {
    ranges.push({ start: ranges.length * size, end: (ranges.length + 1) * size })
  }
  return ranges
}
