// Copies values and replaces some objects in them.

import { isMap, isSet } from '../base/built-in.js'
import { defineOwn } from '../base/own-members.js'
import { extraKeys } from './uncloneable.js'

/**
 * Copy `value`, and replace each object that is a key of `made` by its value there. An object that cloning would turn into a
 * plain object becomes a plain object here too.
 */
export function rebuild(value: unknown, made: Map<object, unknown>): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (made.has(value)) return made.get(value)
  if (!isRebuilt(value)) return value
  if (isMap(value)) {
    const copy = new Map<unknown, unknown>()
    made.set(value, copy)
    for (const [key, member] of value) copy.set(rebuild(key, made), rebuild(member, made))
    return copy
  }
  if (isSet(value)) {
    const copy = new Set<unknown>()
    made.set(value, copy)
    for (const member of value) copy.add(rebuild(member, made))
    return copy
  }
  const isList = Array.isArray(value)
  const copy: object = isList ? new Array(value.length) : {}
  made.set(value, copy)
  if (isList) {
    for (let i = 0; i < value.length; i++) {
      // `as`: it was created as an array above.
      if (Object.hasOwn(value, i)) (copy as unknown[])[i] = rebuild(value[i], made)
    }
  }
  // `as`: any member of any object can be read.
  const members = value as unknown as Record<string, unknown>
  for (const key of isList ? extraKeys(value) : Object.keys(value)) defineOwn(copy, key, rebuild(members[key], made))
  return copy
}

/** Whether {@link rebuild} turns `value` into the same thing as cloning does. */
export function isRebuilt(value: object): boolean {
  return (
    Array.isArray(value) || isMap(value) || isSet(value) || Object.prototype.toString.call(value) === '[object Object]'
  )
}
