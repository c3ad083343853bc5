// A chunker applied to data: all sizes decided, and how many chunks there are. chunk-ranges.ts computes the range of each.

import { memberOf } from '../base/own-members.js'
import type { DataPieces } from '../data/contract.js'
import { elementConstructor } from '../data/typed-array.js'
import type { Chunker, Malformed } from './chunkers.js'
import type { CsvForm } from './csv-automaton.js'
import { endOf, ownedOf, type PlanPieces } from './pieces.js'

/** A run has at most this many chunks, because lanes claim them with 32-bit atomics. */
export const mostChunks: number = 2 ** 30

/** A chunker with all sizes decided, as plain data. Sizes and offsets count elements. */
export interface ChunkPlan {
  /** The kind of the chunker. */
  readonly kind: Chunker['kind']
  /** The kind of the data's elements, for example `'Uint8Array'`. */
  readonly elementType: string
  /** The number of chunks, including those that will turn out to own nothing. */
  readonly count: number
  /** The number of elements in the whole data. */
  readonly length: number
  /** Elements per chunk. */
  readonly size: number
  /** Where the first chunk starts. */
  readonly first: number
  /** Where the last chunk ends: chunks cover `[first, last)`. */
  readonly last: number
  /** How far `bytes` extends past a chunk's end; 0 unless the chunker is `overlapping`. */
  readonly overlap: number
  /** The bytes that end a record of `delimited`, or the byte that ends a field of `csv`; else empty. */
  readonly delimiter: readonly number[]
  /** A delimiter counts only at offsets that are multiples of this. */
  readonly align: number
  /** If the data, or a piece of it, begins with these bytes, they belong to no chunk; empty unless the chunker is `delimited`. */
  readonly mark: readonly number[]
  /** The byte of a quote; 0 unless the chunker is `csv`. */
  readonly quote: number
  /** The byte that makes the next quote a part of its field; 0 unless the chunker is `csv`. */
  readonly escape: number
  /** What becomes of a last record whose quoted field is not closed; `'keep'` unless the chunker is `csv`. */
  readonly malformed: Malformed
  /** If the data consists of pieces, such as files: each is cut by itself. Else undefined. */
  readonly pieces: PlanPieces | undefined
}

/** What is to be cut. */
export interface CutData {
  /** The number of elements. */
  readonly length: number
  /** The number of bytes. */
  readonly byteLength: number
  /** The kind of the elements. */
  readonly elementType: string
  /** The pieces, if it consists of several. */
  readonly pieces?: DataPieces | undefined
}

/** Where the data of a job lies in a stream. Offsets are in bytes. */
export interface StreamPlace {
  /** Where the data begins in the stream. */
  readonly base: number
  /** Where the source begins in the stream that the plan cuts. */
  readonly start: number
  /** The number of its first chunk in the stream. */
  readonly chunk: number
  /** The length of its byte order mark; 0 if it has none. */
  readonly mark: number
  /** The first chunk whose state is in `csvStates`, counted from `chunk`. */
  readonly states: number
  /** The name of the source; undefined if it is the only one. */
  readonly source: string | undefined
  /** How many sources are before it. */
  readonly number: number
}

/** Data of more than 4 TiB, such as a large range, gets larger chunks than 4 MiB, so that it has no more than this many. */
const mostChunksByDefault = 2 ** 20

/**
 * Bytes per chunk if the user gives no size: a power of two from 64 KiB to 4 MiB that makes about 256 chunks, and a larger one for
 * more than 4 TiB. It depends on the length of the data alone.
 */
export function defaultChunkBytes(byteLength: number): number {
  let bytes = 64 * 1024
  while (bytes < 4 * 1024 * 1024 && bytes * 256 < byteLength) bytes *= 2
  while (bytes * mostChunksByDefault < byteLength) bytes *= 2
  return bytes
}

/**
 * Decide all sizes.
 *
 * @throws {TypeError} the chunker cuts bytes, but the data has other elements
 * @throws {RangeError} there would be more than 2^30 chunks
 */
export function planChunks(data: CutData, chunker: Chunker): ChunkPlan {
  const { length, byteLength, elementType } = data
  const bytesPerElement = elementConstructor(elementType).BYTES_PER_ELEMENT
  let size = chunker.size ?? defaultChunkBytes(byteLength) / bytesPerElement
  const { header, record } =
    chunker.kind === 'records' ? { header: chunker.header ?? 0, record: chunker.length } : { header: 0, record: 1 }
  size = record * Math.max(1, Math.floor(size / record))
  const given = memberOf(data, 'pieces')
  const pieces = given === undefined || given.starts.length === 0 ? undefined : given
  const { first, last } = ownedOf(length, header, record)
  if ((chunker.kind === 'delimited' || chunker.kind === 'csv') && bytesPerElement !== 1) {
    const names = chunker.kind === 'csv' ? 'csvRecords() cuts' : 'lines() and delimited() cut'
    throw new TypeError(`chunks: ${names} bytes, but this data is a ${elementType}`)
  }
  const cut = pieces === undefined ? undefined : cutPieces(pieces, { length, size, header, record })
  const count = cut?.count ?? Math.ceil((last - first) / size)
  if (count > mostChunks) {
    throw new RangeError(
      `chunks: size ${size} cuts ${length} elements into ${count} chunks; at most ${mostChunks} are possible`,
    )
  }
  return {
    kind: chunker.kind,
    elementType,
    count,
    length,
    size,
    first: cut?.first ?? first,
    last: cut?.last ?? last,
    overlap: chunker.kind === 'overlapping' ? chunker.overlap : 0,
    delimiter:
      chunker.kind === 'delimited' ? chunker.delimiter : chunker.kind === 'csv' ? [chunker.delimiter] : noBytes,
    align: chunker.kind === 'delimited' ? (chunker.align ?? 1) : 1,
    mark: (chunker.kind === 'delimited' ? memberOf(chunker, 'mark') : undefined) ?? noBytes,
    quote: chunker.kind === 'csv' ? chunker.quote : 0,
    escape: chunker.kind === 'csv' ? chunker.escape : 0,
    malformed: chunker.kind === 'csv' ? chunker.malformed : 'keep',
    pieces: cut?.pieces,
  }
}

/** Cut each piece by itself. */
function cutPieces(
  { starts }: DataPieces,
  {
    length,
    size,
    header,
    record,
  }: { readonly length: number; readonly size: number; readonly header: number; readonly record: number },
): { readonly pieces: PlanPieces; readonly count: number; readonly first: number; readonly last: number } {
  let count = 0
  let first = length
  let last = 0
  const chunks: number[] = []
  for (let number = 0; number < starts.length; number++) {
    const start = starts[number]!
    const owned = ownedOf(endOf(starts, number, length) - start, header, record)
    chunks.push(count)
    if (owned.last === owned.first) continue
    count += Math.ceil((owned.last - owned.first) / size)
    first = Math.min(first, start + owned.first)
    last = start + owned.last
  }
  return { pieces: { starts: [...starts], chunks, header, record }, count, first: Math.min(first, last), last }
}

/** Whether chunks of this kind may own nothing, because they own the records that start in them. */
export function mayOwnNothing(kind: Chunker['kind']): boolean {
  return kind === 'delimited' || kind === 'csv'
}

/** The characters of the CSV that `plan` cuts. */
export function csvFormOf(plan: ChunkPlan): CsvForm {
  // `!`: a plan for CSV has one.
  return { delimiter: plan.delimiter[0]!, quote: plan.quote, escape: plan.escape }
}

const noBytes: readonly number[] = []
