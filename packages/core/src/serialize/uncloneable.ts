// Finds the part of a value that structured clone refuses.

import { isMap, isSet } from '../base/built-in.js'
import { show } from '../base/check.js'
import { runtime } from '../base/runtime.js'

/** A path has at most this many steps, because each step takes another attempt to clone. */
const longestPath = 50

/**
 * The path to the first part of `value` that structured clone refuses, for example `.items[3].callback`; '' for `value` itself;
 * undefined if `value` can be cloned. It ends in `…` if that part is deeper.
 */
export function findUncloneable(value: unknown, seen: Set<unknown> = new Set(), steps = 0): string | undefined {
  if (seen.has(value) || canClone(value)) return undefined
  seen.add(value)
  if (typeof value !== 'object' || value === null) return ''
  if (steps === longestPath) return '…'
  try {
    for (const [step, part] of partsOf(value)) {
      const path = findUncloneable(part, seen, steps + 1)
      if (path !== undefined) return step + path
    }
  } catch {
    // A proxy may throw on any access. It cannot be cloned.
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

/** The parts of `value` that may not be cloneable, each with the step that leads to it. */
export function* partsOf(value: object): Iterable<readonly [step: string, part: unknown]> {
  if (isMap(value)) {
    let i = 0
    for (const [key, member] of value) {
      if (isPart(key)) yield [` key ${i}`, key]
      if (isPart(member)) yield [`.get(${typeof key === 'string' ? show(key) : `key ${i}`})`, member]
      i++
    }
  } else if (isSet(value)) {
    let i = 0
    for (const member of value) {
      if (isPart(member)) yield [` member ${i}`, member]
      i++
    }
  } else {
    const listed = Array.isArray(value) ? value.length : 0
    for (let i = 0; i < listed; i++) {
      const member = readMember(value, i)
      if (isPart(member)) yield [`[${i}]`, member]
    }
    for (const key of listed === 0 ? Object.keys(value) : extraKeys(value)) {
      const member = readMember(value, key)
      if (isPart(member)) yield [stepTo(key), member]
    }
  }
}

const none: readonly string[] = []
/** Lists that are known to have no other keys than indices, because to look for others takes longer than all else. */
const withoutExtraKeys = new WeakSet<object>()

/** `list` has no other keys than indices, and never will. */
export function noteNoExtraKeys(list: object): void {
  withoutExtraKeys.add(list)
}

/** The keys of an array that are not indices. They come after all indices. */
export function extraKeys(list: object): readonly string[] {
  if (withoutExtraKeys.has(list)) return none
  const keys = Object.keys(list)
  let first = keys.length
  // The usual case, and by far the fastest check: the last key is the last index.
  if (Array.isArray(list) && first > 0 && keys[first - 1] === String(list.length - 1)) return none
  while (first > 0 && !isIndex(keys[first - 1]!)) first--
  return keys.slice(first)
}

function isIndex(key: string): boolean {
  return /^(0|[1-9]\d*)$/.test(key) && Number(key) < 2 ** 32 - 1
}

function isPart(value: unknown): boolean {
  return (typeof value === 'object' && value !== null) || typeof value === 'function' || typeof value === 'symbol'
}

function stepTo(key: string): string {
  return /^[\p{L}_$][\p{L}\p{N}_$]{0,59}$/u.test(key) ? `.${key}` : `[${show(key)}]`
}

/** A member. If its getter throws, something that cannot be cloned either. */
function readMember(value: object, key: string | number): unknown {
  try {
    return (value as Record<string | number, unknown>)[key]
  } catch {
    return readMember
  }
}
