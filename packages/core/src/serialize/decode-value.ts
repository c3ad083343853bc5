// Reads values that `encodeValue` has written. The bytes may come from anywhere, so nothing about them is taken on trust: they give
// a value or a BytesError.

import { allocateShared, isError } from '../base/built-in.js'
import { defineOwn } from '../base/own-members.js'
import { kinds } from '../data/typed-array.js'
import { type ByteReader, BytesError } from './byte-reader.js'
import { longestSparse, tags, viewKinds } from './value-tags.js'

/**
 * Read one value.
 *
 * @throws {BytesError} the bytes are not those of a value
 */
export function decodeValue(reader: ByteReader): unknown {
  try {
    return new ValueDecoder(reader).read()
  } catch (cause) {
    if (cause instanceof BytesError) throw cause
    // Nested too deeply, no UTF-8, no regular expression: what the language throws.
    throw new BytesError(isError(cause) ? cause.message : String(cause), { cause })
  }
}

const errorClasses = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError] as const

/** Stands for an object that is being read. */
const underway: unique symbol = Symbol('underway')

class ValueDecoder {
  readonly #reader: ByteReader
  /** The objects so far, in the order in which they begin. */
  readonly #objects: unknown[] = []

  constructor(reader: ByteReader) {
    this.#reader = reader
  }

  read(): unknown {
    const reader = this.#reader
    const tag = reader.byte()
    switch (tag) {
      case tags.undefined:
        return undefined
      case tags.null:
        return null
      case tags.false:
        return false
      case tags.true:
        return true
      case tags.number:
        return reader.float()
      case tags.bigint:
        return this.#readBigInt()
      case tags.text:
        return reader.text()
      case tags.codeUnits:
        return reader.codeUnits()
      case tags.again:
        return this.#readAgain()
      default:
        return this.#readObject(tag)
    }
  }

  #readBigInt(): bigint {
    const isNegative = this.#reader.byte() === 1
    const digits = this.#reader.text()
    if (!/^[0-9a-f]+$/.test(digits)) throw new BytesError('a bigint has no digits')
    const value = BigInt(`0x${digits}`)
    return isNegative ? -value : value
  }

  #readAgain(): unknown {
    const number = this.#reader.integer()
    if (number >= this.#objects.length || this.#objects[number] === underway) {
      throw new BytesError('an object is named before it is there')
    }
    return this.#objects[number]
  }

  #readObject(tag: number): unknown {
    const number = this.#objects.push(underway) - 1
    /** Note the object before its members are read, because they may lead back to it. */
    const note = <O>(object: O): O => {
      this.#objects[number] = object
      return object
    }
    switch (tag) {
      case tags.list:
        return this.#readList(note([]))
      case tags.sparseList:
        return this.#readSparseList(note([]))
      case tags.object:
        return this.#readMembers(note({}))
      case tags.map:
        return this.#readMap(note(new Map()))
      case tags.set:
        return this.#readSet(note(new Set()))
      case tags.error:
        return this.#readError(note)
      default:
        return note(this.#readLeaf(tag))
    }
  }

  #readList(list: unknown[]): unknown[] {
    const length = this.#reader.count(1)
    for (let i = 0; i < length; i++) list.push(this.read())
    return list
  }

  #readSparseList(list: unknown[]): unknown[] {
    const length = this.#reader.integer()
    if (length > longestSparse) throw new BytesError('a list is too long')
    list.length = length
    this.#readMembers(list)
    if (list.length !== length) throw new BytesError('a list has a member behind its end')
    return list
  }

  #readMembers<O extends object>(object: O): O {
    const count = this.#reader.count(2)
    for (let i = 0; i < count; i++) {
      const key = this.read()
      if (typeof key !== 'string') throw new BytesError('a key is no text')
      if (Array.isArray(object) && key === 'length') throw new BytesError('a list has a second length')
      defineOwn(object, key, this.read())
    }
    return object
  }

  #readMap(map: Map<unknown, unknown>): Map<unknown, unknown> {
    const size = this.#reader.count(2)
    for (let i = 0; i < size; i++) map.set(this.read(), this.read())
    return map
  }

  #readSet(set: Set<unknown>): Set<unknown> {
    const size = this.#reader.count(1)
    for (let i = 0; i < size; i++) set.add(this.read())
    return set
  }

  #readError(note: (error: Error) => Error): Error {
    const Class = errorClasses[this.#reader.byte()]
    if (Class === undefined) throw new BytesError('an error is of an unknown class')
    const error = note(new Class())
    for (const key of ['message', 'stack'] as const) {
      const text = this.read()
      if (typeof text === 'string') defineOwn(error, key, text, false)
      else if (text !== undefined) throw new BytesError(`the ${key} of an error is no text`)
    }
    if (this.#reader.byte() === 1) defineOwn(error, 'cause', this.read(), false)
    return error
  }

  /** An object that holds no other. */
  #readLeaf(tag: number): object {
    const reader = this.#reader
    switch (tag) {
      case tags.date:
        return new Date(reader.float())
      case tags.regExp:
        return new RegExp(this.#readText(), this.#readText())
      case tags.typedArray:
        return this.#readTypedArray()
      case tags.dataView:
        return new DataView(reader.bytes(reader.count(1)).buffer)
      case tags.arrayBuffer:
        return reader.bytes(reader.count(1)).buffer
      case tags.sharedBuffer:
        return this.#readShared()
      case tags.boxed:
        return this.#readBoxed()
      default:
        throw new BytesError(`there is no kind ${tag} of values`)
    }
  }

  #readText(): string {
    const text = this.read()
    if (typeof text !== 'string') throw new BytesError('something is no text')
    return text
  }

  #readTypedArray(): ArrayBufferView {
    const kind = this.#reader.byte()
    const Elements = kinds.get(viewKinds[kind] ?? '')
    if (Elements === undefined)
      throw new BytesError(`this runtime has no typed array of kind ${viewKinds[kind] ?? kind}`)
    const bytes = this.#reader.bytes(this.#reader.count(1))
    const length = bytes.length / Elements.BYTES_PER_ELEMENT
    if (!Number.isInteger(length)) throw new BytesError('a typed array ends within an element')
    return new Elements(bytes.buffer, 0, length)
  }

  #readShared(): SharedArrayBuffer {
    const bytes = this.#reader.bytes(this.#reader.count(1))
    const buffer = allocateShared(bytes.length)
    new Uint8Array(buffer).set(bytes)
    return buffer
  }

  #readBoxed(): object {
    const value = this.read()
    if (!['boolean', 'number', 'string', 'bigint'].includes(typeof value)) throw new BytesError('a box holds an object')
    return Object(value)
  }
}
