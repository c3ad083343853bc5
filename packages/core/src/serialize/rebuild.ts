// Copies values and replaces some objects in them.

import { isMap, isSet } from '../base/built-in.js'
import { defineOwn } from '../base/own-members.js'
import { isSharedMemory } from '../data/shared-memory.js'
import { isSharedTable } from '../tables/shared-map.js'
import { isFileData, isPlain } from './kinds.js'
import { extraKeys, noteNoExtraKeys } from './uncloneable.js'

/**
 * Copy `value`, and replace each object that is a key of `made` by its value there. An object that cloning would turn into a
 * plain object becomes a plain object here too.
 */
export function rebuild(value: unknown, made: Map<object, unknown>): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (made.has(value)) return made.get(value)
  // Shared data is described, and never copied by its members.
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
  // A list is copied as a whole, with its holes, because most lists hold numbers or text.
  const copy: unknown[] | object = isList ? ([] as unknown[]).concat(value) : {}
  made.set(value, copy)
  if (Array.isArray(copy)) {
    for (let i = 0; i < copy.length; i++) if (typeof copy[i] === 'object') copy[i] = rebuild(copy[i], made)
  }
  // `as`: any member of any object can be read.
  const members = value as unknown as Record<string, unknown>
  const keys = isList ? extraKeys(value) : Object.keys(value)
  if (isList && keys.length === 0) noteNoExtraKeys(copy)
  for (const key of keys) setOwn(copy, key, rebuild(members[key], made))
  return copy
}

/** Assigning is many times faster than defining. It would call a setter of the prototype, or fail, where that has the name. */
function setOwn(object: object, key: string, value: unknown): void {
  // `as`: any object can get any member.
  if (key in object) defineOwn(object, key, value)
  else (object as Record<string, unknown>)[key] = value
}

/** Whether {@link rebuild} turns `value` into the same thing as cloning does. */
export function isRebuilt(value: object): boolean {
  if (Array.isArray(value) || isMap(value) || isSet(value) || isPlain(value)) return true
  if (Object.prototype.toString.call(value) !== '[object Object]') return false
  // An instance of a class without members of its own may be the runtime's: cloning knows what is inside.
  return Object.keys(value).length > 0 && !isSharedMemory(value) && !isSharedTable(value) && !isFileData(value)
}
