// What the data of checks is made from: elements, pieces and records of the user's samples, of the parameters, or built in.

import { isMap, isSet } from '../base/built-in.js'
import { isBytes, show } from '../base/check.js'
import { runtime } from '../base/runtime.js'
import type { Chunker } from '../chunks/chunkers.js'
import type { SharedData } from '../data/contract.js'
import { share } from '../data/share.js'
import { elementConstructor, kindOf, type TypedArray } from '../data/typed-array.js'

/** An element of a typed array. */
export type Element = number | bigint

/** What data is made from. */
export interface Material {
  /** The kind of the data, for example `'Uint8Array'`. */
  readonly elementType: string
  /** Sets of few elements. Data made from such a set repeats itself, so what a plugin looks for is often at a border. */
  readonly alphabets: readonly (readonly Element[])[]
  /** What the parameters hold and the plugin may look for, and one element besides. */
  readonly words: readonly (readonly Element[])[]
  /** Short sequences of elements that belong together. */
  readonly pieces: readonly (readonly Element[])[]
  /** Whole records with their delimiters, from the samples if there are any. */
  readonly records: readonly (readonly Element[])[]
  /** The samples, from their beginning. */
  readonly samples: readonly (readonly Element[])[]
  /** Elements before the first record, and elements per record. Only for `records()`. */
  readonly layout: { readonly header: number; readonly length: number } | undefined
}

/** At most this many elements of a sample are used. */
const longestSample = 4096
const longestPiece = 64
const mostPieces = 64
const lineFeed = 10

const encode = (text: string): number[] => [...new runtime.TextEncoder().encode(text)]

/** Bytes, words, numbers and lines, for a plugin without samples. */
const ownAlphabets: readonly (readonly Element[])[] = [
  encode('ab'),
  encode('a\n'),
  encode('ab \n'),
  encode('12,\n'),
  [0, 1, 255],
  Array.from({ length: 256 }, (_, byte) => byte),
]
const ownPieces = ['a', 'b', ' ', '\n', ',', '12', '7', 'word', 'é', '€', '\r\n', '"x"', '{"n":1}\n', '\0']

/** A sample as the user gives it. */
export type AnySample = string | TypedArray | SharedData<TypedArray>

/** The samples as typed arrays of one kind. */
export function readSamples(data: AnySample | readonly AnySample[] | undefined): TypedArray[] {
  const list = data === undefined ? [] : Array.isArray(data) ? (data as readonly AnySample[]) : [data as AnySample]
  const samples = list.map(readSample)
  const other = samples.find((sample) => kindOf(sample) !== kindOf(samples[0]!))
  if (other !== undefined) {
    throw new TypeError(`options.data: expected samples of one kind, got ${kindOf(samples[0]!)} and ${kindOf(other)}`)
  }
  return samples
}

function readSample(sample: AnySample): TypedArray {
  if (typeof sample === 'object' && sample !== null && 'describe' in sample && 'open' in sample) {
    const reader = sample.open()
    try {
      // Copy, because checks must only write into their own data.
      return new (constructorOf(sample.elementType))(reader.view(0, Math.min(sample.length, longestSample)))
    } finally {
      reader.close()
    }
  }
  if (typeof sample === 'string' || ArrayBuffer.isView(sample)) {
    // `as`: `share` accepts both, but its overloads do not accept the union.
    const memory = share(sample as TypedArray)
    return new (constructorOf(memory.elementType))(memory.view(0, Math.min(memory.length, longestSample)))
  }
  throw new TypeError(`options.data: expected text, a typed array or shared data, got ${show(sample)}`)
}

function constructorOf(elementType: string): new (elements: Iterable<Element> | TypedArray) => TypedArray {
  // `as`: typed arrays can also be made from lists and from each other.
  return elementConstructor(elementType) as unknown as new (
    elements: Iterable<Element> | TypedArray,
  ) => TypedArray
}

/** The kind of the samples' data; bytes if there are no samples. */
export function elementTypeOf([sample]: readonly TypedArray[]): string {
  return sample === undefined ? 'Uint8Array' : kindOf(sample)
}

/** Make data from the given elements. */
export function toData(elementType: string, elements: readonly Element[]): TypedArray {
  return new (constructorOf(elementType))(elements)
}

