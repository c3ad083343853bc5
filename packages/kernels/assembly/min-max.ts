// The smallest and the largest element, for each kind of number.

import { results } from './layout'

/** Write the smallest of the `count >= 1` elements at `start` into the results, and the largest one 8 bytes behind it. */
export function minMax<T>(start: usize, count: usize): void {
  if (isFloat<T>() && minMaxOrdered<T>(start, count)) return
  const size = sizeof<T>()
  const end = start + count * size
  let least = load<T>(start)
  let most = least
  let at = start
  if (end - at >= 64) {
    let low0 = v128.splat<T>(least)
    let low1 = low0
    let high0 = low0
    let high1 = low0
    const stop = end - 31
    do {
      const a = v128.load(at)
      const b = v128.load(at, 16)
      low0 = lower<T>(low0, a)
      high0 = higher<T>(high0, a)
      low1 = lower<T>(low1, b)
      high1 = higher<T>(high1, b)
      at += 32
    } while (at < stop)
    v128.store(results, lower<T>(low0, low1), 64)
    v128.store(results, higher<T>(high0, high1), 80)
    for (let lane: usize = 0; lane < 16; lane += size) {
      least = lesser<T>(least, load<T>(results + lane, 64))
      most = greater<T>(most, load<T>(results + lane, 80))
    }
  }
  for (; at < end; at += size) {
    const value = load<T>(at)
    least = lesser<T>(least, value)
    most = greater<T>(most, value)
  }
  store<T>(results, least)
  store<T>(results, most, 8)
}

/**
 * The same for floats, several times as fast. Uses the processor's own minimum and maximum, which treat NaN and -0 wrongly.
 *
 * Returns false if there is a NaN, or if the smallest or largest element is zero, because then its sign is not known.
 */
function minMaxOrdered<T>(start: usize, count: usize): bool {
  const size = sizeof<T>()
  const end = start + count * size
  let least = load<T>(start)
  let most = least
  let at = start
  if (end - at >= 64) {
    let low0 = v128.splat<T>(least)
    let low1 = low0
    let high0 = low0
    let high1 = low0
    let unordered = i8x16.splat(0)
    const stop = end - 31
    do {
      const a = v128.load(at)
      const b = v128.load(at, 16)
      unordered = v128.or(unordered, v128.or(v128.ne<T>(a, a), v128.ne<T>(b, b)))
      low0 = v128.pmin<T>(low0, a)
      high0 = v128.pmax<T>(high0, a)
      low1 = v128.pmin<T>(low1, b)
      high1 = v128.pmax<T>(high1, b)
      at += 32
    } while (at < stop)
    if (v128.any_true(unordered)) return false
    v128.store(results, v128.pmin<T>(low0, low1), 64)
    v128.store(results, v128.pmax<T>(high0, high1), 80)
    for (let lane: usize = 0; lane < 16; lane += size) {
      least = min<T>(least, load<T>(results + lane, 64))
      most = max<T>(most, load<T>(results + lane, 80))
    }
  }
  for (; at < end; at += size) {
    least = min<T>(least, load<T>(at))
    most = max<T>(most, load<T>(at))
  }
  if (!(least < 0 || least > 0) || !(most < 0 || most > 0)) return false
  store<T>(results, least)
  store<T>(results, most, 8)
  return true
}

function lower<T>(a: v128, b: v128): v128 {
  if (isInteger<T>() && sizeof<T>() === 8) return v128.bitselect(a, b, above<T>(b, a))
  return v128.min<T>(a, b)
}

function higher<T>(a: v128, b: v128): v128 {
  if (isInteger<T>() && sizeof<T>() === 8) return v128.bitselect(a, b, above<T>(a, b))
  return v128.max<T>(a, b)
}

/** `a > b` in lanes of 64 bits. There is no unsigned comparison, so unsigned lanes have their top bit flipped first. */
function above<T>(a: v128, b: v128): v128 {
  if (isSigned<T>()) return i64x2.gt_s(a, b)
  const top = i64x2.splat(i64.MIN_VALUE)
  return i64x2.gt_s(v128.xor(a, top), v128.xor(b, top))
}

/** The smaller one in the order of `Math.min`: NaN if there is one, and -0 is below 0. */
function lesser<T>(a: T, b: T): T {
  if (isFloat<T>()) return min<T>(a, b)
  return a < b ? a : b
}

function greater<T>(a: T, b: T): T {
  if (isFloat<T>()) return max<T>(a, b)
  return a > b ? a : b
}
