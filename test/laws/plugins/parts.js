// What the plugins of these tests have in common.

import { max } from '@onecopy/core'

export const longest = max()

/**
 * @param {Readonly<Uint8Array>} bytes
 * @returns {number}
 */
export function mean(bytes) {
  return bytes.reduce((a, b) => a + b, 0) / bytes.length
}

/**
 * @param {number[]} left
 * @param {number[]} right
 */
export function add(left, right) {
  for (let i = 0; i < left.length; i++) left[i] = (left[i] ?? 0) + (right[i] ?? 0)
  return left
}

/**
 * How often a pattern of ASCII starts among the first `owned` bytes.
 *
 * @param {Readonly<Uint8Array>} bytes
 * @param {string} pattern
 * @param {number} owned
 */
export function countStarts(bytes, pattern, owned) {
  const text = String.fromCharCode(...bytes)
  let count = 0
  for (let at = text.indexOf(pattern); at >= 0 && at < owned; at = text.indexOf(pattern, at + 1)) count++
  return count
}

/** @param {Readonly<Uint8Array>} bytes */
export function lineNumbers(bytes) {
  return String.fromCharCode(...bytes)
    .split('\n')
    .map((line) => line.length)
    .filter((length) => length > 0)
}

/** @param {Readonly<Uint8Array>} bytes */
export function sumOfLines(bytes) {
  let total = 0
  for (const line of String.fromCharCode(...bytes).split('\n')) total += Number.parseInt(line, 10) || 0
  return total
}