/** Gather material. */
export function gatherMaterial(samples: readonly TypedArray[], params: unknown, chunker: Chunker): Material {
  const elementType = elementTypeOf(samples)
  // `as`: that is what iterating a typed array gives.
  const lists = samples.map((sample) => [...(sample as unknown as Iterable<Element>)])
  const isBytes = elementType === 'Uint8Array'
  const words = isBytes ? [...wordsIn(params, new Set())].slice(0, mostPieces) : []
  const pieces: Element[][] = [...words, ...piecesOfChunker(chunker)]
  const delimiter = chunker.kind === 'delimited' ? chunker.delimiter : isBytes ? [lineFeed] : []
  const align = chunker.kind === 'delimited' ? (chunker.align ?? 1) : 1
  const own = lists.every((list) => list.length === 0)
  const special = [...new Set(pieces.flat())].slice(0, 6)
  const alphabets = own ? ownAlphabets : alphabetsOf(lists)
  const lines =
    own && delimiter.length > 0 ? ownPieces.map((piece) => [...wholly(encode(piece), align), ...delimiter]) : []
  const records = [...lists.flatMap((list) => splitBehind(list, delimiter, align)), ...lines].slice(0, mostPieces)
  return {
    elementType,
    alphabets: special.length === 0 ? alphabets : [[...new Set([alphabets[0]![0]!, ...special])], ...alphabets],
    words: words.length === 0 ? [] : [[alphabets[0]![0]!], ...words],
    pieces: (own ? [...pieces, ...ownPieces.map(encode)] : [...pieces, ...piecesOf(lists)]).slice(0, mostPieces),
    records,
    samples: lists,
    layout: chunker.kind === 'records' ? { header: chunker.header ?? 0, length: chunker.length } : undefined,
  }
}

/** What moves the borders of chunks: delimiters, and for CSV quotes with and without line feeds in them. */
function piecesOfChunker(chunker: Chunker): Element[][] {
  if (chunker.kind === 'delimited') return [[...chunker.delimiter]]
  if (chunker.kind !== 'csv') return []
  const { delimiter, quote, escape: escapeByte } = chunker
  return [[delimiter], [quote], [lineFeed], [quote, lineFeed, quote], [quote, lineFeed, escapeByte, quote, quote]]
}

/** The texts, bytes and byte values in the parameters, because the plugin may look for them. */
function* wordsIn(params: unknown, seen: Set<unknown>): Generator<Element[]> {
  if (typeof params === 'string') {
    if (params !== '' && params.length <= longestPiece) yield encode(params)
  } else if (typeof params === 'number') {
    if (Number.isInteger(params) && params >= 0 && params <= 255) yield [params]
  } else if (isBytes(params)) {
    if (params.length > 0 && params.length <= longestPiece) yield [...params]
  } else if (typeof params === 'object' && params !== null && !seen.has(params) && !ArrayBuffer.isView(params)) {
    seen.add(params)
    const members = isMap(params) || isSet(params) ? [...params] : Object.values(params)
    for (const member of members) yield* wordsIn(member, seen)
  }
}

/** Four sets of elements: the most common ones, the first different ones, more of the most common ones, and nearly all. */
function alphabetsOf(lists: readonly (readonly Element[])[]): Element[][] {
  const counts = new Map<Element, number>()
  for (const element of lists.flat()) counts.set(element, (counts.get(element) ?? 0) + 1)
  const met = [...counts.keys()]
  const common = [...met].sort((a, b) => counts.get(b)! - counts.get(a)!)
  return [common.slice(0, 2), met.slice(0, 4), common.slice(0, 6), met.slice(0, 256)]
}

/** Parts of the samples: some of each length, spread over the samples. */
function piecesOf(lists: readonly (readonly Element[])[]): Element[][] {
  const pieces: Element[][] = []
  for (const list of lists) {
    for (const length of [1, 2, 3, 5, 8]) {
      const step = Math.max(1, Math.floor(list.length / 8))
      for (let at = 0; at + length <= list.length; at += step) pieces.push(list.slice(at, at + length))
    }
  }
  return pieces
}

/** Append zeros to the list until its length is a multiple of `align`. */
function wholly(list: readonly number[], align: number): number[] {
  return [...list, ...Array.from({ length: (align - (list.length % align)) % align }, () => 0)]
}

function splitBehind(list: readonly Element[], delimiter: readonly Element[], align: number): Element[][] {
  const records: Element[][] = []
  if (delimiter.length === 0) return records
  let start = 0
  for (let at = 0; at + delimiter.length <= list.length; at += align) {
    if (at < start || !delimiter.every((element, i) => list[at + i] === element)) continue
    records.push(list.slice(start, at + delimiter.length))
    start = at + delimiter.length
  }
  if (start < list.length) records.push(list.slice(start))
  return records
}
