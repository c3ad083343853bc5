// Finds out whether a result has anything to copy. Most results have not, so this look must be quick: it copies nothing and keeps no
// notes of what it has seen.

import { isDate, isMap } from '../base/built-in.js'
import { extraKeys } from '../serialize/uncloneable.js'
import { bytesOfKeys, bytesOfPrimitive, listedNumberBytes, objectBytes } from './approx-bytes.js'

/** Deeper values are not understood. A value that contains itself is endlessly deep. */
const deepest = 8
/** In lists up to this length that are not all numbers, properties besides the elements are always looked for. */
const shortList = 64

/** Looks at results. */
export class QuickLook {
  /** Roughly the memory of the last value, in bytes. Only right if the value was plain. */
  bytes = 0
  readonly #isReusing: () => boolean

  /** @param isReusing - whether chunks are read into a buffer that is used again */
  constructor(isReusing: () => boolean) {
    this.#isReusing = isReusing
  }

  /** Whether nothing in `value` has to be copied. False also for a value that this look does not understand. */
  isPlain(value: object): boolean {
    this.bytes = 0
    return this.#isPlain(value, 0)
  }

  /**
   * Whether to look for properties of a list besides its elements, which are cloned as well. To look for them takes longer than
   * everything else in a long list, and in a list of numbers. So it is only done where they could be lost.
   */
  looksForExtras(list: readonly unknown[], numbers: number): boolean {
    const isQuick = list.length <= shortList && (list.length === 0 || numbers < list.length)
    return isQuick || this.#isReusing()
  }

  #isPlain(value: unknown, depth: number): boolean {
    if (typeof value !== 'object' || value === null) {
      this.bytes += bytesOfPrimitive(value)
      return true
    }
    if (depth === deepest || ArrayBuffer.isView(value)) return false
    this.bytes += objectBytes
    const prototype = Object.getPrototypeOf(value)
    if (prototype === Object.prototype || prototype === null) {
      // `as`: any object has members.
      return this.#isPlainObject(value as Record<string, unknown>, depth)
    }
    if (Array.isArray(value)) return this.#isPlainList(value, depth)
    if (!isMap(value)) return isDate(value)
    for (const [key, member] of value) {
      if (!this.#isPlain(key, depth + 1) || !this.#isPlain(member, depth + 1)) return false
    }
    return true
  }

  #isPlainObject(object: Record<string, unknown>, depth: number): boolean {
    const keys = Object.keys(object)
    this.bytes += bytesOfKeys(keys)
    for (const key of keys) if (!this.#isPlain(object[key], depth + 1)) return false
    return true
  }

  #isPlainList(list: readonly unknown[], depth: number): boolean {
    let numbers = 0
    for (let i = 0; i < list.length; i++) {
      const member = list[i]
      if (typeof member === 'number') {
        this.bytes += listedNumberBytes
        numbers++
      } else if (!this.#isPlain(member, depth + 1)) {
        return false
      }
    }
    return !this.looksForExtras(list, numbers) || extraKeys(list).length === 0
  }
}
