// Many patterns, and the two ways to search a chunk for them.

import { AhoCorasick } from '../plain/aho-corasick.js'
import { type Kernel, loadTableKernel } from '../wasm/kernel.js'
import { countsOf, isLimited } from './first-matches.js'
import type { Matches } from './matches.js'
import { makePatternTables, type PatternGroup, type PatternTables } from './pattern-tables.js'
import type { Within } from './search-for.js'

/** How a match is kept until matches are sorted: a double has room for where it starts and for the number of its pattern. */
const perOffset = 65536
/** The words of the kernel's header behind those of a group, see assembly/find-many.ts. */
const header = { owned: 8, available: 9, found: 10, hasGivenUp: 11, firstByte: 12, secondByte: 13, words: 14 } as const
/** The words of a group's header that are addresses. */
const addressWords = [1, 2, 4, 6, 7] as const

/** Whose tables are in the shared memory. */
let owner: SearchForMany | undefined

export class SearchForMany {
  readonly patterns: readonly Uint8Array[]
  readonly longest: number
  /** Undefined if the plain twin is used. */
  readonly kernel: Kernel | undefined
  readonly #tables: PatternTables | undefined
  #automaton: AhoCorasick | undefined

  /** @param patterns - at least one, each at least one byte long; must not change afterwards */
  constructor(patterns: readonly Uint8Array[], simd: boolean) {
    this.patterns = patterns
    this.longest = patterns.reduce((longest, { length }) => Math.max(longest, length), 0)
    if (simd) {
      const tables = makePatternTables(patterns)
      this.kernel = loadTableKernel(simd, tables.bytes.length)
      this.#tables = tables
    }
  }

  /** Search bytes that also hold what the last matches need. */
  find(bytes: Uint8Array, behind: Uint8Array | undefined, within: Within): Matches {
    const length = bytes.length + (behind?.length ?? 0)
    const found = new Found(this.patterns.length, within.limit > 0)
    const { kernel } = this
    if (kernel !== undefined && this.#tables !== undefined) {
      const address = kernel.place(bytes, behind)
      this.#useTables(kernel, this.#tables)
      for (const group of this.#tables.groups) this.#findGroup(kernel, group, address, length, within.places, found)
    } else {
      const text = behind === undefined ? bytes : joined(bytes, behind)
      this.#findRest(text, 0, within.places, found, () => true)
    }
    return found.take(within)
  }

  #useTables({ run }: Kernel, { bytes, entryAddresses }: PatternTables): void {
    if (owner === this) return
    const base = run.window.value
    new Uint8Array(run.memory.buffer).set(bytes, base)
    const words = new Uint32Array(run.memory.buffer, base, bytes.length / 4)
    for (const place of entryAddresses) words[place]! += base
    owner = this
  }

  #findGroup(
    kernel: Kernel,
    group: PatternGroup,
    address: number,
    available: number,
    owned: number,
    found: Found,
  ): void {
    const { run } = kernel
    const base = run.window.value
    const words = new Uint32Array(run.memory.buffer, run.manyHeader.value, header.words)
    words.set(group.header)
    for (const word of addressWords) if (word !== 1 || words[word] !== 0) words[word]! += base
    words[header.owned] = owned
    ;[words[header.firstByte], words[header.secondByte]] = group.first
    words[header.available] = available
    const counts = new Uint32Array(run.memory.buffer, words[7]!, this.patterns.length).fill(0)
    const list = new Uint32Array(run.memory.buffer, run.offsets.value, 2 * run.offsetsCapacity.value)
    const to = Math.min(owned + group.farthest, available - group.width + 1)
    for (let at = 0; at < to; ) {
      at = run.findMany(address, at, to, found.isListed) >>> 0
      found.addList(list, words[header.found]!)
      if (words[header.hasGivenUp] === 0) continue
      const { windows } = group
      // Windows before `at` have been looked at; a match may begin before its window.
      const from = Math.max(0, at - group.farthest)
      this.#findRest(kernel.bytes(address, available), from, owned, found, (pattern, start) => {
        const window = windows.get(pattern)
        return window !== undefined && start + window >= at
      })
      break
    }
    found.addCounts(counts)
  }

  /** Find the matches that start in `[from, owned)` and are `wanted`, with the automaton. */
  #findRest(
    text: Uint8Array,
    from: number,
    owned: number,
    found: Found,
    wanted: (pattern: number, start: number) => boolean,
  ): void {
    this.#automaton ??= new AhoCorasick(this.patterns)
    const to = Math.min(text.length, owned + this.longest - 1)
    this.#automaton.find(text, from, to, (pattern, start) => {
      if (start < owned && wanted(pattern, start)) found.add(pattern, start)
    })
  }
}

/** Counts matches per pattern, and keeps where they are. */
class Found {
  readonly isListed: boolean
  readonly #counts: Float64Array
  #matches = new Float64Array(64)
  #length = 0

  constructor(patterns: number, isListed: boolean) {
    this.isListed = isListed
    this.#counts = new Float64Array(patterns)
  }

  add(pattern: number, start: number): void {
    this.#counts[pattern]!++
    if (this.isListed) this.#keep(pattern, start)
  }

  addCounts(counts: Uint32Array): void {
    for (let i = 0; i < counts.length; i++) this.#counts[i]! += counts[i]!
  }

  /** Keep `count` matches, each a start and the number of a pattern. They are counted elsewhere. */
  addList(list: Uint32Array, count: number): void {
    for (let i = 0; i < count; i++) this.#keep(list[2 * i + 1]!, list[2 * i]!)
  }

  #keep(pattern: number, start: number): void {
    if (this.#length === this.#matches.length) {
      const larger = new Float64Array(2 * this.#length)
      larger.set(this.#matches)
      this.#matches = larger
    }
    this.#matches[this.#length++] = start * perOffset + pattern
  }

  /** The matches in the order of their starts; of those that start at one place, in the order of their patterns. */
  take({ start, limit }: Within): Matches {
    const matches = this.#matches.subarray(0, this.#length).sort()
    const kept = Math.min(limit, this.#length)
    const offsets = new Float64Array(kept)
    const which = new Uint16Array(kept)
    for (let i = 0; i < kept; i++) {
      const place = Math.floor(matches[i]! / perOffset)
      offsets[i] = start + place
      which[i] = matches[i]! - place * perOffset
    }
    const counts = isLimited(limit) ? countsOf(which, this.#counts.length) : this.#counts
    return { count: counts.reduce((sum, count) => sum + count, 0), offsets, counts, which }
  }
}

function joined(left: Uint8Array, right: Uint8Array): Uint8Array {
  const both = new Uint8Array(left.length + right.length)
  both.set(left)
  both.set(right, left.length)
  return both
}
