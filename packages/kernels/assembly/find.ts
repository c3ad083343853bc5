// Finds a pattern. Compares its two rarest bytes at sixteen places at once. Where both match, it compares the rest. Using two
// bytes instead of one is Wojciech Muła's idea ("SIMD-friendly algorithms for substring searching"). Choosing the rarest bytes is
// the idea of the memchr crate.

import { offsets, offsetsCapacity, pattern, results } from './layout'

/** Sixteen-byte comparisons allowed in addition to those per place, so that a few long matches do not end the search. */
const freeWork: usize = 4096
/** Comparisons allowed per place. The linear algorithm for the worst case costs about as much. */
const workPerPlace: usize = 8

/**
 * Find the pattern, `length` bytes in the pattern area, at the places `[from, places)` behind `start`.
 *
 * `first <= second` are the two positions in the pattern that are compared first. The kernel writes `base` plus the place of each
 * match to the offsets area. It stops after `most` matches. With `most` 0 it only counts matches, to the end.
 *
 * Returns the place at which to continue, or `places` at the end. Results: u32 number of matches; u32 whether the search gave
 * up, because comparing whole patterns took too long. That happens when both the pattern and the data repeat themselves.
 */
export function findBytes(
  start: usize,
  places: usize,
  from: usize,
  length: usize,
  first: usize,
  second: usize,
  base: f64,
  most: u32,
): usize {
  const a = i8x16.splat(load<i8>(pattern + first))
  const b = i8x16.splat(load<i8>(pattern + second))
  const isPair = length <= 2
  const room = min(most, offsetsCapacity as u32)
  let count: u32 = 0
  let work: usize = 0
  let at = from
  store<u32>(results, 0, 4)
  // Where the two bytes of place 0 lie that are compared first.
  const here = start + first
  const there = start + second
  while (at < places) {
    at = skip(here, there, at, places, a, b)
    if (at >= places) break
    let bits = bitsAt(here + at, there + at, a, b)
    let step: usize = 16
    if (places - at >= 64) {
      bits |= bitsAt(here + at + 16, there + at + 16, a, b) << 16
      bits |= bitsAt(here + at + 32, there + at + 32, a, b) << 32
      bits |= bitsAt(here + at + 48, there + at + 48, a, b) << 48
      step = 64
    } else if (places - at < 16) {
      // Ignore places past the last one: their bytes lie behind the data.
      step = places - at
      bits &= ((1 as u64) << (step as u64)) - 1
    }
    if (isPair && most === 0) {
      count += popcnt(bits) as u32
      at += step
      continue
    }
    while (bits !== 0) {
      const place = at + (ctz(bits) as usize)
      bits &= bits - 1
      if (!isPair) {
        const compared = compare(start + place, length)
        work += compared >> 1
        if ((compared & 1) === 0) {
          if (work > freeWork + (place - from) * workPerPlace) {
            store<u32>(results, count)
            store<u32>(results, 1, 4)
            return place + 1
          }
          continue
        }
      }
      if (most !== 0) {
        store<f64>(offsets + ((count as usize) << 3), base + (place as f64))
        if (++count === room) {
          store<u32>(results, count)
          return place + 1
        }
      } else {
        count++
      }
      if (work > freeWork + (place - from) * workPerPlace) {
        store<u32>(results, count)
        store<u32>(results, 1, 4)
        return place + 1
      }
    }
    at += step
  }
  store<u32>(results, count)
  return places
}

/** The first whole block of 64 places, from `at` on, with a place where both bytes match. */
function skip(here: usize, there: usize, at: usize, places: usize, a: v128, b: v128): usize {
  while (places - at >= 64) {
    const p = here + at
    const q = there + at
    const m0 = v128.and(i8x16.eq(v128.load(p), a), i8x16.eq(v128.load(q), b))
    const m1 = v128.and(i8x16.eq(v128.load(p, 16), a), i8x16.eq(v128.load(q, 16), b))
    const m2 = v128.and(i8x16.eq(v128.load(p, 32), a), i8x16.eq(v128.load(q, 32), b))
    const m3 = v128.and(i8x16.eq(v128.load(p, 48), a), i8x16.eq(v128.load(q, 48), b))
    if (v128.any_true(v128.or(v128.or(m0, m1), v128.or(m2, m3)))) break
    at += 64
  }
  return at
}

/** One bit for each of sixteen places: whether `a` is at `here` and `b` is at `there`. */
function bitsAt(here: usize, there: usize, a: v128, b: v128): u64 {
  return i8x16.bitmask(v128.and(i8x16.eq(v128.load(here), a), i8x16.eq(v128.load(there), b))) as u64
}

/** Bit 0: whether the pattern is at `here`. The bits above: how many vectors were compared. */
function compare(here: usize, length: usize): usize {
  if (length < 16) {
    const equal = i8x16.bitmask(i8x16.eq(v128.load(here), v128.load(pattern)))
    const wanted = ((1 as u32) << (length as u32)) - 1
    return 2 | usize((equal & wanted) === wanted)
  }
  const last = length - 16
  let vectors: usize = 2
  for (let i: usize = 0; i < last; i += 16) {
    if (v128.any_true(v128.xor(v128.load(here + i), v128.load(pattern + i)))) return vectors
    vectors += 2
  }
  return vectors | usize(!v128.any_true(v128.xor(v128.load(here + last), v128.load(pattern + last))))
}
