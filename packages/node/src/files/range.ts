// Which part of a file is the data: a range of elements of one type, behind a header.

import type { TypedArrayConstructor } from '@onecopy/core'
import { checkElements, checkInteger, readOptions, show, type TypedArray } from '@onecopy/core/lane'
import { showPath } from './path.js'

/** Which part of a file is the data; see `file` and `load`. */
export interface FileRangeOptions {
  /**
   * Bytes of a header, which do not belong to the data; integer >= 0. It may be odd: the elements behind it arrive aligned.
   *
   * @default 0
   */
  readonly offset?: number | undefined
  /**
   * The first element, counted from the end of the header; integer >= 0.
   *
   * @default 0
   */
  readonly start?: number | undefined
  /**
   * One past the last element, counted from the end of the header; integer >= `start`.
   *
   * @default the end of the file or stream
   */
  readonly end?: number | undefined
}

/** What the user asked for: a type of elements, and a part of the file. */
export interface FileWish<T extends TypedArray = TypedArray> extends FileRangeOptions {
  readonly Elements: TypedArrayConstructor<T>
  readonly offset: number
  readonly start: number
  /** What `decompress` was; not checked. */
  readonly decompress?: unknown
}

/** Where the data is in the file. */
export interface FileRange {
  /** The kind of the elements. */
  readonly elementType: string
  /** The first byte of the range in the file. */
  readonly byteOffset: number
  readonly byteLength: number
  /** Number of elements. */
  readonly length: number
}

/**
 * Read the arguments that follow the path, `(Elements?, options?)`.
 *
 * @param more - names of options that only some functions have
 * @throws {TypeError} `Elements` is not the constructor of a typed array, or there is no such option
 * @throws {RangeError} an option is not an integer >= 0, or `end` is less than `start`
 */
export function readWish(second: unknown, third: unknown, more: readonly 'decompress'[] = []): FileWish {
  const isOptions = typeof second === 'object' && second !== null
  if (isOptions && third !== undefined) {
    throw new TypeError(`Elements: expected a typed array's constructor before the options, got ${show(second)}`)
  }
  const Elements = isOptions || second === undefined ? Uint8Array : checkElements(second)
  // `as`: what is in it is checked here.
  const given = (isOptions ? second : third) as (FileRangeOptions & Pick<FileWish, 'decompress'>) | undefined
  const { offset = 0, start = 0, end, decompress } = readOptions('options', given, ['offset', 'start', 'end', ...more])
  checkInteger('offset', offset, 0)
  checkInteger('start', start, 0)
  if (end !== undefined) checkInteger('end', end, start)
  return { Elements, offset, start, end, decompress }
}

/**
 * Find the range in a file of `byteLength` bytes.
 *
 * @throws {RangeError} the file is shorter than the range, or there is no `end` and the file ends within an element
 */
export function locate(name: string, byteLength: number, { Elements, offset, start, end }: FileWish): FileRange {
  const { BYTES_PER_ELEMENT, name: kind } = Elements
  if (offset > byteLength) throw new RangeError(`offset: ${showPath(name)} has only ${byteLength} bytes, got ${offset}`)
  const behind = byteLength - offset
  if (end === undefined && behind % BYTES_PER_ELEMENT !== 0) {
    const header = offset === 0 ? '' : ` behind its header of ${offset}`
    throw new RangeError(
      `Elements: ${showPath(name)} has ${behind} bytes${header}, which is not a multiple of the ${BYTES_PER_ELEMENT} bytes of ` +
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
  const wanted = (end ?? length) - start
  const byteOffset = offset + start * BYTES_PER_ELEMENT
  return { elementType: kind, byteOffset, byteLength: wanted * BYTES_PER_ELEMENT, length: wanted }
}
