// Makes results fit to travel and to outlive their chunk.
//
// A posted view carries its whole buffer. A view of a lane's file buffer would change with the next read, and a view of a buffer
// that the chunk function keeps would change with its next call. So views of ordinary buffers are copied. The copies belong to
// nobody else, so large ones are transferred. Views of shared memory stay as they are: they are what sharing is for.

import { isArrayBuffer, isDate, isError, isMap, isRegExp, isSet, isSharedArrayBuffer } from '../base/built-in.js'
import { runtime } from '../base/runtime.js'
import type { Payload } from '../protocol/report.js'
import { viewLike } from '../serialize/own-views.js'
import { rebuild } from '../serialize/rebuild.js'
import { extraKeys } from '../serialize/uncloneable.js'
import { LaneChunk } from './chunk.js'

/** What a primitive weighs, roughly, in bytes: so much, and a string its characters besides. */
const plainBytes = 16
/** What an object weighs besides its members. */
const objectBytes = 32
/** Objects with more keys than this are taken for tables: their keys are their own, and weigh as strings do. */
const fewKeys = 16
/** Buffers of this size and larger are transferred; a smaller one is cloned sooner than it is transferred. */
const transferBytes = 64 * 1024
/** In lists of up to so many elements that are not all numbers, properties besides the elements are always looked for. */
const shortList = 64
/** How deep in a payload buffers are looked for. */
const deepestTransfer = 7
/** How deep the quick look for something to copy goes. */
const deepestLook = 8
/** Stands for what an object became, as long as that is being found out. */
const underway: unique symbol = Symbol('underway')

/** A payload that is ready to be posted. */
export interface Packed {
  readonly payload: Payload
  /** Its large buffers, which nobody else has. */
  readonly transfer: readonly ArrayBufferLike[]
  /** Roughly how much memory it takes, in bytes. */
  readonly approxBytes: number
}

/** Detaches results from their chunk, packs them for the way home, and adds up roughly how much memory they take. */
export class ResultCopier {
  /** Bytes of all results since the last `pack`. An estimate: it decides when a lane hands over what it holds. */
  approxBytes = 0
  readonly #reused: () => ArrayBufferLike | undefined
  /** The large buffers that were made here and nobody else has. */
  readonly #copies = new WeakSet<ArrayBufferLike>()
  /** Whether there are new ones since they were last told. */
  #hasCopies = false
  /** Objects of the result at hand: what each became, or `underway` while it is looked at. */
  #seen = new Map<object, unknown>()
  /** Whether the result at hand holds something that is not understood here. */
  #isStrange = false
  /** Whether it has a shape that a copy would lose: it holds itself, or a list in it has properties besides its elements. */
  #isTangled = false

  /** Accumulators of a fold are being packed. The bytes of their chunks are gone. */
  #isFolded = false

  /** @param reused - the buffer that will be written again, if there is one: no view of it may leave, even of all of it */
  constructor(reused: () => ArrayBufferLike | undefined) {
    this.#reused = reused
  }

  /**
   * `value` with no view of a larger or reused buffer in it. What has nothing to copy is returned as it is.
   *
   * @throws what structured clone throws
   */
  detach(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) {
      this.#addBytesOf(value)
      return value
    }
    if (ArrayBuffer.isView(value)) return this.#detachView(value)
    const { approxBytes } = this
    if (this.#isPlain(value, 0)) return value
    this.approxBytes = approxBytes
    this.#seen = new Map()
    this.#isStrange = false
    this.#isTangled = false
    const detached = this.#detach(value)
    const kept = this.#isTangled && detached !== value ? rebuild(value, this.#detachedViews()) : detached
    // What is not understood may hide a view of the buffer that is read into next: only a clone is safe then.
    return this.#isStrange && this.#reused() !== undefined ? runtime.structuredClone(kept) : kept
  }

