// Parsers of the values of options. A wrong value ends the command, with a message that says what was expected.

import { InvalidArgumentError } from 'commander'
import { parseBytes } from '../terminal/numbers.js'

/** The longest delay of a timer, in ms. Not imported from core, because core is loaded only when a command needs it. */
export const longestMs: number = 2 ** 31 - 1

/** Add a value of an option that may be repeated to the values before it. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

/** A parser of integers from `least` to `most`. */
export function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`Expected an integer from ${least} to ${most}.`)
    return value
  }
}

/** Parse a seed of random numbers. */
export const seed: (text: string) => number = integer(0, Number.MAX_SAFE_INTEGER)

/** Parse a time limit: more than 0, and at most what a timer can wait for. */
export function milliseconds(text: string): number {
  const value = Number(text)
  if (!/^\d+(\.\d+)?$/.test(text) || value <= 0 || value > longestMs)
    throw new InvalidArgumentError(`Expected milliseconds, more than 0 and at most ${longestMs}.`)
  return value
}

/** Parse a size, such as `64K`. */
export function bytes(text: string): number {
  const value = parseBytes(text)
  if (value === undefined) throw new InvalidArgumentError('Expected bytes, at least 1, such as 65536, 64K, 4M or 1G.')
  return value
}
