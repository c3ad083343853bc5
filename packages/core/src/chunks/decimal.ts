// Reads decimal numbers from bytes, without making a text.

const minus = 0x2d
const point = 0x2e
const zero = 0x30
/** A whole number of so many digits is exact as a double, and so is a power of ten up to 10^22. */
const mostDigits = 15
const powersOfTen: readonly number[] = Array.from({ length: mostDigits + 1 }, (_, exponent) => Number(`1e${exponent}`))

/**
 * The number in `[start, end)`, if it has the form `-?[0-9]+(\.[0-9]+)?` with up to 15 digits; otherwise undefined. It is what
 * `Number` gives for that text, because a quotient of two exact doubles is rounded once.
 *
 * @see Clinger: How to read floating point numbers accurately, PLDI 1990
 */
export function decimalIn(bytes: Readonly<Uint8Array>, start: number, end: number): number | undefined {
  const isNegative = bytes[start] === minus
  const first = isNegative ? start + 1 : start
  if (end - first > mostDigits + 1) return undefined
  let digits = 0
  let value = 0
  let decimals = -1
  for (let at = first; at < end; at++) {
    const digit = bytes[at]! - zero
    if (digit >= 0 && digit <= 9) {
      value = 10 * value + digit
      digits++
      if (decimals >= 0) decimals++
    } else if (bytes[at] === point && decimals < 0 && digits > 0) {
      decimals = 0
    } else {
      return undefined
    }
  }
  if (digits === 0 || digits > mostDigits || decimals === 0) return undefined
  if (decimals > 0) value /= powersOfTen[decimals]!
  return isNegative ? -value : value
}
