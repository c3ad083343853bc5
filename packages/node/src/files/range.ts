// Which part of a file is the data: behind its header, a range of elements of one kind.

import type { TypedArrayConstructor } from '@onecopy/core'
import { checkElements, checkInteger, readOptions, show, type TypedArray } from '@onecopy/core/lane'
import { showPath } from './path.js'

/** Which part of a file is the data; see `file` and `load`. */
export interface FileRangeOptions {
  /** Bytes of a header, which are no data; integer >= 0, default 0. It may be odd: elements behind it arrive aligned. */
  readonly offset?: number | undefined
  /** The first element, counted behind the header; integer >= 0, default 0. */
  readonly start?: number | undefined
  /** Where the data ends, in elements counted behind the header, itself not included; default: all there is. */
  readonly end?: number | undefined
}

/** What was asked for: a kind of elements, and a part of the file. */
export interface FileWish<T extends TypedArray = TypedArray> extends FileRangeOptions {
  readonly Elements: TypedArrayConstructor<T>
  readonly offset: number
  readonly start: number
}

/** The data in the file. */
export interface FileRange {
  /** Where it begins, in bytes of the file. */
  readonly byteOffset: number
  /** Elements. */
  readonly length: number
}

/**
 * The arguments behind the path, `(Elements?, options?)`.
 *
 * @throws {TypeError} `Elements` makes no typed array, or there is no such option
 * @throws {RangeError} an option is no integer >= 0, or `end` lies before `start`
 */
export function readWish(second: unknown, third: unknown): FileWish {
  const isOptions = typeof second === 'object' && second !== null
  if (isOptions && third !== undefined) {
    throw new TypeError(`Elements: expected a typed array's constructor before the options, got ${show(second)}`)
  }
  const Elements = isOptions || second === undefined ? Uint8Array : checkElements(second)
  // `as`: what is in it is checked here.
  const given = (isOptions ? second : third) as FileRangeOptions | undefined
  const { offset = 0, start = 0, end } = readOptions('options', given, ['offset', 'start', 'end'])
  checkInteger('offset', offset, 0)
  checkInteger('start', start, 0)
  if (end !== undefined) checkInteger('end', end, start)
  return { Elements, offset, start, end }
}

/**
 * The range in a file of `byteLength` bytes.
 *
 * @throws {RangeError} the file is shorter, or, without an `end`, ends within an element
 */
export function locate(name: string, byteLength: number, { Elements, offset, start, end }: FileWish): FileRange {
  const { BYTES_PER_ELEMENT, name: kind } = Elements
  if (offset > byteLength) throw new RangeError(`offset: ${showPath(name)} has only ${byteLength} bytes, got ${offset}`)
  const behind = byteLength - offset
  if (end === undefined && behind % BYTES_PER_ELEMENT !== 0) {
    const header = offset === 0 ? '' : ` behind its header of ${offset}`
    throw new RangeError(
      `Elements: ${showPath(name)} has ${behind} bytes${header}, which is no multiple of the ${BYTES_PER_ELEMENT} bytes of ` +
        `an element of ${kind}; skip a header with offset, or leave out the rest with end`,
    )
  }
  const length = Math.floor(behind / BYTES_PER_ELEMENT)
  const unit = kind === 'Uint8Array' ? 'bytes' : `elements of ${kind}`
  const checkInside = (option: string, value: number): void => {
    if (value > length) throw new RangeError(`${option}: ${showPath(name)} has only ${length} ${unit}, got ${value}`)
  }
  checkInside('start', start)
  checkInside('end', end ?? length)
  return { byteOffset: offset + start * BYTES_PER_ELEMENT, length: (end ?? length) - start }
}
