// Finding a pattern: two of its bytes, the rarest, are compared at sixteen places at once; where both are there, the
// rest is compared. The idea of two bytes instead of one is Wojciech Muła's ("SIMD-friendly algorithms for substring
// searching"), that of choosing the rarest is the memchr crate's.

import { offsets, offsetsCapacity, pattern, results } from './layout'

/** Sixteen-byte comparisons that are free, besides those that a place gets: a few long matches shall not end the search. */
const freeWork: usize = 4096
/** Comparisons a place. A linear algorithm for the worst case costs about as much. */
const workPerPlace: usize = 8

/**
 * Find the pattern of `length` bytes in the pattern area at the places `[from, places)` behind `start`.
 *
 * `first <= second` are the two positions in the pattern that are looked at first. Offsets of matches, added to `base`, go to
 * the offsets area, at most `most` of them: then the search stops. With `most` 0 matches are only counted, to the end.
 *
 * Returned is the place at which to go on, `places` at the end. In the results: u32 matches, u32 whether the search gave up
 * because comparing whole patterns took too long (what repeats itself, in data that does so as well).
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
  const distance = second - first
  let count: u32 = 0
  let work: usize = 0
  let at = from
  store<u32>(results, 0, 4)
  while (at < places) {
    const here = start + at + first
    const m0 = both(here, distance, a, b)
    let bits: u64 = 0
    if (places - at >= 64) {
      const m1 = both(here + 16, distance, a, b)
      const m2 = both(here + 32, distance, a, b)
      const m3 = both(here + 48, distance, a, b)
      if (!v128.any_true(v128.or(v128.or(m0, m1), v128.or(m2, m3)))) {
        at += 64
        continue
      }
      bits =
        (i8x16.bitmask(m0) as u64) |
        ((i8x16.bitmask(m1) as u64) << 16) |
        ((i8x16.bitmask(m2) as u64) << 32) |
        ((i8x16.bitmask(m3) as u64) << 48)
    } else {
      bits = i8x16.bitmask(m0) as u64
      // Places past the last one: their bytes are whatever lies behind the data.
      if (places - at < 16) bits &= ((1 as u64) << ((places - at) as u64)) - 1
    }
    const step: usize = places - at >= 64 ? 64 : min(places - at, 16)
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

/** -1 in the lanes in which `a` is at `here` and `b` is `distance` behind it. */
function both(here: usize, distance: usize, a: v128, b: v128): v128 {
  return v128.and(i8x16.eq(v128.load(here), a), i8x16.eq(v128.load(here + distance), b))
}

/** Whether the pattern is at `here` (bit 0), and how many vectors it took to know (the bits above). */
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
