// Reads one number of a row: the plain twin is src/group/parse-number.ts.

import { columnDigits, columnTypes, powersOfTen, rowValues } from './group-layout'

/** The text is not a number of the column's type. */
export const notANumber: u32 = 0
/** The number is in the row's values. */
export const isRead: u32 = 1
/** It may be a number, but JavaScript has to read it. */
export const tooLong: u32 = 2

/** Where the text that `readNumber` read ends. */
export let numberEnd: usize = 0

/** More digits than this may not fit 64 bits. */
const mostDigits: usize = 18
const mostExact: u64 = 0x1fffffffffffff

/** Read the number at `start` into the row's value of `column`. Stops at the first byte that does not belong to it. */
export function readNumber(start: usize, column: usize): u32 {
  let at = start
  const sign = load<u8>(at)
  const isNegative = sign === 0x2d
  if (isNegative || sign === 0x2b) at++
  let value: u64 = 0
  const wholeAt = at
  let digit = (load<u8>(at) as u32) - 0x30
  while (digit <= 9) {
    value = value * 10 + (digit as u64)
    at++
    digit = (load<u8>(at) as u32) - 0x30
  }
  const whole = at - wholeAt
  let fraction: usize = 0
  if (load<u8>(at) === 0x2e) {
    at++
    const fractionAt = at
    digit = (load<u8>(at) as u32) - 0x30
    while (digit <= 9) {
      value = value * 10 + (digit as u64)
      at++
      digit = (load<u8>(at) as u32) - 0x30
    }
    fraction = at - fractionAt
    numberEnd = at
    if (fraction === 0) return notANumber
  }
  numberEnd = at
  if (whole + fraction === 0) return notANumber
  if (load<u8>(columnTypes + column) === 1) return readDouble(column, value, whole, fraction, isNegative)
  const digits = load<u8>(columnDigits + column) as usize
  if (fraction > digits) return notANumber
  if (whole + digits > mostDigits) return tooLong
  for (let i = fraction; i < digits; i++) value *= 10
  if (value > mostExact) return tooLong
  const exact = value as f64
  // Not `-exact`, which is -0 for 0.
  store<f64>(rowValues + (column << 3), isNegative ? 0 - exact : exact)
  return isRead
}

/** Finish a double: read its exponent. The result is exact where one rounding gives the nearest double (Clinger, 1990). */
function readDouble(column: usize, mantissa: u64, whole: usize, fraction: usize, isNegative: bool): u32 {
  let at = numberEnd
  let exponent: i32 = 0
  if ((load<u8>(at) | 0x20) === 0x65) {
    at++
    const sign = load<u8>(at)
    if (sign === 0x2d || sign === 0x2b) at++
    const from = at
    let digit = (load<u8>(at) as u32) - 0x30
    while (digit <= 9) {
      if (exponent < 10000) exponent = exponent * 10 + (digit as i32)
      at++
      digit = (load<u8>(at) as u32) - 0x30
    }
    numberEnd = at
    if (at === from) return notANumber
    if (sign === 0x2d) exponent = -exponent
  }
  if (whole + fraction > mostDigits || mantissa > mostExact) return tooLong
  const power = exponent - (fraction as i32)
  let value = mantissa as f64
  if (mantissa !== 0) {
    if (power < -22 || power > 22) return tooLong
    if (power < 0) value /= load<f64>(powersOfTen + ((-power as usize) << 3))
    else value *= load<f64>(powersOfTen + ((power as usize) << 3))
  }
  store<f64>(rowValues + (column << 3), isNegative ? -value : value)
  return isRead
}
