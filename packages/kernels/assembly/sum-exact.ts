// Exact sums of doubles. Fractions are added as integers, in a bucket per exponent, and buckets to one long number.

import { offsets } from './layout'

/** The long number: words of 32 bits in 64, which may be negative and carry nothing. Its unit is 2^-1074. */
const limbs: usize = offsets
/** Two sets of 2048 buckets of 64 bits, so that two elements of one exponent need not wait for each other. */
const buckets: usize = offsets + 0x400
const setBytes: usize = 2048 * 8
/** A bucket holds the sum of 1024 fractions of 53 bits. */
const blockBytes: usize = 2048 * 8

/** Add up `count` doubles into the limbs, which lie at `offsets`. False, and no sum, if one of them is not finite. */
export function sumExactFloat64(start: usize, count: usize): bool {
  memory.fill(limbs, 0, 0x400 + 2 * setBytes)
  const end = start + count * 8
  let at = start
  while (at < end) {
    const stop = at + min(end - at, blockBytes)
    let least: u64 = 2047
    let most: u64 = 0
    for (; at < stop; at += 16) {
      const a = load<u64>(at)
      const b = at + 8 < stop ? load<u64>(at, 8) : 0
      const exponentA = (a >> 52) & 2047
      const exponentB = (b >> 52) & 2047
      least = min(least, min(exponentA, exponentB))
      most = max(most, max(exponentA, exponentB))
      addTo(buckets, exponentA, a)
      addTo(buckets + setBytes, exponentB, b)
    }
    if (most === 2047) return false
    for (let exponent = least; exponent <= most; exponent++) {
      const bucket = buckets + ((exponent as usize) << 3)
      carry(exponent, load<i64>(bucket))
      carry(exponent, load<i64>(bucket + setBytes))
      store<i64>(bucket, 0)
      store<i64>(bucket + setBytes, 0)
    }
  }
  return true
}

/** Add the fraction of the double `bits` to its bucket, with its sign. */
function addTo(set: usize, exponent: u64, bits: u64): void {
  const bucket = set + ((exponent as usize) << 3)
  // Every double but the smallest has a 1 before its fraction.
  const first: u64 = exponent === 0 ? 0 : 0x10000000000000
  const fraction: i64 = (bits & 0xfffffffffffff) | first
  const sign: i64 = (bits as i64) >> 63
  store<i64>(bucket, load<i64>(bucket) + ((fraction ^ sign) - sign))
}

/** Add `sum` fractions of an exponent to the limbs. */
function carry(exponent: u64, sum: i64): void {
  if (sum === 0) return
  // The doubles of the exponents 0 and 1 have the same unit.
  const place: u64 = exponent === 0 ? 0 : exponent - 1
  const limb: usize = limbs + (((place >> 5) as usize) << 3)
  const shift: u64 = place & 31
  const low: u64 = ((sum as u64) & 0xffffffff) << shift
  const high: i64 = (sum >> 32) << (shift as i64)
  store<i64>(limb, load<i64>(limb) + ((low & 0xffffffff) as i64))
  store<i64>(limb, load<i64>(limb, 8) + ((low >> 32) as i64) + (high & 0xffffffff), 8)
  store<i64>(limb, load<i64>(limb, 16) + (high >> 32), 16)
}