  /**
   * Everything that a lane hands over at once, ready to be posted.
   *
   * @param isFolded - the values are accumulators of a fold, of which nothing was copied before
   * @throws what structured clone throws; or, which `isKeptBytes` tells, that a fold has kept a view of its chunk
   */
  pack(payload: Payload, isFolded: boolean): Packed {
    this.#isFolded = isFolded
    const packed = this.#packPayload(payload)
    this.#isFolded = false
    const { approxBytes } = this
    this.approxBytes = 0
    if (!this.#hasCopies) return { payload: packed, transfer: [], approxBytes }
    this.#hasCopies = false
    const found = new Set<ArrayBufferLike>()
    this.#findCopies(packed, found, 0)
    return { payload: packed, transfer: [...found], approxBytes }
  }

  #packPayload(payload: Payload): Payload {
    if (payload.kind === 'list') {
      const { values } = payload
      // `as`: they are numbers.
      const areNumbers = values.length > 0 && values.every((value) => typeof value === 'number')
      const packed = areNumbers ? this.#adopt(Float64Array.from(values as readonly number[])) : values
      return { kind: 'list', chunkIndices: this.#adopt(payload.chunkIndices), values: packed }
    }
    if (payload.kind === 'tree') {
      const nodes = payload.nodes.map((node) =>
        Object.hasOwn(node, 'value') ? { ...node, value: this.#release(node.value) } : node,
      )
      return { kind: 'tree', nodes }
    }
    return Object.hasOwn(payload, 'value') ? { ...payload, value: this.#release(payload.value) } : payload
  }

  /** Note that nobody else has `view`: it is transferred if it is large. */
  #adopt<V extends ArrayBufferView>(view: V): V {
    if (view.byteLength >= transferBytes) {
      this.#copies.add(view.buffer)
      this.#hasCopies = true
    }
    return view
  }

  /** A large view that its maker may want again, as a copy that can be transferred; anything else as it is. */
  #release(value: unknown): unknown {
    if (this.#isFolded) return this.detach(value)
    if (!ArrayBuffer.isView(value) || value.byteLength < transferBytes || this.#copies.has(value.buffer)) return value
    return this.#detachView(value)
  }

  /** Looks where results usually have their views: in members of plain objects, and in lists. */
  #findCopies(value: unknown, found: Set<ArrayBufferLike>, depth: number): void {
    if (typeof value !== 'object' || value === null || depth > deepestTransfer) return
    if (ArrayBuffer.isView(value)) {
      if (this.#copies.has(value.buffer)) found.add(value.buffer)
    } else if (Array.isArray(value)) {
      // A list of primitives can be long, and there is nothing in it.
      if (typeof value[0] === 'object') for (const member of value) this.#findCopies(member, found, depth + 1)
    } else if (Object.getPrototypeOf(value) === Object.prototype) {
      for (const member of Object.values(value)) this.#findCopies(member, found, depth + 1)
    }
  }

  #addBytesOf(value: unknown): void {
    if (typeof value === 'string') this.approxBytes += plainBytes + 2 * value.length
    else if (typeof value === 'bigint') this.approxBytes += plainBytes + bytesOfBigInt(value)
    else this.approxBytes += plainBytes
  }

  /** The views and buffers of the result at hand that were copied, each with its copy. */
  #detachedViews(): Map<object, unknown> {
    const views = new Map<object, unknown>()
    for (const [part, detached] of this.#seen) {
      if (ArrayBuffer.isView(part) || isArrayBuffer(part)) views.set(part, detached)
    }
    return views
  }

  /**
   * Whether there is nothing to copy in `value`: a quick look that makes no copies and no notes. False also for what it does not
   * understand, such as a value that holds itself.
   */
  #isPlain(value: unknown, depth: number): boolean {
    if (typeof value !== 'object' || value === null) {
      this.#addBytesOf(value)
      return true
    }
    if (depth === deepestLook || ArrayBuffer.isView(value)) return false
    this.approxBytes += objectBytes
    const prototype = Object.getPrototypeOf(value)
    if (prototype === Object.prototype || prototype === null) {
      // `as`: any object has members.
      return this.#isPlainObject(value as Record<string, unknown>, depth)
    }
    if (Array.isArray(value)) return this.#isPlainList(value, depth)
    if (isMap(value)) {
      for (const [key, member] of value) {
        if (!this.#isPlain(key, depth + 1) || !this.#isPlain(member, depth + 1)) return false
      }
      return true
    }
    return isDate(value)
  }

  #isPlainObject(object: Record<string, unknown>, depth: number): boolean {
    const keys = Object.keys(object)
    for (const key of keys) {
      if (keys.length > fewKeys) this.approxBytes += plainBytes + key.length
      if (!this.#isPlain(object[key], depth + 1)) return false
    }
    return true
  }

  #isPlainList(list: readonly unknown[], depth: number): boolean {
    let numbers = 0
    for (let i = 0; i < list.length; i++) {
      const member = list[i]
      if (typeof member === 'number') {
        this.approxBytes += 8
        numbers++
      } else if (!this.#isPlain(member, depth + 1)) {
        return false
      }
    }
    return !this.#looksForExtras(list, numbers) || extraKeys(list).length === 0
  }

