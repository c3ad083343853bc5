// What the reducers of numbers take from a chunk: one number, or a list of numbers.

import { isTypedArray, kindOf, type TypedArray } from '../data/typed-array.js'
import { wrongResult } from './reducer-checks.js'

/** A number, or a list of numbers: an array or a typed array. */
export type Numbers = number | readonly number[] | NumbersView

/** A typed array of numbers. */
export interface NumbersView extends TypedArray {
  /** Its elements. */
  readonly [index: number]: number
}

/**
 * The numbers in the result of a chunk.
 *
 * @param name - the reducer that takes them
 * @throws {TypeError} the result is neither a number nor a list of numbers
 */
export function numbersOf(name: string, value: unknown): ArrayLike<number> {
  if (typeof value === 'number') return [value]
  const cure = '; convert bigints with Number'
  if (isTypedArray(value)) {
    if (kindOf(value).startsWith('Big')) throw wrongResult(name, takes, value, cure)
    // `as`: the elements of all other kinds are numbers.
    return value as NumbersView
  }
  if (!Array.isArray(value)) throw wrongResult(name, takes, value, typeof value === 'bigint' ? cure : '')
  for (let i = 0; i < value.length; i++) {
    if (typeof value[i] !== 'number') throw wrongResult(name, `a number at index ${i} of its list`, value[i])
  }
  return value
}

const takes = 'a number or a list of numbers from each chunk'
