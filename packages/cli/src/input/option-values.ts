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

/** More chunks than this are not named in one range. */
const mostChosen = 1_000_000

/** Parse chunk numbers, such as `53` or `0,7,20-23`. */
export function chunkNumbers(text: string): readonly number[] {
  const chunks: number[] = []
  for (const part of text.split(',')) {
    const [, first, last = first] = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(part.trim()) ?? []
    const [from, to] = [Number(first), Number(last)]
    if (first === undefined || to < from || to - from >= mostChosen) {
      throw new InvalidArgumentError('Expected chunk numbers such as 53 or 0,7,20-23.')
    }
    for (let chunk = from; chunk <= to; chunk++) chunks.push(chunk)
  }
  return chunks
}

/** Parse a share, such as `1%` or `0.01`. */
export function share(text: string): number {
  const [, digits, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? []
  const value = Number(digits) / (percent === '%' ? 100 : 1)
  if (!(value > 0 && value <= 1)) {
    throw new InvalidArgumentError('Expected a share such as 1% or 0.01, more than 0 and at most 100%.')
  }
  return value
}

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
