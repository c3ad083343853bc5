// Counts words: a word ends where white space follows another byte.

import { addBytes, total32 } from './lanes'

/** An 8-bit counter could overflow after so many rounds of 64 bytes: each adds up to four per lane. */
const mostRounds: usize = 63

/** How many bytes of `[start, start + length)` are white space that follows another byte. What precedes `start` counts as space. */
export function countWordEnds(start: usize, length: usize): u32 {
  const end = start + length
  let at = start
  let total = i32x4.splat(0)
  let before = i8x16.splat(-1)
  while (end - at >= 64) {
    const stop = at + (min((end - at) >> 6, mostRounds) << 6)
    let ends = i8x16.splat(0)
    do {
      const a = spaces(v128.load(at))
      const b = spaces(v128.load(at, 16))
      const c = spaces(v128.load(at, 32))
      const d = spaces(v128.load(at, 48))
      const ab = i8x16.add(v128.andnot(a, shifted(before, a)), v128.andnot(b, shifted(a, b)))
      const cd = i8x16.add(v128.andnot(c, shifted(b, c)), v128.andnot(d, shifted(c, d)))
      ends = i8x16.sub(ends, i8x16.add(ab, cd))
      before = d
      at += 64
    } while (at < stop)
    total = addBytes(total, ends)
  }
  let count = total32(total)
  let wasSpace = i8x16.extract_lane_s(before, 15) !== 0
  for (; at < end; at++) {
    const byte = load<u8>(at)
    const isSpace = byte === 0x20 || byte - 9 <= 4
    count += u32(isSpace && !wasSpace)
    wasSpace = isSpace
  }
  return count
}

/** -1 in the lanes that hold tab, line feed, vertical tab, form feed, carriage return or space. */
function spaces(bytes: v128): v128 {
  return v128.or(i8x16.eq(bytes, i8x16.splat(0x20)), i8x16.le_u(i8x16.sub(bytes, i8x16.splat(9)), i8x16.splat(4)))
}

/** For each lane of `here`: the lane before it. */
function shifted(before: v128, here: v128): v128 {
  return i8x16.shuffle(before, here, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30)
}
