// Values as JSON text, of which `JSON.parse` makes the same values again. `JSON.stringify` would change some of them without a word.

import { isPlainObject, show } from '../base/check.js'

const deepest = 100

/**
 * Write `value` as JSON. Members that are `undefined` are left out.
 *
 * @param name - what the value is called in a message
 * @throws {TypeError} a part of it is not JSON; the message has its path
 */
export function toJson(value: unknown, name: string, depth = 0): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value)
  // Unlike `JSON.stringify`, this keeps -0.
  if (typeof value === 'number' && Number.isFinite(value)) return Object.is(value, -0) ? '-0' : String(value)
  if (depth > deepest) throw new TypeError(`${name}: is nested more than ${deepest} deep, or contains itself`)
  if (Array.isArray(value)) {
    return `[${Array.from(value, (each: unknown, i) => toJson(each, `${name}[${i}]`, depth + 1)).join(',')}]`
  }
  if (typeof value === 'object' && isPlainObject(value)) {
    const members: string[] = []
    for (const [key, member] of Object.entries(value)) {
      if (member !== undefined) members.push(`${JSON.stringify(key)}:${toJson(member, `${name}.${key}`, depth + 1)}`)
    }
    return `{${members.join(',')}}`
  }
  throw new TypeError(
    `${name}: expected a number, text, a boolean, null, or JSON of these, got ${show(value)}; bytes only if all values are bytes`,
  )
}
