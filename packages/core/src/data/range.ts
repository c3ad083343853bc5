// The numbers from 0 as shared data: work without an input, such as a simulation. Nothing is stored, however many there are.

import { checkCount, checkInteger } from '../base/check.js'
import type { DataDescription, DataReader, SharedData } from './contract.js'

/** The most numbers: all of them, and the number behind the last one, are exact as JavaScript numbers. */
export const mostNumbers: number = 2 ** 53

/** A range, described for other threads. */
interface RangeDescription extends DataDescription {
  readonly kind: 'range'
  readonly length: number
}

/**
 * The numbers from 0 to `length - 1` as data, for work that has no input: simulations, searches, tables. It takes no memory.
 *
 * A chunk is the numbers from `chunk.start` to `chunk.end - 1`. There are no bytes: the first argument of the chunk function is empty,
 * and `chunk.view` throws. `stats` and progress count a number as one byte. All chunkers do that need no bytes: `fixed`, `records`,
 * `overlapping`.
 *
 * @param length - how many numbers; integer from 0 to 2^53
 * @throws {RangeError} `length` is no such integer
 * @example
 * const hits = await engine
 *   .map(range(1_000_000), (_, { start, end, random }) => {
 *     let n = 0
 *     for (let i = start; i < end; i++) if (random() ** 2 + random() ** 2 < 1) n++
 *     return n
 *   })
 *   .reduce(sum())
 * const pi = (4 * hits) / 1_000_000
 */
export function range(length: number): SharedData<Uint8Array> {
  checkCount('range', 1, arguments.length)
  return new NumberRange(checkInteger('length', length, 0, mostNumbers))
}

const noBytes = new Uint8Array(0)

class NumberRange implements SharedData<Uint8Array>, DataReader<Uint8Array> {
  readonly elementType: string = 'Uint8Array'
  readonly length: number
  readonly byteLength: number
  readonly identity: string

  constructor(length: number) {
    this.length = length
    this.byteLength = length
    this.identity = `range(${length})`
  }

  describe(): RangeDescription {
    return { kind: 'range', length: this.length }
  }

  open(): DataReader<Uint8Array> {
    return this
  }

  read(): Uint8Array {
    return noBytes
  }

  view(): never {
    throw new TypeError('chunk.view: a range has no bytes; its numbers are those from chunk.start to chunk.end - 1')
  }

  close(): void {}
}

/** Whether a description is of a range. */
export function isRange(description: DataDescription): description is RangeDescription {
  return description.kind === 'range'
}

/** Open in this thread a range that was described in another. */
export function openRange({ length }: RangeDescription): DataReader<Uint8Array> {
  return new NumberRange(length)
}
