// Reads decimal numbers with one digit after the point from bytes, as a whole number of tenths.

const minus = 0x2d
const point = 0x2e
const zero = 0x30
const mostDigits = 6

/**
 * The number of tenths, if all of `[start, end)` matches `-?[0-9]{1,6}\.[0-9]`; otherwise undefined. Never -0.
 *
 * @example tenthsOf(new TextEncoder().encode('-12.3'), 0, 5) // -123
 */
export function tenthsOf(bytes: Readonly<Uint8Array>, start: number, end: number): number | undefined {
  const isNegative = bytes[start] === minus
  const first = isNegative ? start + 1 : start
  const digits = end - 2 - first
  if (digits < 1 || digits > mostDigits || bytes[end - 2] !== point) return undefined
  let tenths = 0
  for (let at = first; at < end; at++) {
    if (at === end - 2) continue
    const digit = bytes[at]! - zero
    if (digit < 0 || digit > 9) return undefined
    tenths = tenths * 10 + digit
  }
  return isNegative ? 0 - tenths : tenths
}
