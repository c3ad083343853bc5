// Finds out which keys are equal, while a table is made. The slots that it leaves are the index of the table.

import { isBytes, show } from '../base/check.js'
import type { TableKey } from './contract.js'
import { hashBytes, hashNumber, hashText } from './hashes.js'

/** More rows have no index of 4 GiB. */
const mostRows = 2 ** 28
/** A search takes more steps than this only if somebody chose the keys for that. Then all are hashed with another seed. */
const mostSteps = 256
/** Somebody who knows that would need keys for all these seeds. */
const mostSeeds = 8

/** More slots are only made when the keys are there. */
const mostExpected = 2 ** 24

/** As few slots as so many keys need. It is a power of two. */
function slotsFor(keys: number): number {
  let slots = 16
  while (slots <= 2 * keys) slots *= 2
  return slots
}

type KeyType = 'string' | 'number' | 'bytes'

/** What a key is called in a message. */
const where = (position: number): string => `key ${position}`

/** Keys in the order in which they came first. */
export class KeyIndex<K extends TableKey> {
  readonly keys: K[] = []
  /** Pairs: the hash of a key, and its row + 1; 0 in a free slot. At most half of the slots are used. */
  slots: Int32Array
  seed = 1
  #type: KeyType | undefined
  /** The hash of the key that was last looked for. */
  #hash = 0

  /** @param expected - how many keys will come, as far as that is known */
  constructor(expected: number) {
    this.slots = new Int32Array(2 * slotsFor(Math.min(expected, mostExpected)))
  }

  /**
   * The row of `key`, which is added if it is new.
   *
   * @param position - its number among all that were given, for a message
   * @throws {TypeError} it is no key, or of another kind than the keys before it
   * @throws {RangeError} there are too many keys
   */
  rowOf(key: K, position: number): number {
    const type = typeof key === 'string' || typeof key === 'number' ? typeof key : typeOf(key)
    // `as`: `typeof` gives no other text here.
    if (type === undefined || type !== this.#type) this.#setType(type as KeyType | undefined, key, position)
    const slot = this.#find(key)
    const found = this.slots[2 * slot + 1]!
    if (found > 0) return found - 1
    const row = this.keys.length
    if (row === mostRows) throw new RangeError(`${where(position)}: a table has at most ${mostRows} keys`)
    // The caller may use the same bytes for its next key. -0 becomes 0, as in a `Map`. `as`: they are keys of the same kind.
    this.keys.push((typeof key === 'object' ? key.slice() : key === 0 ? 0 : key) as K)
    this.slots[2 * slot] = this.#hash
    this.slots[2 * slot + 1] = row + 1
    if (4 * (row + 1) >= this.slots.length) this.#resize(this.slots.length)
    return row
  }

  #setType(type: KeyType | undefined, key: K, position: number): void {
    if (type === undefined)
      throw new TypeError(`${where(position)}: expected text, a number or a Uint8Array, got ${show(key)}`)
    if (this.#type !== undefined) {
      throw new TypeError(
        `${where(position)}: all keys of a table are of one kind, and the first is ${show(this.keys[0])}; got ${show(key)}`,
      )
    }
    this.#type = type
  }

  /** The slot of `key`, or the free one where it belongs. Leaves the hash in `#hash`. */
  #find(key: K): number {
    const { slots, keys } = this
    const hash = hashKey(key, this.seed)
    this.#hash = hash
    const mask = slots.length / 2 - 1
    for (let slot = hash & mask, steps = 0; ; slot = (slot + 1) & mask) {
      const row = slots[2 * slot + 1]! - 1
      if (row < 0 || (slots[2 * slot] === hash && isSameKey(keys[row]!, key))) return slot
      if (++steps > mostSteps && this.seed < mostSeeds) {
        this.#hashAgain()
        return this.#find(key)
      }
    }
  }

  #hashAgain(): void {
    this.seed++
    this.slots.fill(0)
    for (let row = 0; row < this.keys.length; row++) this.#put(hashKey(this.keys[row]!, this.seed), row)
  }

  /** All keys are in. Gives back slots that are not needed, because many keys were equal. */
  trim(): void {
    const slots = slotsFor(this.keys.length)
    if (2 * slots < this.slots.length) this.#resize(slots)
  }

  #resize(slots: number): void {
    const old = this.slots
    this.slots = new Int32Array(2 * slots)
    for (let i = 0; i < old.length; i += 2) if (old[i + 1]! > 0) this.#put(old[i]!, old[i + 1]! - 1)
  }

  /** Put a row that is in no slot into one. */
  #put(hash: number, row: number): void {
    const { slots } = this
    const mask = slots.length / 2 - 1
    let slot = hash & mask
    while (slots[2 * slot + 1] !== 0) slot = (slot + 1) & mask
    slots[2 * slot] = hash
    slots[2 * slot + 1] = row + 1
  }
}

function typeOf(key: unknown): KeyType | undefined {
  return isBytes(key) ? 'bytes' : undefined
}

function hashKey(key: TableKey, seed: number): number {
  if (typeof key === 'string') return hashText(key, seed)
  return typeof key === 'number' ? hashNumber(key, seed) : hashBytes(key, 0, key.length, seed)
}

/** Whether two keys of one kind are equal, as a `Map` compares them; bytes by their content. */
function isSameKey(a: TableKey, b: TableKey): boolean {
  if (typeof a !== 'object') return a === b || (Number.isNaN(a) && Number.isNaN(b))
  // `as`: both are bytes.
  const other = b as Uint8Array
  if (a.length !== other.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== other[i]) return false
  return true
}
