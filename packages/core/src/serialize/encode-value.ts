// Writes plain data as bytes: whatever structured clone accepts, as it would come out of the clone. docs/parts.md describes the
// format.

import { isArrayBuffer, isDate, isError, isMap, isRegExp, isSet, isSharedArrayBuffer } from '../base/built-in.js'
import { show } from '../base/check.js'
import { kindOf } from '../data/typed-array.js'
import type { ByteWriter } from './byte-writer.js'
import { errorNames, longestSparse, tags, viewKinds } from './value-tags.js'

/**
 * Write `value`. An object that occurs twice is written once, so circles are no problem.
 *
 * A view is written with the bytes that it shows, and not with the rest of its buffer. Shared memory is written with its content.
 *
 * @throws {TypeError} something in it cannot be written: a function, a symbol, an object of the runtime such as a stream; or it
 *   is nested too deeply
 */
export function encodeValue(writer: ByteWriter, value: unknown): void {
  try {
    new ValueEncoder(writer).add(value)
  } catch (cause) {
    // `as`: it is only compared.
    if ((cause as Error | undefined)?.name !== 'RangeError') throw cause
    throw new TypeError('value: it is nested too deeply, or too large, to be written as bytes', { cause })
  }
}

class ValueEncoder {
  readonly #writer: ByteWriter
  readonly #seen = new Map<object, number>()

  constructor(writer: ByteWriter) {
    this.#writer = writer
  }

  add(value: unknown): void {
    switch (typeof value) {
      case 'undefined':
        this.#writer.byte(tags.undefined)
        break
      case 'boolean':
        this.#writer.byte(value ? tags.true : tags.false)
        break
      case 'number':
        this.#writer.byte(tags.number)
        this.#writer.float(value)
        break
      case 'bigint':
        this.#addBigInt(value)
        break
      case 'string':
        this.#addText(value)
        break
      case 'object':
        if (value === null) this.#writer.byte(tags.null)
        else this.#addObject(value)
        break
      default:
        throw new TypeError(`value: ${show(value)} cannot be written as bytes`)
    }
  }

  #addBigInt(value: bigint): void {
    this.#writer.byte(tags.bigint)
    this.#writer.byte(value < 0n ? 1 : 0)
    this.#writer.text((value < 0n ? -value : value).toString(16))
  }

  #addText(value: string): void {
    const isWellFormed = !/\p{Surrogate}/u.test(value)
    this.#writer.byte(isWellFormed ? tags.text : tags.codeUnits)
    if (isWellFormed) this.#writer.text(value)
    else this.#writer.codeUnits(value)
  }

  #addObject(value: object): void {
    const writer = this.#writer
    const known = this.#seen.get(value)
    if (known !== undefined) {
      writer.byte(tags.again)
      writer.integer(known)
      return
    }
    this.#seen.set(value, this.#seen.size)
    if (ArrayBuffer.isView(value)) this.#addView(value)
    else if (Array.isArray(value)) this.#addList(value)
    else if (isMap(value)) {
      writer.byte(tags.map)
      writer.integer(value.size)
      for (const [key, member] of value) {
        this.add(key)
        this.add(member)
      }
    } else if (isSet(value)) {
      writer.byte(tags.set)
      writer.integer(value.size)
      for (const member of value) this.add(member)
    } else if (isDate(value)) {
      writer.byte(tags.date)
      writer.float(value.getTime())
    } else if (isRegExp(value)) {
      writer.byte(tags.regExp)
      this.add(value.source)
      this.add(value.flags)
    } else if (isArrayBuffer(value)) this.#addBytes(tags.arrayBuffer, new Uint8Array(value))
    else if (isSharedArrayBuffer(value)) this.#addBytes(tags.sharedBuffer, new Uint8Array(value))
    else if (isError(value)) this.#addError(value)
    else this.#addPlain(value)
  }

  #addBytes(tag: number, bytes: Uint8Array): void {
    this.#writer.byte(tag)
    this.#writer.integer(bytes.length)
    this.#writer.bytes(bytes)
  }

  #addView(view: ArrayBufferView): void {
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
    const kind = kindOf(view)
    if (kind === 'DataView') {
      this.#addBytes(tags.dataView, bytes)
      return
    }
    this.#writer.byte(tags.typedArray)
    // `as`: `kindOf` gives one of these names.
    this.#addBytes(viewKinds.indexOf(kind as (typeof viewKinds)[number]), bytes)
  }

  #addList(list: readonly unknown[]): void {
    const keys = Object.keys(list)
    const isDense = keys.length === list.length && (list.length === 0 || keys.at(-1) === String(list.length - 1))
    if (!isDense && list.length > longestSparse) {
      throw new TypeError(`value: a list with holes of ${list.length} elements is too long to be written as bytes`)
    }
    this.#writer.byte(isDense ? tags.list : tags.sparseList)
    this.#writer.integer(list.length)
    if (isDense) for (const member of list) this.add(member)
    else this.#addMembers(list, keys)
  }

  #addMembers(object: object, keys: readonly string[]): void {
    this.#writer.integer(keys.length)
    for (const key of keys) {
      this.#addText(key)
      // `as`: any member of any object can be read.
      this.add((object as Readonly<Record<string, unknown>>)[key])
    }
  }

  /** As a clone has it: one of the standard names, the message, the stack and the cause. */
  #addError(error: Error): void {
    const { name, stack } = error
    this.#writer.byte(tags.error)
    this.#writer.byte(Math.max(0, errorNames.indexOf(name as (typeof errorNames)[number])))
    this.add(Object.hasOwn(error, 'message') ? String(error.message) : undefined)
    this.add(typeof stack === 'string' ? stack : undefined)
    this.#writer.byte(Object.hasOwn(error, 'cause') ? 1 : 0)
    if (Object.hasOwn(error, 'cause')) this.add(error.cause)
  }

  #addPlain(value: object): void {
    const kind = Object.prototype.toString.call(value)
    if (
      kind === '[object Boolean]' ||
      kind === '[object Number]' ||
      kind === '[object String]' ||
      kind === '[object BigInt]'
    ) {
      this.#writer.byte(tags.boxed)
      this.add(value.valueOf())
      return
    }
    const prototype = Object.getPrototypeOf(value)
    const isPlain = prototype === null || prototype === Object.prototype || kind === '[object Object]'
    // An object of the runtime has its content inside, where only the runtime can see it.
    if (!isPlain) throw new TypeError(`value: ${show(value)} cannot be written as bytes`)
    this.#writer.byte(tags.object)
    this.#addMembers(value, Object.keys(value))
  }
}
