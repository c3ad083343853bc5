// Values and data as a counterexample shows them: on one line, short, and as text where they are text.

import { show } from '../check.js'
import type { Chunker } from '../chunkers.js'
import type { TypedArray } from '../shared-data.js'

const mostMembers = 8
const deepest = 4
const longestText = 120

/** A value on one line: members of lists, maps and objects, as many as there is room for. */
export function printValue(value: unknown): string {
  const text = print(value, 0)
  return text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text
}

function print(value: unknown, depth: number): string {
  if (typeof value === 'string') return value.length > 80 ? show(value) : JSON.stringify(value)
  if (typeof value !== 'object' || value === null) return show(value)
  if (value instanceof Error) return `${value.name}: ${value.message}`
  if (depth >= deepest) return '…'
  const inner = (member: unknown): string => print(member, depth + 1)
  if (Array.isArray(value)) return `[${list(value, inner)}]`
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    // `as`: a view that is no DataView is a typed array.
    const array = value as unknown as Iterable<unknown> & { readonly [Symbol.toStringTag]: string }
    return `${array[Symbol.toStringTag]} [${list(array, inner)}]`
  }
  if (value instanceof Map) {
    return `Map {${list(value, ([key, member]: [unknown, unknown]) => `${inner(key)} => ${inner(member)}`)}}`
  }
  if (value instanceof Set) return `Set {${list(value, inner)}}`
  const prototype = Object.getPrototypeOf(value)
  const members = Object.entries(value)
  if (prototype !== null && prototype !== Object.prototype && members.length === 0) return show(value)
  const name = prototype === null || prototype === Object.prototype ? '' : `${prototype.constructor?.name} `
  return `${name}{ ${list(members, ([key, member]) => `${key}: ${inner(member)}`)} }`
}

function list<M>(members: Iterable<M>, one: (member: M) => string): string {
  const shown: string[] = []
  for (const member of members) {
    if (shown.length === mostMembers) return `${shown.join(', ')}, …`
    shown.push(one(member))
  }
  return shown.join(', ')
}

/** Data on one line: `"a\nb"` where bytes are printable ASCII, else their hex digits; other kinds as a list. */
export function printData(data: TypedArray): string {
  if (!(data instanceof Uint8Array)) return printValue(data)
  if (data.every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d)) {
    return print(String.fromCharCode(...data.subarray(0, 1000)), 0)
  }
  const hex = Array.from(data.subarray(0, 32), (byte) => byte.toString(16).padStart(2, '0'))
  return `<${hex.join(' ')}${data.length > 32 ? ` … ${data.length} bytes` : ''}>`
}

/** Data and how it was cut: `the data "a\nb" in chunks of 2`; the size counts records where `kind` is `'records'`. */
export function printCut(data: TypedArray, size: number, kind: Chunker['kind']): string {
  const unit = kind !== 'records' ? '' : size === 1 ? ' record' : ' records'
  return `the data ${printData(data)} in chunks of ${size}${unit}`
}
