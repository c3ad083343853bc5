// Naive twins of the chunkers: the list of all chunks, made in one go.

import { type Range, splitAlignedRecords, splitRecords } from './split-records.js'

export interface NaiveChunk extends Range {
  readonly index: number
  /** What the chunk function sees ends here. */
  readonly viewEnd: number
}

export function cutFixed(length: number, size: number, overlap: number = 0): NaiveChunk[] {
  const chunks: NaiveChunk[] = []
  for (let start = 0; start < length; start += size) {
    const end = Math.min(length, start + size)
    chunks.push({ index: chunks.length, start, end, viewEnd: Math.min(length, end + overlap) })
  }
  return chunks
}

/** Records of `length` elements behind a header, as many per chunk as fit `size` elements, and at least one. */
export function cutRecords(dataLength: number, length: number, header: number, size: number): NaiveChunk[] {
  const starts: number[] = []
  for (let start = header; start + length <= dataLength; start += length) starts.push(start)
  const chunks: NaiveChunk[] = []
  while (starts.length > 0) {
    const own = starts.splice(0, Math.max(1, Math.floor(size / length)))
    const end = own.at(-1)! + length
    chunks.push({ index: chunks.length, start: own[0]!, end, viewEnd: end })
  }
  return chunks
}

/** Each record goes to the chunk of `size` bytes in which it starts; a chunk without a record is not in the list. */
export function cutDelimited(bytes: Uint8Array, delimiter: Uint8Array, size: number, align?: number): NaiveChunk[] {
  const chunks = new Map<number, NaiveChunk>()
  const records = align === undefined ? splitRecords(bytes, delimiter) : splitAlignedRecords(bytes, delimiter, align)
  for (const { start, end } of records) {
    const index = Math.floor(start / size)
    chunks.set(index, { index, start: chunks.get(index)?.start ?? start, end, viewEnd: end })
  }
  return [...chunks.values()]
}
