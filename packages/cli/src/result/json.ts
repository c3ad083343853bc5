// Any result of a run as JSON, in pieces, so that a long result never becomes one string.

import { types } from 'node:util'
import { isError } from '@onecopy/core/lane'
import { printableJson } from '../terminal/printable.js'

const pieceLength = 64 * 1024

/**
 * The JSON of a value that may hold values for which JSON has no form:
 *
 * - typed arrays, array buffers and `Set`s become arrays; a `Map` becomes an array of `[key, value]` pairs
 * - a `bigint` becomes a string of its digits; `NaN`, `Infinity` and `-Infinity` become these words as strings
 * - a `Date` becomes its ISO string; an `Error` becomes `{ name, message }` with its own properties
 * - `undefined` becomes `null`, and is left out as a member of an object; a reference to an enclosing value becomes
 *   `"[circular]"`
 *
 * @returns pieces that, joined, are one line of JSON
 */
export function* toJson(value: unknown): Generator<string> {
  let held = ''
  for (const piece of pieces(value)) {
    held += piece
    if (held.length < pieceLength) continue
    yield held
    held = ''
  }
  yield held
}

/** A list or object that has been opened and not closed. */
interface Opened {
  readonly value: object
  /** The members; for an object, pairs of key and value. */
  readonly members: Iterator<unknown>
  readonly isObject: boolean
  hasMembers: boolean
}

/** Not recursive, because a result may be nested more deeply than the stack allows. */
function* pieces(whole: unknown): Generator<string> {
  const open: Opened[] = []
  const around = new Set<object>()
  const begin = (value: unknown): string => {
    if (typeof value !== 'object' || value === null) return primitive(value)
    if (types.isDate(value)) return JSON.stringify(value)
    if (around.has(value)) return '"[circular]"'
    around.add(value)
    const values = listed(value)
    const members = (values ?? entries(value))[Symbol.iterator]()
    open.push({ value, members, isObject: values === undefined, hasMembers: false })
    return values === undefined ? '{' : '['
  }
  yield begin(whole)
  for (let inner = open.at(-1); inner !== undefined; inner = open.at(-1)) {
    const { done, value: member } = inner.members.next()
    if (done) {
      open.pop()
      around.delete(inner.value)
      yield inner.isObject ? '}' : ']'
      continue
    }
    const comma = inner.hasMembers ? ',' : ''
    inner.hasMembers = true
    if (inner.isObject) {
      // `as`: `entries` returns such pairs.
      const [key, value] = member as readonly [string, unknown]
      yield `${comma}${printableJson(JSON.stringify(key))}:${begin(value)}`
    } else yield `${comma}${begin(member)}`
  }
}

function primitive(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value)) return `"${value}"`
  if (typeof value === 'bigint') return `"${value}"`
  const json = JSON.stringify(value) ?? 'null'
  return typeof value === 'string' ? printableJson(json) : json
}

/** The members, if the value is a list in JSON; undefined for objects. */
function listed(value: object): Iterable<unknown> | undefined {
  if (ArrayBuffer.isView(value)) {
    if (types.isDataView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    // `as`: every view that is not a DataView is a typed array of numbers.
    return value as unknown as Iterable<unknown>
  }
  if (types.isAnyArrayBuffer(value)) return new Uint8Array(value)
  return Array.isArray(value) || types.isSet(value) || types.isMap(value) ? value : undefined
}

/** The members of an object that JSON shows. */
function entries(value: object): readonly (readonly [string, unknown])[] {
  const own: readonly (readonly [string, unknown])[] = Object.entries(value)
  const all = isError(value) ? ([['name', value.name], ['message', value.message], ...own] as const) : own
  return all.filter(([, member]) => member !== undefined && typeof member !== 'function' && typeof member !== 'symbol')
}
