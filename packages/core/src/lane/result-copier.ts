// Makes results fit to travel and to outlive their chunk.
//
// A posted view carries its whole buffer. A view of a lane's file buffer would change with the next read, and a view of a buffer
// that the chunk function keeps would change with its next call. So views of ordinary buffers are copied. The copies belong to
// nobody else, so large ones are transferred. Views of shared memory stay as they are: they are what sharing is for.

import { isArrayBuffer, isDate, isError, isMap, isRegExp, isSet, isSharedArrayBuffer } from '../base/built-in.js'
import type { Payload } from '../protocol/report.js'
import { cloneValue } from '../serialize/clone.js'
import { viewLike } from '../serialize/own-views.js'
import { rebuild } from '../serialize/rebuild.js'
import { extraKeys } from '../serialize/uncloneable.js'
import { bytesOfKeys, bytesOfPrimitive, listedNumberBytes, objectBytes } from './approx-bytes.js'
import { LaneChunk } from './chunk.js'
import { QuickLook } from './quick-look.js'

/** Buffers of this size and larger are transferred. Cloning a smaller buffer is quicker. */
const transferBytes = 64 * 1024
/** How deep in a payload to look for buffers. */
const deepestTransfer = 7
/** Stands for the copy of an object that is being worked on. */
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
  /** Roughly the memory of all results since the last `pack`, in bytes. */
  approxBytes = 0
  readonly #reused: () => ArrayBufferLike | undefined
  /** The large buffers that were made here and nobody else has. */
  readonly #copies = new WeakSet<ArrayBufferLike>()
  /** Whether there are new ones since the last `pack`. */
  #hasCopies = false
  /** For each object of the current result: its copy, or itself if nothing was to copy; `underway` while it is worked on. */
  #seen = new Map<object, unknown>()
  /** Whether the current result holds something that is not understood here. */
  #isStrange = false
  /** Whether a copy would lose its shape, because it contains itself, or a list in it has properties besides its elements. */
  #isTangled = false
  /** Whether an accumulator of a fold is being detached: the bytes of its chunks have been overwritten. */
  #isFolded = false

  readonly #look: QuickLook

  /** @param reused - the buffer that the next chunk is read into, if there is one. No view of it may leave */
  constructor(reused: () => ArrayBufferLike | undefined) {
    this.#reused = reused
    this.#look = new QuickLook(() => reused() !== undefined)
  }

  /**
   * Return `value` without a view of a larger or reused buffer in it. If there is nothing to copy, that is `value` itself.
   *
   * @throws what structured clone throws
   */
  detach(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) {
      this.approxBytes += bytesOfPrimitive(value)
      return value
    }
    if (ArrayBuffer.isView(value)) return this.#detachView(value)
    if (this.#look.isPlain(value)) {
      this.approxBytes += this.#look.bytes
      return value
    }
    this.#seen = new Map()
    this.#isStrange = false
    this.#isTangled = false
    const detached = this.#detach(value)
    const kept = this.#isTangled && detached !== value ? rebuild(value, this.#detachedViews()) : detached
    // Something that is not understood may hide a view of the reused buffer. Only a clone is safe then.
    return this.#isStrange && this.#reused() !== undefined ? cloneValue(kept) : kept
  }

  /**
   * Make a payload ready to be posted, and begin to count bytes anew.
   *
   * @param isFolded - the values are accumulators of a fold, which were not detached before
   * @throws what structured clone throws; or an error for which `isKeptBytes` is true
   */
  pack(payload: Payload, isFolded: boolean): Packed {
    const packed = this.#packPayload(payload, isFolded)
    const { approxBytes } = this
    this.approxBytes = 0
    if (!this.#hasCopies) return { payload: packed, transfer: [], approxBytes }
    this.#hasCopies = false
    const found = new Set<ArrayBufferLike>()
    this.#findCopies(packed, found, 0)
    return { payload: packed, transfer: [...found], approxBytes }
  }

  #packPayload(payload: Payload, isFolded: boolean): Payload {
    const pack = (value: unknown): unknown => (isFolded ? this.#detachFolded(value) : this.#release(value))
    if (payload.kind === 'list') {
      const { values } = payload
      // `as`: they are numbers.
      const areNumbers = values.length > 0 && values.every((value) => typeof value === 'number')
      const packed = areNumbers ? this.#adopt(Float64Array.from(values as readonly number[])) : values
      return { kind: 'list', chunkIndices: this.#adopt(payload.chunkIndices), values: packed }
    }
    if (payload.kind === 'tree') {
      const nodes = payload.nodes.map((node) =>
        Object.hasOwn(node, 'value') ? { ...node, value: pack(node.value) } : node,
      )
      return { kind: 'tree', nodes }
    }
    return Object.hasOwn(payload, 'value') ? { ...payload, value: pack(payload.value) } : payload
  }

  /** Note that nobody else has `view`. It is transferred if it is large. */
  #adopt<V extends ArrayBufferView>(view: V): V {
    if (view.byteLength >= transferBytes) {
      this.#copies.add(view.buffer)
      this.#hasCopies = true
    }
    return view
  }

  #detachFolded(acc: unknown): unknown {
    this.#isFolded = true
    try {
      return this.detach(acc)
    } finally {
      this.#isFolded = false
    }
  }

  /** Copy a large view, which its maker may want again, so that it can be transferred. Anything else is returned as it is. */
  #release(value: unknown): unknown {
    if (!ArrayBuffer.isView(value) || value.byteLength < transferBytes || this.#copies.has(value.buffer)) return value
    return this.#detachView(value)
  }

  /** Look where results usually have views: in members of plain objects, and in lists. */
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

  /** The views and buffers of the current result that were copied, each with its copy. */
  #detachedViews(): Map<object, unknown> {
    const views = new Map<object, unknown>()
    for (const [part, detached] of this.#seen) {
      if (ArrayBuffer.isView(part) || isArrayBuffer(part)) views.set(part, detached)
    }
    return views
  }

  #detach(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) {
      this.approxBytes += bytesOfPrimitive(value)
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
    // The lane's chunk object stands for another chunk by the time that the result is sent.
    if (value instanceof LaneChunk) return { ...value }
    // Of an instance of a class, structured clone sends its own members.
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
    if (isArrayBuffer(value) && !isSharedArrayBuffer(value)) return this.#detachView(new Uint8Array(value)).buffer
    if (isDate(value) || isRegExp(value)) return value
    if (isError(value)) {
      // Its `cause` is sent as well, and may be large.
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
        this.approxBytes += listedNumberBytes
        numbers++
        continue
      }
      const changed = this.#detach(member)
      if (!Object.is(changed, member)) {
        detached ??= list.slice()
        detached[i] = changed
      }
    }
    if (detached !== undefined || this.#look.looksForExtras(list, numbers)) {
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
    this.approxBytes += bytesOfKeys(keys)
    for (const key of keys) {
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
