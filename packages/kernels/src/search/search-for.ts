// One pattern, and the two ways to search a chunk for it.

import { borders, findLinear, plainFind } from '../plain/find.js'
import type { Kernel } from '../wasm/kernel.js'
import { joinOffsets } from './first-matches.js'
import type { Matches } from './matches.js'
import { rarestPair } from './rarity.js'

/** The part of the data to search, and the limit. */
export interface Within {
  /** Offset of the chunk in the data. */
  readonly start: number
  /** A match may start at the first `places` bytes of the chunk; integer >= 1. */
  readonly places: number
  /** The most offsets to return. */
  readonly limit: number
}

export class SearchFor {
  readonly pattern: Uint8Array
  readonly #pair: readonly [first: number, second: number]
  /** The table of the linear algorithm. Made when it is first needed, because most searches do not need it. */
  #borders: Int32Array | undefined

  /** @param pattern - at least one byte; must not change afterwards */
  constructor(pattern: Uint8Array) {
    this.pattern = pattern
    this.#pair = rarestPair(pattern)
  }

  fits(kernel: Kernel): boolean {
    return this.pattern.length <= kernel.run.patternCapacity.value
  }

  /** Search bytes at `address` in the kernels' memory. The bytes that the last matches need lie behind them. */
  inKernel(kernel: Kernel, address: number, { start, places, limit }: Within): Matches {
    const { run } = kernel
    const { length } = this.pattern
    const [first, second] = this.#pair
    kernel.usePattern(this.pattern)
    // The memory does not grow during a search, so these views stay valid.
    const results = new Uint32Array(run.memory.buffer, run.results.value, 2)
    const stored = new Float64Array(run.memory.buffer, run.offsets.value, run.offsetsCapacity.value)
    const parts: Float64Array[] = []
    let count = 0
    // A limit of 0 means: only count.
    for (let at = 0; at < places && (limit === 0 || count < limit); ) {
      const most = Math.max(0, Math.min(limit - count, stored.length))
      // If one byte is only counted, a faster kernel does it.
      if (length === 1 && most === 0) {
        count += run.countByte(address + at, places - at, this.pattern[0]!) >>> 0
        break
      }
      at = run.findBytes(address, places, at, length, first, second, start, most) >>> 0
      const [found = 0, hasGivenUp = 0] = results
      count += found
      if (most > 0 && found > 0) parts.push(stored.slice(0, found))
      if (hasGivenUp === 0) continue
      const rest = this.#searchRest(kernel.bytes(address, places + length - 1), at, {
        start,
        places,
        limit: limit - count,
      })
      count += rest.count
      parts.push(rest.offsets)
      break
    }
    return { count, offsets: joinOffsets(parts) }
  }

  /** Search `text`, which also holds the bytes that the last matches need. */
  inBytes(text: Uint8Array, within: Within): Matches {
    const collected = new Collected(within)
    const at = plainFind(text, within.places, this.pattern, this.#pair[0], (place) => collected.add(place))
    if (at < within.places) this.#findRest(text, at, within, collected)
    return collected.take()
  }

  #searchRest(text: Uint8Array, from: number, within: Within): Matches {
    const collected = new Collected(within)
    this.#findRest(text, from, within, collected)
    return collected.take()
  }

  #findRest(text: Uint8Array, from: number, { places }: Within, collected: Collected): void {
    this.#borders ??= borders(this.pattern)
    findLinear(text, from, places, this.pattern, this.#borders, (place) => collected.add(place))
  }
}

/** Counts matches, and keeps the first offsets. */
class Collected {
  readonly #within: Within
  readonly #offsets: number[] = []
  #count = 0

  constructor(within: Within) {
    this.#within = within
  }

  add(place: number): void {
    if (this.#count++ < this.#within.limit) this.#offsets.push(this.#within.start + place)
  }

  take(): Matches {
    return { count: this.#count, offsets: Float64Array.from(this.#offsets) }
  }
}
