// Reads one number of a row: the plain twin of assembly/group-number.ts.

import { powersOfTen } from '../base/powers-of-ten.js'
import type { Column } from './columns.js'

/** Integers of so many digits are exact in a double. */
const exactDigits = 15

/**
 * The number that all of `[start, end)` has to be: `[+-]?(\d+(\.\d+)?|\.\d+)`, and of a double also an exponent. NaN if it is none. Infinity
 * if an integer or decimal is beyond ±(2^53 - 1) units.
 */
export function parseNumber(bytes: Readonly<Uint8Array>, start: number, end: number, column: Column): number {
  const isNegative = bytes[start] === 0x2d
  const wholeAt = isNegative || bytes[start] === 0x2b ? start + 1 : start
  let value = 0
  let at = wholeAt
  for (; at < end && isDigit(bytes[at]!); at++) value = value * 10 + (bytes[at]! - 0x30)
  let digits = at - wholeAt
  let fraction = 0
  if (at < end && bytes[at] === 0x2e) {
    const from = ++at
    for (; at < end && isDigit(bytes[at]!); at++) value = value * 10 + (bytes[at]! - 0x30)
    fraction = at - from
    if (fraction === 0) return Number.NaN
    digits += fraction
  }
  if (digits === 0) return Number.NaN
  if (column.isDouble) return parseDouble(bytes, { start, at, end, value, digits, fraction, isNegative })
  if (at < end || fraction > column.digits) return Number.NaN
  const missing = column.digits - fraction
  if (digits + missing > exactDigits) return parseLong(textOf(bytes, start, end), missing)
  const units = value * powersOfTen[missing]!
  // Not `-units`, which is -0 for 0.
  return isNegative ? 0 - units : units
}

interface Mantissa {
  readonly start: number
  /** Where the mantissa ends. */
  readonly at: number
  readonly end: number
  readonly value: number
  readonly digits: number
  readonly fraction: number
  readonly isNegative: boolean
}

/** One division or multiplication of exact numbers is rounded once, so it gives the nearest double (Clinger, 1990). */
function parseDouble(bytes: Readonly<Uint8Array>, mantissa: Mantissa): number {
  const { start, at, end, value, digits, fraction, isNegative } = mantissa
  if (at === end && digits <= exactDigits) {
    const number = value / powersOfTen[fraction]!
    return isNegative ? -number : number
  }
  let from = at
  if (from < end) {
    if ((bytes[from++]! | 0x20) !== 0x65) return Number.NaN
    if (bytes[from] === 0x2d || bytes[from] === 0x2b) from++
    if (from >= end) return Number.NaN
    while (from < end && isDigit(bytes[from]!)) from++
    if (from < end) return Number.NaN
  }
  return Number(textOf(bytes, start, end))
}

/** An integer or decimal of many digits, which may be leading zeros. */
function parseLong(text: string, missing: number): number {
  const units = Number(BigInt(text.replace(/^\+|\./g, '') + '0'.repeat(missing)))
  return Number.isSafeInteger(units) ? units + 0 : Number.POSITIVE_INFINITY
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}

/** The text of a number, which is ASCII. */
export function textOf(bytes: Readonly<Uint8Array>, start: number, end: number): string {
  let text = ''
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at]!)
  return text
}
