// Exact sums of doubles: a bigint counts units of 2^-1074, of which every finite double is a whole number.

import { double, highWord, lowWord, words } from '../base/float-bits.js'

/** The accumulator of `sumExact`: an exact sum. */
export interface ExactSum {
  /** The sum of the finite numbers, in units of 2^-1074. */
  units: bigint
  /**
   * The sum of all other numbers, as IEEE 754 adds them: NaN and infinities, and the sign of zeros. Finite numbers other than
   * zero count as 0 here. Undefined if there are no numbers.
   */
  rest: number | undefined
}

/** Sums of this many lower halves of fractions are below 2^53. */
const blockLength = 2 ** 20

/** By exponent: the sums of the fractions' lower 32 bits, and of their upper 21 bits. All zero between two calls. */
const lows = new Float64Array(2047)
const highs = new Float64Array(2047)

/** Add numbers to `acc`. */
export function addExact(acc: ExactSum, numbers: ArrayLike<number>): ExactSum {
  for (let from = 0; from < numbers.length; from += blockLength) {
    addBlock(acc, numbers, from, Math.min(numbers.length, from + blockLength))
  }
  return acc
}

function addBlock(acc: ExactSum, numbers: ArrayLike<number>, from: number, to: number): void {
  let rest = acc.rest ?? -0
  let least = 2047
  let most = -1
  for (let i = from; i < to; i++) {
    const x = numbers[i]!
    double[0] = x
    const high = words[highWord]!
    const exponent = (high >>> 20) & 2047
    if (x === 0 || exponent === 2047) {
      rest += x
      continue
    }
    if (exponent < least) least = exponent
    if (exponent > most) most = exponent
    const low = words[lowWord]!
    // Every double but the smallest has a 1 before its fraction.
    const upper = (high & 0xfffff) | (exponent === 0 ? 0 : 0x100000)
    if (x > 0) {
      lows[exponent]! += low
      highs[exponent]! += upper
    } else {
      lows[exponent]! -= low
      highs[exponent]! -= upper
    }
  }
  acc.rest = most < 0 ? rest : rest + 0
  for (let exponent = least; exponent <= most; exponent++) {
    const [low, high] = [lows[exponent]!, highs[exponent]!]
    if (low === 0 && high === 0) continue
    // The numbers of the exponents 0 and 1 have the same unit.
    acc.units += ((BigInt(high) << 32n) + BigInt(low)) << BigInt(Math.max(0, exponent - 1))
    lows[exponent] = 0
    highs[exponent] = 0
  }
}

/** The sum of two sums. */
export function mergeExact(left: ExactSum, right: ExactSum): ExactSum {
  left.units += right.units
  if (right.rest !== undefined) left.rest = (left.rest ?? -0) + right.rest
  return left
}

/** The double nearest to a sum; 0 if there are no numbers. */
export function roundExact({ units, rest }: ExactSum): number {
  if (rest === undefined) return 0
  if (!Number.isFinite(rest)) return rest
  if (units === 0n) return rest
  return units < 0n ? -nearest(-units) : nearest(units)
}

/** The double nearest to `units` · 2^-1074; `units` is positive. */
function nearest(units: bigint): number {
  const length = bitLength(units)
  if (length <= 64) return Number(units) * Number.MIN_VALUE
  // 64 bits are more than a double has. Whether there is anything behind them decides between two doubles at the same distance.
  const dropped = length - 64
  const top = units >> BigInt(dropped)
  const isExact = top << BigInt(dropped) === units
  const exponent = dropped - 1074
  // Numbers that are too large for a double.
  if (exponent > 1023) return Number.POSITIVE_INFINITY
  return Number(isExact ? top : top | 1n) * powerOfTwo(exponent)
}

function bitLength(positive: bigint): number {
  const digits = positive.toString(16)
  return 4 * digits.length - Math.clz32(Number.parseInt(digits[0]!, 16)) + 28
}

/** 2^exponent, for exponents from -1074 to 1023. Not `**`, because the language does not say that it is exact. */
function powerOfTwo(exponent: number): number {
  let power = 1
  for (let i = 0; i < exponent; i++) power *= 2
  for (let i = 0; i > exponent; i--) power /= 2
  return power
}
