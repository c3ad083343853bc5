// Parameters on their way to the lanes: cloned once for each, while shared data in them stays shared.

import { findUncloneable } from './detach.js'
import { runtime } from './runtime.js'
import { type DataDescription, SharedMemory } from './shared-data.js'

const sharedKey = '~onecopy.shared'

/**
 * A snapshot of `params` that can be posted: later changes by the caller do not reach the run.
 *
 * @throws {TypeError} something in it cannot be cloned, named by its path
 */
export function describeParams(params: unknown): unknown {
  const described = mapDeep(params, (value) => {
    if (value instanceof SharedMemory) return { [sharedKey]: value.describe() }
    if ('describe' in value && 'open' in value)
      throw new TypeError('params: only data in memory can be in them; load() the file')
    return undefined
  })
  // Cloning sends a message to oneself on some runtimes, which takes longer than a short run; a fresh flat object is a clone.
  if (isFlat(described)) return described
  try {
    return runtime.structuredClone(described)
  } catch (cause) {
    throw new TypeError(`params${findUncloneable(described) ?? ''}: cannot be sent to a lane`, { cause })
  }
}

/** Whether `described` is a primitive, or a plain object of primitives, that can be cloned. */
function isFlat(described: unknown): boolean {
  if (typeof described !== 'object' || described === null) return isClonablePrimitive(described)
  const prototype = Object.getPrototypeOf(described)
  return (prototype === Object.prototype || prototype === null) && Object.values(described).every(isClonablePrimitive)
}

function isClonablePrimitive(value: unknown): boolean {
  return value === null || !['object', 'function', 'symbol'].includes(typeof value)
}

/** The parameters in a lane, with shared data opened by `open`. */
export function loadParams(described: unknown, open: (description: DataDescription) => unknown): unknown {
  return mapDeep(described, (value) => {
    // `as`: the key is ours alone.
    const shared = (value as Record<string, DataDescription>)[sharedKey]
    return shared === undefined ? undefined : open(shared)
  })
}

/** `value` with each object in it for which `replace` gives something replaced by that; plain objects, arrays, maps and sets are followed. */
function mapDeep(value: unknown, replace: (value: object) => unknown, seen: Map<object, unknown> = new Map()): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (seen.has(value)) return seen.get(value)
  const replaced = replace(value)
  if (replaced !== undefined) return replaced
  if (Array.isArray(value)) {
    const copy: unknown[] = []
    seen.set(value, copy)
    for (const member of value) copy.push(mapDeep(member, replace, seen))
    return copy
  }
  if (value instanceof Map) {
    const copy = new Map<unknown, unknown>()
    seen.set(value, copy)
    for (const [key, member] of value) copy.set(mapDeep(key, replace, seen), mapDeep(member, replace, seen))
    return copy
  }
  if (value instanceof Set) {
    const copy = new Set<unknown>()
    seen.set(value, copy)
    for (const member of value) copy.add(mapDeep(member, replace, seen))
    return copy
  }
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return value
  const copy: Record<string, unknown> = {}
  seen.set(value, copy)
  for (const [key, member] of Object.entries(value)) {
    // Defined, not assigned: a key named __proto__ is a key like any other.
    Object.defineProperty(copy, key, {
      value: mapDeep(member, replace, seen),
      enumerable: true,
      writable: true,
      configurable: true,
    })
  }
  return copy
}
