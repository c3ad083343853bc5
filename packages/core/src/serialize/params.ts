// Parameters on their way to the lanes: cloned once for each, while shared data in them stays shared.

import { runtime } from '../base/runtime.js'
import type { DataDescription } from '../data/contract.js'
import { countBuffer, nameOf } from '../data/memory-accounts.js'
import { rebuild } from './rebuild.js'
import { isPlain, Survey } from './survey.js'
import { findUncloneable } from './uncloneable.js'

/** Parameters as they travel. */
export interface ParamsDescription {
  /** The parameters, with an empty object in the place of each piece of shared data. */
  readonly value: unknown
  /**
   * Those empty objects, and what each stands for. A clone of this description has the same object in both places, so no key
   * or value in the parameters can be mistaken for one.
   */
  readonly placeholders: readonly object[]
  /** The shared data that each of `placeholders` stands for. */
  readonly shared: readonly DataDescription[]
  /** Shared buffers that are in the parameters by themselves or behind a view. */
  readonly buffers: readonly SharedArrayBuffer[]
  /** The name of each of `buffers`. A buffer that arrives in a thread again is known by it. */
  readonly bufferNames: readonly string[]
}

/**
 * A snapshot of `params` that can be posted: later changes by the caller do not reach the run.
 *
 * @throws {TypeError} something in it cannot be cloned, or shared data is where it would be lost, named by its path
 */
export function describeParams(params: unknown): ParamsDescription {
  // Cloning sends a message to oneself on some runtimes, which takes longer than a short run; a fresh flat object is a clone.
  const flat = copyFlat(params)
  if (flat !== undefined) return { value: flat.value, placeholders: [], shared: [], buffers: [], bufferNames: [] }
  const survey = new Survey('params', params)
  const { replaced, made: transfer } = survey.cut()
  const placeholders: object[] = []
  const shared: DataDescription[] = []
  for (const [data, description] of survey.shared) {
    const placeholder = {}
    placeholders.push(placeholder)
    shared.push(description)
    replaced.set(data, placeholder)
  }
  const value = replaced.size === 0 ? params : rebuild(params, replaced)
  const buffers = [...survey.buffers]
  try {
    const cloned = runtime.structuredClone({ value, placeholders, buffers }, { transfer })
    const bufferNames = buffers.map(nameOf)
    countAll(cloned.buffers, bufferNames)
    // `shared` holds no object of the caller's: it needs no clone.
    return { value: cloned.value, placeholders: cloned.placeholders, shared, buffers: cloned.buffers, bufferNames }
  } catch (cause) {
    throw new TypeError(`params${findUncloneable(params) ?? ''}: cannot be sent to a lane`, { cause })
  }
}

/** A copy of `params`, if it is a primitive, or a plain object of primitives, that can be cloned. */
function copyFlat(params: unknown): { readonly value: unknown } | undefined {
  if (typeof params !== 'object' || params === null) {
    return isClonablePrimitive(params) ? { value: params } : undefined
  }
  if (!isPlain(params)) return undefined
  const copy = { ...params }
  return Object.values(copy).every(isClonablePrimitive) ? { value: copy } : undefined
}

function isClonablePrimitive(value: unknown): boolean {
  return value === null || !['object', 'function', 'symbol'].includes(typeof value)
}

function countAll(buffers: readonly SharedArrayBuffer[], names: readonly string[]): void {
  for (const [i, buffer] of buffers.entries()) countBuffer(buffer, names[i])
}

/** The parameters in a lane, with shared data opened by `open`. */
export function loadParams(described: ParamsDescription, open: (description: DataDescription) => unknown): unknown {
  const { value, placeholders, shared, buffers, bufferNames } = described
  countAll(buffers, bufferNames)
  if (shared.length === 0) return value
  const opened = new Map<object, unknown>()
  for (const [i, placeholder] of placeholders.entries()) opened.set(placeholder, open(shared[i]!))
  return rebuild(value, opened)
}
