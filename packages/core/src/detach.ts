// Results made fit to travel and to outlive their chunk.
//
// A posted view carries its whole buffer; a view of a lane's file buffer would change with the next read, and one of a buffer
// that the chunk function keeps would change with its next call. So views of ordinary buffers are copied, and the copies, which
// nobody else has, are handed over whole where they are large. Views of shared memory stay: they are what sharing is for.

import { show } from './check.js'
import { LaneChunk } from './lane-chunk.js'
import { runtime } from './runtime.js'

/** What a value that is no view weighs, roughly, in bytes. */
const plainBytes = 16
/** Buffers of this size and larger are transferred; a smaller one is cloned sooner than it is transferred. */
const transferBytes = 64 * 1024
/** How deep in a payload buffers are looked for. */
const deepestTransfer = 6
/** How many steps a path to what cannot be cloned has at most: each is found with another try at a clone. */
const longestPath = 50

/** Stands for what an object became, as long as that is being found out. */
const underway: unique symbol = Symbol('underway')
/** The name of a typed array's own kind: asked of the array itself, a class made from it may give another one. */
// `!`: each kind of typed array has it from the one class behind them all.
const elementName = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)!
  .get!

/** Detaches results, and adds up roughly how much memory they take. */
export class Detacher {
  /** Bytes of all results since this was set to 0. An estimate: it decides when a lane hands over what it holds. */
  weight = 0
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
      this.#weigh(value)
      return value
    }
    if (ArrayBuffer.isView(value)) return this.#detachView(value)
    this.#seen = new Map()
    this.#isStrange = false
    this.#isTangled = false
    const detached = this.#detach(value)
    // What is not understood may hide a view of the buffer that is read into next: only a clone is safe then.
    const needsClone = this.#isStrange && this.#reused() !== undefined
    return needsClone || (this.#isTangled && detached !== value) ? runtime.structuredClone(value) : detached
  }

  /** `view`, which nobody else has: it can be transferred if it is large. */
  adopt<V extends ArrayBufferView>(view: V): V {
    if (view.byteLength >= transferBytes) {
      this.#copies.add(view.buffer)
      this.#hasCopies = true
    }
    return view
  }

  /** A large view that its maker may want again, as a copy that can be transferred; anything else as it is. */
  release(value: unknown): unknown {
    if (!ArrayBuffer.isView(value) || value.byteLength < transferBytes || this.#copies.has(value.buffer)) return value
    return this.#detachView(value)
  }

  /** The large buffers in `payload` that nobody else has. They are told once. */
  takeTransferable(payload: unknown): readonly ArrayBufferLike[] {
    if (!this.#hasCopies) return []
    this.#hasCopies = false
    const found = new Set<ArrayBufferLike>()
    this.#findCopies(payload, found, 0)
    return [...found]
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

  #weigh(value: unknown): void {
    this.weight += typeof value === 'string' ? 2 * value.length : plainBytes
  }

  #detach(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) {
      this.#weigh(value)
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
    const prototype = Object.getPrototypeOf(value)
    if (prototype === Object.prototype || prototype === null)
      return this.#detachObject(value as Record<string, unknown>)
    if (prototype === Map.prototype) return this.#detachMap(value as Map<unknown, unknown>)
    if (prototype === Set.prototype) {
      const list = [...(value as Set<unknown>)]
      const detached = this.#detachList(list)
      return detached === list ? value : new Set(detached)
    }
    // A lane's one chunk object, which is another chunk by the time that this is handed over.
    if (value instanceof LaneChunk) return { ...value }
    this.weight += value instanceof ArrayBuffer ? value.byteLength : plainBytes
    this.#isStrange ||= !(value instanceof Date || value instanceof RegExp)
    return value
  }

  #detachView(view: ArrayBufferView): ArrayBufferView {
    this.weight += view.byteLength
    const { buffer, byteOffset, byteLength } = view
    if (buffer instanceof SharedArrayBuffer && buffer !== this.#reused()) return view
    const copy = this.adopt(new Uint8Array(byteLength))
    copy.set(new Uint8Array(buffer, byteOffset, byteLength))
    if (view instanceof DataView) return new DataView(copy.buffer)
    // `as`: the name is that of a typed array, which is a global.
    const name = elementName.call(view) as string
    const Elements = (globalThis as unknown as Record<string, new (buffer: ArrayBuffer) => ArrayBufferView>)[name]!
    return new Elements(copy.buffer)
  }

  #detachList(list: readonly unknown[]): readonly unknown[] {
    let detached: unknown[] | undefined
    for (let i = 0; i < list.length; i++) {
      const member = list[i]
      if (typeof member === 'number') {
        this.weight += 8
        continue
      }
      const changed = this.#detach(member)
      if (!Object.is(changed, member)) {
        detached ??= list.slice()
        detached[i] = changed
      }
    }
    // Properties besides the elements travel, too; only where they could be lost is it worth to look.
    const isAtStake = detached !== undefined || this.#reused() !== undefined
    if (isAtStake && Object.keys(list).length > list.length) {
      this.#isStrange = true
      this.#isTangled = true
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
    for (const key of Object.keys(object)) {
      const member = object[key]
      const changed = this.#detach(member)
      if (!Object.is(changed, member)) {
        detached ??= { ...object }
        detached[key] = changed
      }
    }
    return detached ?? object
  }
}

/**
 * The path to the first part of `value` that structured clone refuses, such as `.items[3].callback`; '' for `value` itself,
 * undefined if it can be cloned. It ends in `…` where that part lies deeper.
 */
export function findUncloneable(value: unknown, seen: Set<unknown> = new Set(), steps = 0): string | undefined {
  if (seen.has(value) || canClone(value)) return undefined
  seen.add(value)
  if (typeof value !== 'object' || value === null) return ''
  if (steps === longestPath) return '…'
  try {
    for (const [step, member] of membersOf(value)) {
      const path = findUncloneable(member, seen, steps + 1)
      if (path !== undefined) return step + path
    }
  } catch {
    // A proxy may throw whatever is asked of it; it cannot be cloned.
  }
  return ''
}

function canClone(value: unknown): boolean {
  try {
    runtime.structuredClone(value)
    return true
  } catch {
    // That it throws is the answer.
    return false
  }
}

function* membersOf(value: object): Iterable<readonly [step: string, member: unknown]> {
  if (value instanceof Map) {
    let i = 0
    for (const [key, member] of value) {
      yield [` key ${i}`, key]
      yield [`.get(${typeof key === 'string' ? show(key) : `key ${i}`})`, member]
      i++
    }
  } else if (value instanceof Set) {
    let i = 0
    for (const member of value) yield [` member ${i++}`, member]
  } else {
    for (const key of Object.keys(value)) {
      const step = Array.isArray(value)
        ? `[${key}]`
        : /^[\p{L}_$][\p{L}\p{N}_$]{0,59}$/u.test(key)
          ? `.${key}`
          : `[${show(key)}]`
      yield [step, memberOf(value, key)]
    }
  }
}

/** A member; for one whose getter throws something that cannot be cloned either. */
function memberOf(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key]
  } catch {
    return memberOf
  }
}
