// A hash table whose keys are ranges of bytes. It finds a key again without making a string of it.

const offsetBasis = 0x811c9dc5 | 0
const prime = 0x01000193
const firstSlots = 1024

/** The hash of no bytes. */
export const hashStart: number = offsetBasis

/**
 * The hash of some bytes and one more.
 *
 * @see http://www.isthe.com/chongo/tech/comp/fnv/ FNV-1a, 32 bits
 */
export function hashByte(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, prime)
}

/**
 * Numbers keys from 0, in the order in which they first occur.
 *
 * Open addressing with linear probing, at most half full. Keys that were chosen to have equal hashes make it slow, as in any
 * table with a known hash function.
 */
export class ByteTable {
  readonly #bytes: Readonly<Uint8Array>
  /** The number of a key plus 1; 0 for a free slot. The number of slots is a power of two. */
  #slots = new Int32Array(firstSlots)
  readonly #hashes: number[] = []
  readonly #starts: number[] = []
  readonly #ends: number[] = []

  /** @param bytes - the bytes of which keys are ranges */
  constructor(bytes: Readonly<Uint8Array>) {
    this.#bytes = bytes
  }

  /** The number of keys so far. */
  get size(): number {
    return this.#starts.length
  }

  /**
   * The number of the key `[start, end)`. For a new key it equals the previous `size`.
   *
   * @param hash - the hash of these bytes: `hashByte` over all of them, starting from `hashStart`
   */
  numberOf(start: number, end: number, hash: number): number {
    const slots = this.#slots
    const mask = slots.length - 1
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const found = slots[slot]! - 1
      if (found < 0) return this.#insert(slot, start, end, hash)
      if (this.#hashes[found] === hash && this.#equals(found, start, end)) return found
    }
  }

  /** Where key number `key` first occurs: `[start, end)`. */
  rangeOf(key: number): [start: number, end: number] {
    return [this.#starts[key]!, this.#ends[key]!]
  }

  #equals(key: number, start: number, end: number): boolean {
    const first = this.#starts[key]!
    const length = end - start
    if (this.#ends[key]! - first !== length) return false
    const bytes = this.#bytes
    for (let i = 0; i < length; i++) if (bytes[first + i] !== bytes[start + i]) return false
    return true
  }

  #insert(slot: number, start: number, end: number, hash: number): number {
    const key = this.#starts.length
    this.#slots[slot] = key + 1
    this.#hashes.push(hash)
    this.#starts.push(start)
    this.#ends.push(end)
    if (2 * (key + 1) > this.#slots.length) this.#grow()
    return key
  }

  #grow(): void {
    const slots = new Int32Array(2 * this.#slots.length)
    const mask = slots.length - 1
    for (let key = 0; key < this.#hashes.length; key++) {
      const hash = this.#hashes[key]!
      let slot = (hash ^ (hash >>> 15)) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = key + 1
    }
    this.#slots = slots
  }
}
