// Finds what in a value cannot travel as it is: shared data, and views that show only a part of their buffer.

import { isArrayBuffer, isSharedArrayBuffer } from '../base/built-in.js'
import type { DataDescription } from '../data/contract.js'
import { countBuffer } from '../data/memory-accounts.js'
import { isSharedMemory } from '../data/shared-memory.js'
import type { TableLayout } from '../tables/contract.js'
import { isSharedTable } from '../tables/shared-map.js'
import { cloneValue } from './clone.js'
import { isFileData } from './kinds.js'
import { cutDown } from './own-views.js'
import { isRebuilt, rebuild } from './rebuild.js'
import { partsOf } from './uncloneable.js'

/**
 * Looks through a value.
 *
 * @throws {TypeError} shared data is where cloning would lose it, or is not in memory; the message names its path after `name`
 */
export class Survey {
  /** Shared data and tables. Of a table it is the memory that is described. */
  readonly shared: Map<object, DataDescription> = new Map()
  /** How the tables among `shared` lie in their memory. */
  readonly layouts: Map<object, TableLayout> = new Map()
  /** Views of ordinary buffers, by buffer. */
  readonly views: Map<ArrayBufferLike, ArrayBufferView[]> = new Map()
  /** Ordinary buffers that are in the value without a view. */
  readonly whole: Set<object> = new Set()
  readonly buffers: Set<SharedArrayBuffer> = new Set()
  readonly #seen = new Set<object>()
  readonly #name: string

  constructor(name: string, value: unknown) {
    this.#name = name
    this.#look(value, '')
  }

  /** Replacements for views that show only a part of their buffer, and the buffers that were made for them. */
  cut(): { readonly replaced: Map<object, unknown>; readonly made: readonly ArrayBuffer[] } {
    const replaced = new Map<object, unknown>()
    const made = new Set<ArrayBuffer>()
    for (const [buffer, views] of this.views) {
      if (this.whole.has(buffer)) continue
      for (const [view, own] of cutDown(views)) {
        replaced.set(view, own)
        // `as`: `cutDown` makes ordinary buffers.
        made.add(own.buffer as ArrayBuffer)
      }
    }
    return { replaced, made: [...made] }
  }

  #look(value: unknown, path: string): void {
    if (typeof value !== 'object' || value === null || this.#seen.has(value)) return
    this.#seen.add(value)
    if (ArrayBuffer.isView(value)) {
      const { buffer } = value
      if (isSharedArrayBuffer(buffer)) this.#share(buffer)
      else this.#noteView(buffer, value)
      return
    }
    if (isSharedMemory(value)) this.shared.set(value, value.describe())
    else if (isSharedTable(value)) {
      const { memory, layout } = value.describe()
      this.shared.set(value, memory)
      this.layouts.set(value, layout)
    } else if (isSharedArrayBuffer(value)) this.#share(value)
    else if (isArrayBuffer(value)) this.whole.add(value)
    else if (isFileData(value))
      throw new TypeError(`${this.#name}${path}: only data in memory can be here; load() the file`)
    else this.#lookInto(value, path)
  }

  #noteView(buffer: ArrayBufferLike, view: ArrayBufferView): void {
    const views = this.views.get(buffer)
    if (views === undefined) this.views.set(buffer, [view])
    else views.push(view)
  }

  #share(buffer: SharedArrayBuffer): void {
    countBuffer(buffer)
    this.buffers.add(buffer)
  }

  #lookInto(value: object, path: string): void {
    const before = this.shared.size
    for (const [step, part] of partsOf(value)) {
      this.#look(part, path + step)
      // `as`: a Map can be asked for any value.
      if ((this.shared.size > before || this.shared.has(part as object)) && !isRebuilt(value)) {
        const where = Object.prototype.toString.call(value)
        throw new TypeError(
          `${this.#name}${path}${step}: shared data would be lost in ${where}; put it into a plain object, array, Map or Set`,
        )
      }
    }
  }
}

/**
 * Clone `value`, with views cut down to the bytes that they show. Getters are called only once, because some answer only once.
 *
 * @throws what structured clone throws
 */
export function cloneCut(value: unknown): unknown {
  const clone = cloneValue(value)
  if (typeof clone !== 'object' || clone === null) return clone
  const { replaced } = new Survey('', clone).cut()
  return replaced.size === 0 ? clone : rebuild(clone, replaced)
}
