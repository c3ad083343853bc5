// Counts one byte value. A comparison gives -1 in each lane that matches; subtracting it adds 1 to that lane's 8-bit counter.

import { addBytes, total32 } from './lanes'

/** An 8-bit counter could overflow after so many rounds of 64 bytes. */
const mostRounds: usize = 255

/** How many of the `length` bytes at `start` equal `byte`. */
export function countByte(start: usize, length: usize, byte: u32): u32 {
  const wanted = i8x16.splat(byte as i8)
  const end = start + length
  let at = start
  let total = i32x4.splat(0)
  while (end - at >= 64) {
    const stop = at + (min((end - at) >> 6, mostRounds) << 6)
    let a = i8x16.splat(0)
    let b = i8x16.splat(0)
    let c = i8x16.splat(0)
    let d = i8x16.splat(0)
    do {
      a = i8x16.sub(a, i8x16.eq(v128.load(at), wanted))
      b = i8x16.sub(b, i8x16.eq(v128.load(at, 16), wanted))
      c = i8x16.sub(c, i8x16.eq(v128.load(at, 32), wanted))
      d = i8x16.sub(d, i8x16.eq(v128.load(at, 48), wanted))
      at += 64
    } while (at < stop)
    total = addBytes(addBytes(addBytes(addBytes(total, a), b), c), d)
  }
  let count = total32(total)
  for (; at < end; at++) count += u32(load<u8>(at) === (byte as u8))
  return count
}
