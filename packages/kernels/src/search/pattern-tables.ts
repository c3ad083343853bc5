// The tables by which the kernel finds many patterns: see assembly/find-many.ts.

import { frequencyOf, rarestWindow } from './rarity.js'

/** Patterns of at least four bytes have a window of four; shorter ones have one of their own length, and tables of their own. */
const widths = [4, 3, 2, 1] as const
/** Half bytes tell up to so many patterns apart; with more, too many places pass them. */
const mostByHalves = 128
const entryWords = 5
const multiplier = 0x9e3779b1

/** The tables of all patterns whose windows have one width. */
export interface PatternGroup {
  /** The header of the kernel: its first eight words, with addresses that count from the start of the tables. */
  readonly header: Uint32Array
  /** Which two bytes of the window to look at first. */
  readonly first: readonly [number, number]
  /** The width of the window. */
  readonly width: number
  /** How far behind its start a pattern's window begins at most. */
  readonly farthest: number
  /** Where the window is in each pattern of the group, by the pattern's number. */
  readonly windows: ReadonlyMap<number, number>
}

/** All tables, with addresses that count from their start. */
export interface PatternTables {
  readonly bytes: Uint8Array
  readonly groups: readonly PatternGroup[]
  /** Where the addresses are that an entry has: places of 32-bit words. */
  readonly entryAddresses: Uint32Array
  /** Where the counts are. */
  readonly counts: number
}

export function makePatternTables(patterns: readonly Uint8Array[]): PatternTables {
  const tables = new Bytes()
  const counts = tables.reserve(4 * patterns.length)
  const addresses = patterns.map((pattern) => tables.add(pattern))
  const entryAddresses: number[] = []
  const groups = widths.flatMap((width) => {
    const numbers = [...patterns.keys()].filter((number) => Math.min(4, patterns[number]!.length) === width)
    return numbers.length === 0 ? [] : [makeGroup(numbers, width)]
  })
  return { bytes: tables.take(), groups, entryAddresses: Uint32Array.from(entryAddresses), counts }

  function makeGroup(numbers: readonly number[], width: number): PatternGroup {
    const windows = new Map(numbers.map((number) => [number, rarestWindow(patterns[number]!, width)]))
    const words = new Map(
      numbers.map((number) => {
        const at = windows.get(number)!
        return [number, wordOf(patterns[number]!.subarray(at, at + width))]
      }),
    )
    const bucketBits = Math.min(16, Math.ceil(Math.log2(2 * numbers.length)))
    const filterBits = Math.min(20, Math.max(12, Math.ceil(Math.log2(32 * numbers.length))))
    const hash = (number: number, bits: number): number => Math.imul(words.get(number)!, multiplier) >>> (32 - bits)
    const filter = new Uint8Array(2 ** filterBits)
    for (const number of numbers) filter[hash(number, filterBits)] = 1
    const starts = new Uint32Array(2 ** bucketBits + 1)
    for (const number of numbers) starts[hash(number, bucketBits) + 1]!++
    for (let i = 1; i < starts.length; i++) starts[i]! += starts[i - 1]!
    const entries = new Uint32Array(numbers.length * entryWords)
    const filled = starts.slice()
    const halves = numbers.length > mostByHalves ? undefined : halfTables(numbers, words, width)
    const halvesAt = halves === undefined ? 0 : tables.add(halves)
    const places = numbers.map((number) => {
      const entry = filled[hash(number, bucketBits)]!++ * entryWords
      entries.set(
        [words.get(number)!, windows.get(number)!, number, addresses[number]!, patterns[number]!.length],
        entry,
      )
      return entry + 3
    })
    const filterAt = tables.add(filter)
    const startsAt = tables.add(starts)
    const entriesAt = tables.add(entries)
    entryAddresses.push(...places.map((place) => entriesAt / 4 + place))
    const mask = width === 4 ? 0xffffffff : 2 ** (8 * width) - 1
    return {
      header: Uint32Array.of(mask, halvesAt, filterAt, 32 - filterBits, startsAt, 32 - bucketBits, entriesAt, counts),
      first: halves === undefined ? [0, 0] : rarestBytes(halves, width),
      width,
      farthest: Math.max(...windows.values()),
      windows,
    }
  }
}

/**
 * For each byte of a window two tables of 16 bytes, for its lower and its upper half: a bit for each of eight groups of patterns. A
 * place can only be a window of a group if that group's bit is in all tables. Patterns with similar windows share a group.
 */
function halfTables(numbers: readonly number[], words: ReadonlyMap<number, number>, width: number): Uint8Array {
  const tables = new Uint8Array(4 * 32)
  tables.fill(0xff, width * 32)
  const swapped = (number: number): number => {
    const word = words.get(number)!
    return (
      ((word & 0xff) * 2 ** 24 + ((word >>> 8) & 0xff) * 2 ** 16 + ((word >>> 16) & 0xff) * 2 ** 8 + (word >>> 24)) >>>
      0
    )
  }
  const sorted = [...numbers].sort((a, b) => swapped(a) - swapped(b))
  sorted.forEach((number, i) => {
    const bit = 1 << Math.floor((i * 8) / sorted.length)
    for (let at = 0; at < width; at++) {
      const byte = (words.get(number)! >>> (8 * at)) & 0xff
      tables[at * 32 + (byte & 15)]! |= bit
      tables[at * 32 + 16 + (byte >>> 4)]! |= bit
    }
  })
  return tables
}

/** The two bytes of a window whose tables let the fewest places of most data pass. */
function rarestBytes(halves: Uint8Array, width: number): [number, number] {
  const passed = Array.from({ length: width }, (_, at) => {
    const groups = new Array<number>(8).fill(0)
    for (let byte = 0; byte < 256; byte++) {
      const bits = halves[at * 32 + (byte & 15)]! & halves[at * 32 + 16 + (byte >>> 4)]!
      for (let group = 0; group < 8; group++) if ((bits >>> group) & 1) groups[group]! += frequencyOf(byte)
    }
    return groups
  })
  let best: [number, number] = [0, 0]
  let least = Number.POSITIVE_INFINITY
  for (let a = 0; a < width; a++) {
    for (let b = Math.min(a + 1, width - 1); b < width; b++) {
      const both = passed[a]!.reduce((sum, share, group) => sum + share * (a === b ? 1 : passed[b]![group]!), 0)
      if (both < least) {
        least = both
        best = [a, b]
      }
    }
  }
  return best
}

function wordOf(window: Uint8Array): number {
  let word = 0
  window.forEach((byte, i) => {
    word |= byte << (8 * i)
  })
  return word >>> 0
}

/** Tables one after the other, each at a multiple of 16. */
class Bytes {
  readonly #parts: [at: number, bytes: Uint8Array][] = []
  #length = 16

  reserve(byteLength: number): number {
    const at = this.#length
    // A pattern is read in vectors: there have to be 16 bytes more.
    this.#length = Math.ceil((at + byteLength + 16) / 16) * 16
    return at
  }

  add(table: Uint8Array | Uint32Array): number {
    const at = this.reserve(table.byteLength)
    this.#parts.push([at, new Uint8Array(table.buffer, table.byteOffset, table.byteLength)])
    return at
  }

  take(): Uint8Array {
    const bytes = new Uint8Array(this.#length)
    for (const [at, part] of this.#parts) bytes.set(part, at)
    return bytes
  }
}
