// A shorter way for most rows of `key;number`: a row of at most 32 bytes whose number has at most eight bytes. It looks at all bytes of
// the row at once, and has no loop over the digits, because a processor cannot foresee how long keys and numbers are.

import { columnDigits, columnTypes, fieldKinds, groupHeader, keyField, lastField } from './group-layout'

const minus: u8 = 0x2d
const point: u64 = 0x2e
/** Half of eight bytes, twice. A literal of all of them would not be exact as JavaScript. */
const twice: u64 = 0x100000001
const zeros: u64 = 0x30303030 * twice

/** What `readPair` has read: the length of the key, the number, and where the next row begins. */
export let pairKeyLength: usize = 0
export let pairValue: f64 = 0
export let pairEnd: usize = 0

/** Whether rows are pairs: the key, then the only column, which is an integer or a decimal of few digits behind the point. */
export function arePairs(): bool {
  return (
    load<u32>(groupHeader + lastField) === 1 &&
    (load<u8>(fieldKinds) as u32) === keyField &&
    load<u8>(fieldKinds, 1) === 1 &&
    load<u8>(columnTypes) === 0 &&
    load<u8>(columnDigits) <= 6
  )
}

/** Read the row at `at`. False if it is not one that can be read here: it may be longer, have more fields, or not be a row. */
export function readPair(at: usize, separators: v128, feeds: v128, digits: u32): bool {
  const first = v128.load(at)
  const second = v128.load(at, 16)
  const separated =
    (i8x16.bitmask(i8x16.eq(first, separators)) as u32) | ((i8x16.bitmask(i8x16.eq(second, separators)) as u32) << 16)
  const ended = (i8x16.bitmask(i8x16.eq(first, feeds)) as u32) | ((i8x16.bitmask(i8x16.eq(second, feeds)) as u32) << 16)
  if (separated === 0 || ended === 0) return false
  const keyLength = ctz(separated)
  const end = ctz(ended)
  // If the line ends before the separator, this is negative, and too large as an unsigned number.
  let length = end - keyLength - 1
  let start = at + keyLength + 1
  const isNegative = load<u8>(start) === minus
  start += isNegative as usize
  length -= isNegative as u32
  if (length - 1 > 7) return false
  // The last character is in the highest byte. The bytes below the first one are zero.
  let word = load<u64>(start) << (((8 - length) << 3) as u64)
  if (digits > 0) {
    const shift = ((7 - digits) << 3) as u64
    if (((word >> shift) & 0xff) !== point || length === 1) return false
    const below = word & (((1 as u64) << shift) - 1)
    word = ((((word >> shift) >> 8) << shift) << 8) | (below << 8)
    length--
  }
  // Leading zeros; a shift by 64 bits would be one by 0.
  word |= zeros & ~((-1 as u64) << (((8 - length) << 3) as u64))
  const value = word ^ zeros
  // A byte above 9 is not a digit.
  if ((((value + 0x76767676 * twice) | value) & (0x80808080 * twice)) !== 0) return false
  // Pairs of digits, then of pairs, then of those (Lemire, "Quickly parsing eight digits").
  const two = ((value * 2561) >> 8) & (0x00ff00ff * twice)
  const four = ((two * 6553601) >> 16) & 0x0000ffff0000ffff
  const exact = ((four * 42949672960001) >> 32) as u32 as f64
  // Not `-exact`, which is -0 for 0.
  pairValue = isNegative ? 0 - exact : exact
  pairKeyLength = keyLength as usize
  pairEnd = at + end + 1
  return true
}