  #detach(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) {
      this.#addBytesOf(value)
      return value
    }
    const known = this.#seen.get(value)
    if (known === underway) {
      this.#isTangled = true
      return value
    }
    if (known !== undefined) return known
    this.#seen.set(value, underway)
    const detached = ArrayBuffer.isView(value) ? this.#detachView(value) : this.#detachParts(value)
    this.#seen.set(value, detached)
    return detached
  }

  #detachParts(value: object): unknown {
    if (Array.isArray(value)) return this.#detachList(value)
    this.approxBytes += objectBytes
    const prototype = Object.getPrototypeOf(value)
    // `as`: any object has members.
    const object = value as Record<string, unknown>
    if (prototype === Object.prototype || prototype === null) return this.#detachObject(object)
    // A lane's one chunk object, which is another chunk by the time that this is handed over.
    if (value instanceof LaneChunk) return { ...value }
    // Of an instance of a class its own members travel.
    if (Object.prototype.toString.call(value) === '[object Object]') return this.#detachObject(object)
    return this.#detachBuiltIn(value)
  }

  #detachBuiltIn(value: object): unknown {
    if (isMap(value)) return this.#detachMap(value)
    if (isSet(value)) {
      const list = [...value]
      const detached = this.#detachList(list)
      return detached === list ? value : new Set(detached)
    }
    if (isArrayBuffer(value)) return this.#detachView(new Uint8Array(value)).buffer
    if (isDate(value) || isRegExp(value)) return value
    if (isError(value)) {
      // Its `cause` travels with it, and may be large.
      for (const key of ['message', 'stack', 'cause'] as const) if (Object.hasOwn(value, key)) this.#detach(value[key])
    }
    this.#isStrange = true
    return value
  }

  #detachView(view: ArrayBufferView): ArrayBufferView {
    this.approxBytes += view.byteLength
    const { buffer, byteOffset, byteLength } = view
    const isReused = buffer === this.#reused()
    if (isReused && this.#isFolded) throw keptBytes()
    if (isSharedArrayBuffer(buffer) && !isReused) return view
    const copy = this.#adopt(new Uint8Array(byteLength))
    copy.set(new Uint8Array(buffer, byteOffset, byteLength))
    return viewLike(view, copy.buffer, 0)
  }

  #detachList(list: readonly unknown[]): readonly unknown[] {
    this.approxBytes += objectBytes
    let detached: unknown[] | undefined
    let numbers = 0
    for (let i = 0; i < list.length; i++) {
      const member = list[i]
      if (typeof member === 'number') {
        this.approxBytes += 8
        numbers++
        continue
      }
      const changed = this.#detach(member)
      if (!Object.is(changed, member)) {
        detached ??= list.slice()
        detached[i] = changed
      }
    }
    if (detached !== undefined || this.#looksForExtras(list, numbers)) {
      for (const key of extraKeys(list)) {
        // `as`: any object has members.
        const member = (list as unknown as Record<string, unknown>)[key]
        const changed = this.#detach(member)
        if (!Object.is(changed, member)) detached ??= list.slice()
        if (detached !== undefined) this.#isTangled = true
      }
    }
    return detached ?? list
  }

  /**
   * Whether to look for properties besides the elements, which travel, too. Looking for them takes longer than all else in a long
   * list, and in a list of numbers. So it is done there only where they could be lost.
   */
  #looksForExtras(list: readonly unknown[], numbers: number): boolean {
    const isQuick = list.length <= shortList && (list.length === 0 || numbers < list.length)
    return isQuick || this.#reused() !== undefined
  }

  #detachMap(map: Map<unknown, unknown>): Map<unknown, unknown> {
    const entries = [...map].flat()
    const detached = this.#detachList(entries)
    if (detached === entries) return map
    const changed = new Map<unknown, unknown>()
    for (let i = 0; i < detached.length; i += 2) changed.set(detached[i], detached[i + 1])
    return changed
  }

  #detachObject(object: Record<string, unknown>): Record<string, unknown> {
    let detached: Record<string, unknown> | undefined
    const keys = Object.keys(object)
    for (const key of keys) {
      if (keys.length > fewKeys) this.approxBytes += plainBytes + key.length
      const member = object[key]
      const changed = this.#detach(member)
      if (!Object.is(changed, member)) {
        detached ??= copyObject(object)
        detached[key] = changed
      }
    }
    return detached ?? object
  }
}

/** A copy of an object with its own members, of the same class. */
function copyObject(object: Record<string, unknown>): Record<string, unknown> {
  const copy = { ...object }
  const prototype = Object.getPrototypeOf(object)
  return prototype === Object.prototype ? copy : Object.setPrototypeOf(copy, prototype)
}

const manyBits = 2n ** 64n

function bytesOfBigInt(value: bigint): number {
  return value < manyBits && value > -manyBits ? 8 : value.toString(16).length / 2
}

const keptMessage =
  'fold: the accumulator holds a view of the bytes of its chunk, which are overwritten by the next chunk; ' +
  'keep a copy: bytes.slice(start, end)'

function keptBytes(): TypeError {
  return new TypeError(keptMessage)
}

/** Whether `pack` threw because a fold has kept a view of its chunk. */
export function isKeptBytes(thrown: unknown): boolean {
  return isError(thrown) && thrown.message === keptMessage
}
