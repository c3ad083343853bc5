// Finds out which keys are equal, while a table is made. The slots that it leaves are the index of the table.

import { isBytes, show } from '../base/check.js'
import type { TableKey } from './contract.js'
import { createKeyStore, type KeyStore } from './key-stores.js'
import { type ColumnPlan, planColumn } from './plan-column.js'

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
export class KeyIndex {
  /** Pairs: the hash of a key, and its row + 1; 0 in a free slot. At most half of the slots are used. */
  slots: Int32Array
  seed = 1
  /** How many keys there is room for from the beginning. */
  readonly expected: number
  #type: KeyType | undefined
  /** The keys; undefined before the first one. */
  #keys: KeyStore | undefined

  /** @param expected - how many keys will come, as far as that is known */
  constructor(expected: number) {
    this.expected = Math.min(expected, mostExpected)
    this.slots = new Int32Array(2 * slotsFor(this.expected))
  }

  /** How many keys there are. */
  get size(): number {
    return this.#keys?.size ?? 0
  }

  /** The keys as a column. */
  plan(): ColumnPlan {
    return this.#keys?.plan() ?? planColumn('keys', [])
  }

  /**
   * The row of `key`, which is added if it is new.
   *
   * @param position - its number among all that were given, for a message
   * @throws {TypeError} it is no key, or of another kind than the keys before it
   * @throws {RangeError} there are too many keys
   */
  rowOf(key: TableKey, position: number): number {
    const type = typeof key === 'string' || typeof key === 'number' ? typeof key : typeOf(key)
    // `as`: `typeof` gives no other text here.
    if (type === undefined || type !== this.#type) this.#setType(type as KeyType | undefined, key, position)
    // `!`: the first key has made it.
    const keys = this.#keys!
    const hash = keys.hash(key, this.seed)
    const { slots } = this
    const mask = slots.length / 2 - 1
    let slot = hash & mask
    for (let steps = 0; ; slot = (slot + 1) & mask) {
      const row = slots[2 * slot + 1]! - 1
      if (row < 0) break
      if (slots[2 * slot] === hash && keys.isAt(row, key)) return row
      if (++steps > mostSteps && this.seed < mostSeeds) {
        this.#hashAgain(keys)
        return this.rowOf(key, position)
      }
    }
    const row = keys.size
    if (row === mostRows) throw new RangeError(`${where(position)}: a table has at most ${mostRows} keys`)
    keys.add(key)
    slots[2 * slot] = hash
    slots[2 * slot + 1] = row + 1
    if (4 * (row + 1) >= slots.length) this.#resize(slots.length)
    return row
  }

  #setType(type: KeyType | undefined, key: TableKey, position: number): void {
    if (type === undefined)
      throw new TypeError(`${where(position)}: expected text, a number or a Uint8Array, got ${show(key)}`)
    if (this.#keys !== undefined) {
      throw new TypeError(
        `${where(position)}: all keys of a table are of one kind, and the first is ${show(this.#keys.at(0))}; got ${show(key)}`,
      )
    }
    this.#type = type
    this.#keys = createKeyStore(key, this.expected)
  }

  #hashAgain(keys: KeyStore): void {
    this.seed++
    this.slots.fill(0)
    for (let row = 0; row < keys.size; row++) this.#put(keys.hash(keys.at(row), this.seed), row)
  }

  /** All keys are in. Gives back slots that are not needed, because many keys were equal. */
  trim(): void {
    const slots = slotsFor(this.size)
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
