// About how many different keys there are: HyperLogLog.

import { checkCount, isBytes, readOptions, show } from '../base/check.js'
import { isTypedArray, type TypedArray } from '../data/typed-array.js'
import type { Reducer } from './contract.js'
import { hashBytes, hashed, hashKey } from './hash-key.js'
import { wrongResult } from './reducer-checks.js'
import { withRecipe } from './with-recipe.js'

/** A key that {@link distinct} counts. */
export type DistinctKey = string | number | bigint | boolean

/** What {@link distinct} takes from one chunk: keys, or one key. Bytes are one key if they are in a list. */
export type DistinctKeys = Iterable<DistinctKey | Readonly<Uint8Array>> | TypedArray | DistinctKey

/** The accumulator of {@link distinct}. Not the registers alone, because those could be taken for a list of keys. */
export interface DistinctState {
  /** Of the keys whose hash chose this register: the most leading zeros in the rest of a hash, plus one. */
  readonly registers: Uint8Array
}

/** The options of {@link distinct}. */
export interface DistinctOptions {
  /**
   * The standard error of the answer, relative; a number from 0.002 to 0.26.
   *
   * @default 0.01
   */
  readonly error?: number
}

/**
 * About how many different keys there are, in memory that does not grow with them: HyperLogLog. An integer; 0 for no keys.
 *
 * The answer is off by at most `error` in 2 of 3 cases, by twice as much in 19 of 20, and by three times as much in 369 of 370.
 * The first hundred keys are counted with an error of less than one key as a rule. For exact counts of few keys, use `countByKey()`.
 *
 * Takes per chunk a list of keys (an array, a typed array, a `Set` or another iterable), or one key. Keys are text, numbers,
 * bigints, booleans, and bytes: a `Uint8Array` in a list is one key, and by itself a list of numbers. Keys of different kinds
 * are different; 0 and -0 are one key, and so are all NaN.
 *
 * A key is hashed to 64 bits: the first half of MurmurHash3 (x86, 128 bits) of the UTF-16 code units of text, of the 8 bytes of
 * a number, or of the bytes. The hash has no secret: whoever chooses the keys can make the answer wrong. The accumulator
 * has a `Uint8Array`, one byte per register: 16 KiB with an error of 0.01, and four times as much for half the error. The answer depends on
 * the set of keys alone, not on their order or the chunks.
 *
 * @throws {TypeError | RangeError} an option is wrong or unknown
 * @throws in the worker (`ERR_CHUNK_FAILED`): a result has another form, or a key is of another kind
 * @example const visitors = await engine.map(log, addresses, { chunks: lines() }).reduce(distinct())
 * @see P. Flajolet et al.: HyperLogLog (2007); O. Ertl: New cardinality estimation algorithms for HyperLogLog sketches (2017)
 */
export function distinct(options?: DistinctOptions): Reducer<DistinctKeys, DistinctState, number> {
  checkCount('distinct', 1, arguments.length)
  const { error = 0.01 } = readOptions('distinct', options, ['error'])
  if (!(typeof error === 'number' && error >= 0.002 && error <= 0.26)) {
    throw new RangeError(`error: expected a number from 0.002 to 0.26, got ${show(error)}`)
  }
  const bits = bitsFor(error)
  return withRecipe('distinct', [{ error }], {
    init: () => ({ registers: new Uint8Array(2 ** bits) }),
    add: (acc, value) => {
      // `as`: this line finds out whether it can be iterated.
      if (typeof value !== 'object' || typeof (value as Iterable<unknown> | null)?.[Symbol.iterator] !== 'function') {
        addKey(acc.registers, value, bits)
      } else if (isTypedArray(value)) {
        // `as`: any typed array can be read so.
        const list = value as unknown as ArrayLike<DistinctKey>
        for (let i = 0; i < list.length; i++) addKey(acc.registers, list[i], bits)
      } else {
        for (const key of value) addKey(acc.registers, key, bits)
      }
      return acc
    },
    merge: (left, right) => {
      const [ours, theirs] = [left.registers, right.registers]
      for (let i = 0; i < ours.length; i++) if (theirs[i]! > ours[i]!) ours[i] = theirs[i]!
      return left
    },
    finish: ({ registers }) => Math.round(estimate(registers, 64 - bits)),
  })
}

/** The standard error of 2^bits registers is 1.04 / sqrt(2^bits). */
function bitsFor(error: number): number {
  let bits = 4
  while (1.04 / Math.sqrt(2 ** bits) > error) bits++
  return bits
}

function addKey(registers: Uint8Array, key: unknown, bits: number): void {
  if (isBytes(key)) hashBytes(key)
  else if (!hashKey(key)) {
    throw wrongResult('distinct', 'keys: text, numbers, bigints, booleans, or bytes in a list', key)
  }
  const [high, low] = [hashed[0]!, hashed[1]!]
  const register = high >>> (32 - bits)
  // The first bits chose the register. The others follow, and then ones, so that a 1 is found.
  const rest = (high << bits) | (low >>> (32 - bits))
  const zeros = rest === 0 ? 32 + Math.clz32((low << bits) | (2 ** bits - 1)) : Math.clz32(rest)
  if (zeros + 1 > registers[register]!) registers[register] = zeros + 1
}

/**
 * The improved raw estimator of Ertl's paper (algorithm 6), which has no error of its own for few keys or for many.
 *
 * @param most - how many bits of a hash did not choose the register; a register is at most `most` + 1
 */
function estimate(registers: Readonly<Uint8Array>, most: number): number {
  const size = registers.length
  const counts = new Float64Array(most + 2)
  for (const register of registers) counts[register]!++
  let z = size * tau(1 - counts[most + 1]! / size)
  for (let k = most; k >= 1; k--) z = 0.5 * (z + counts[k]!)
  z += size * sigma(counts[0]! / size)
  // 1 / (2 · ln 2)
  return (0.7213475204444817 * size * size) / z
}

function sigma(share: number): number {
  if (share === 1) return Number.POSITIVE_INFINITY
  let x = share
  let y = 1
  let z = share
  for (let before = -1; before !== z; y += y) {
    x *= x
    before = z
    z += x * y
  }
  return z
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0
  let x = share
  let y = 1
  let z = 1 - share
  for (let before = -1; before !== z; ) {
    x = Math.sqrt(x)
    before = z
    y *= 0.5
    z -= (1 - x) * (1 - x) * y
  }
  return z / 3
}
