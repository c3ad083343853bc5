// Sums. They are exact for integers. Floats are added in a fixed order, in eight stripes.

import { results } from './layout'

/** A 32-bit sum of narrow elements could overflow after so many vectors: each adds at most 4 * 255 or 2 * 65535 to it. */
const mostVectors: usize = 0x2000

/** The exact sum of `count` elements of 8 or 16 bits. */
export function sumNarrow<T>(start: usize, count: usize): i64 {
  const end = start + count * sizeof<T>()
  let at = start
  let total: i64 = 0
  while (end - at >= 32) {
    const stop = at + (min((end - at) >> 5, mostVectors) << 5)
    let a = i32x4.splat(0)
    let b = i32x4.splat(0)
    do {
      a = i32x4.add(a, quarters<T>(v128.load(at)))
      b = i32x4.add(b, quarters<T>(v128.load(at, 16)))
      at += 32
    } while (at < stop)
    total += add32<T>(a) + add32<T>(b)
  }
  for (; at < end; at += sizeof<T>()) total += load<T>(at) as i64
  return total
}

/** Four sums of 32 bits, each of four elements of 8 bits or two of 16 bits. */
function quarters<T>(v: v128): v128 {
  if (sizeof<T>() === 1) {
    return isSigned<T>()
      ? i32x4.extadd_pairwise_i16x8_s(i16x8.extadd_pairwise_i8x16_s(v))
      : i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(v))
  }
  return isSigned<T>() ? i32x4.extadd_pairwise_i16x8_s(v) : i32x4.extadd_pairwise_i16x8_u(v)
}

function add32<T>(sums: v128): i64 {
  v128.store(results, sums, 64)
  let total: i64 = 0
  for (let lane: usize = 0; lane < 16; lane += 4) {
    total += isSigned<T>() ? (load<i32>(results + lane, 64) as i64) : (load<u32>(results + lane, 64) as i64)
  }
  return total
}

/** The exact sum of `count` elements of 32 bits. */
export function sumWide<T>(start: usize, count: usize): i64 {
  const end = start + count * 4
  let at = start
  let a = i64x2.splat(0)
  let b = i64x2.splat(0)
  let c = i64x2.splat(0)
  let d = i64x2.splat(0)
  for (; end - at >= 32; at += 32) {
    const v = v128.load(at)
    const w = v128.load(at, 16)
    if (isSigned<T>()) {
      a = i64x2.add(a, i64x2.extend_low_i32x4_s(v))
      b = i64x2.add(b, i64x2.extend_high_i32x4_s(v))
      c = i64x2.add(c, i64x2.extend_low_i32x4_s(w))
      d = i64x2.add(d, i64x2.extend_high_i32x4_s(w))
    } else {
      a = i64x2.add(a, i64x2.extend_low_i32x4_u(v))
      b = i64x2.add(b, i64x2.extend_high_i32x4_u(v))
      c = i64x2.add(c, i64x2.extend_low_i32x4_u(w))
      d = i64x2.add(d, i64x2.extend_high_i32x4_u(w))
    }
  }
  let total = add64(i64x2.add(i64x2.add(a, b), i64x2.add(c, d)))
  for (; at < end; at += 4) total += load<T>(at) as i64
  return total
}

/**
 * The exact sum of `count` elements of 64 bits. The sums of the lower and of the upper halves go to the results, as two u64.
 * `flip` flips the top bit of signed elements: each then counts 2^63 too much.
 */
export function sumHalves(start: usize, count: usize, flip: u64): void {
  const end = start + count * 8
  const top = i64x2.splat(flip as i64)
  const mask = i64x2.splat(0xffffffff)
  let at = start
  let low = i64x2.splat(0)
  let high = i64x2.splat(0)
  for (; end - at >= 16; at += 16) {
    const v = v128.xor(v128.load(at), top)
    low = i64x2.add(low, v128.and(v, mask))
    high = i64x2.add(high, i64x2.shr_u(v, 32))
  }
  let lowTotal = add64(low)
  let highTotal = add64(high)
  if (at < end) {
    const value = load<u64>(at) ^ flip
    lowTotal += (value & 0xffffffff) as i64
    highTotal += (value >> 32) as i64
  }
  store<i64>(results, lowTotal)
  store<i64>(results, highTotal, 8)
}

function add64(sums: v128): i64 {
  return i64x2.extract_lane(sums, 0) + i64x2.extract_lane(sums, 1)
}

/** The sum of `count` floats: element `i` is added to accumulator `i % 8`, and the accumulators are added as a tree. */
export function sumFloats<T>(start: usize, count: usize): f64 {
  const end = start + count * sizeof<T>()
  const round: usize = 8 * sizeof<T>()
  let at = start
  let a = f64x2.splat(0)
  let b = f64x2.splat(0)
  let c = f64x2.splat(0)
  let d = f64x2.splat(0)
  for (; end - at >= round; at += round) {
    if (sizeof<T>() === 8) {
      a = f64x2.add(a, v128.load(at))
      b = f64x2.add(b, v128.load(at, 16))
      c = f64x2.add(c, v128.load(at, 32))
      d = f64x2.add(d, v128.load(at, 48))
    } else {
      a = f64x2.add(a, f64x2.promote_low_f32x4(v128.load64_zero(at)))
      b = f64x2.add(b, f64x2.promote_low_f32x4(v128.load64_zero(at, 8)))
      c = f64x2.add(c, f64x2.promote_low_f32x4(v128.load64_zero(at, 16)))
      d = f64x2.add(d, f64x2.promote_low_f32x4(v128.load64_zero(at, 24)))
    }
  }
  v128.store(results, a)
  v128.store(results, b, 16)
  v128.store(results, c, 32)
  v128.store(results, d, 48)
  for (let stripe = results; at < end; at += sizeof<T>(), stripe += 8) {
    store<f64>(stripe, load<f64>(stripe) + (load<T>(at) as f64))
  }
  const ac = f64x2.add(v128.load(results), v128.load(results, 32))
  const bd = f64x2.add(v128.load(results, 16), v128.load(results, 48))
  const sums = f64x2.add(ac, bd)
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1)
}
