// Prints values and data for counterexamples: short, on one line, and as text if they are text.

import { isArrayBuffer, isDate, isError, isMap, isRegExp, isSet, isSharedArrayBuffer } from '../base/built-in.js'
import { isBytes, show } from '../base/check.js'
import type { Chunker } from '../chunks/chunkers.js'
import { kindOf, type TypedArray } from '../data/typed-array.js'

const mostMembers = 8
const deepest = 4
const longestText = 120

/** Print a value on one line, with as many members of lists, maps and objects as there is room for. */
export function printValue(value: unknown): string {
  const text = print(value, 0)
  return text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text
}

function print(value: unknown, depth: number): string {
  if (typeof value === 'string') return value.length > 80 ? show(value) : JSON.stringify(value)
  if (typeof value !== 'object' || value === null) return show(value)
  if (isError(value)) return `${value.name}: ${value.message}`
  if (depth >= deepest) return '…'
  const inner = (member: unknown): string => print(member, depth + 1)
  if (Array.isArray(value)) return `${className(value, 'Array')}[${list(value, inner)}]`
  if (isDate(value)) return Number.isNaN(value.getTime()) ? 'an invalid Date' : `Date ${value.toISOString()}`
  if (isRegExp(value)) return String(value)
  if (isArrayBuffer(value)) return `ArrayBuffer [${list(new Uint8Array(value), inner)}]`
  if (isSharedArrayBuffer(value)) return `SharedArrayBuffer [${list(new Uint8Array(value), inner)}]`
  if (ArrayBuffer.isView(value) && kindOf(value) === 'DataView') {
    return `DataView [${list(new Uint8Array(value.buffer, value.byteOffset, value.byteLength), inner)}]`
  }
  if (ArrayBuffer.isView(value)) {
    // `as`: a view that is not a DataView is a typed array.
    return `${kindOf(value)} [${list(value as unknown as ArrayLike<unknown>, inner)}]`
  }
  if (isMap(value)) {
    const entry = ([key, member]: [unknown, unknown]): string => `${inner(key)} => ${inner(member)}`
    return `${className(value)}{${list([...value], entry)}}`
  }
  if (isSet(value)) return `${className(value)}{${list([...value], inner)}}`
  const name = className(value, 'Object')
  const members = Object.entries(value)
  for (const key of Object.getOwnPropertySymbols(value)) {
    // `as`: a symbol is a key like any other.
    members.push([`[${String(key)}]`, (value as Record<symbol, unknown>)[key]])
  }
  if (members.length === 0) return name === '' ? '{}' : show(value)
  return `${name}{ ${list(members, ([key, member]) => `${key}: ${inner(member)}`)} }`
}

/** The name of a value's class and a space; '' for the class `plain`, and if there is none. */
function className(value: object, plain?: string): string {
  // `as`: a prototype may have no constructor, and a constructor may have no name.
  const name = (value.constructor as { readonly name?: string } | undefined)?.name ?? ''
  return name === '' || name === plain ? '' : `${name} `
}

function list<M>(members: ArrayLike<M>, one: (member: M) => string): string {
  const shown = Array.from({ length: Math.min(members.length, mostMembers) }, (_, i) => one(members[i]!))
  if (members.length > mostMembers) shown.push(`… ${members.length} in all`)
  return shown.join(', ')
}

/**
 * Print data on one line: as text such as `"a\nb"` if all bytes are printable ASCII, as hex digits if they are other bytes, and
 * as a list if the data has other elements.
 */
export function printData(data: TypedArray): string {
  if (!isBytes(data)) return printValue(data)
  if (data.every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d)) {
    return print(String.fromCharCode(...data.subarray(0, 1000)), 0)
  }
  const hex = Array.from(data.subarray(0, 32), (byte) => byte.toString(16).padStart(2, '0'))
  return `<${hex.join(' ')}${data.length > 32 ? ` … ${data.length} bytes` : ''}>`
}

/** A chunker whose size is decided. */
export type SizedChunker = Chunker & { readonly size: number }

/** Print data and how it was cut: `the data "a\nb" in chunks of 2`. For `records()` it counts records. */
export function printCut(data: TypedArray, chunker: SizedChunker): string {
  const start = `the data ${printData(data)} in chunks of`
  if (chunker.kind !== 'records') return `${start} ${chunker.size}`
  const count = chunker.size / chunker.length
  return `${start} ${count} ${count === 1 ? 'record' : 'records'}`
}
