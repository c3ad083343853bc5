// Compares two values by content. This is how answers are compared unless the user gives another way.

import { isArrayBuffer, isDate, isError, isMap, isRegExp, isSet, isSharedArrayBuffer } from '../base/built-in.js'
import { kindOf, type TypedArray } from '../data/typed-array.js'

/** Floating-point numbers may differ by this share of the larger one. Those of a shorter type may differ by more. */
const tolerances: Readonly<Record<string, number>> = { Float16Array: 1e-2, Float32Array: 1e-5 }
const tolerance = 1e-9

/** How closely numbers must agree. */
export interface Closeness {
  /** The size of the numbers whose rounding errors can be in a result. Small differences are measured against it. */
  readonly scale: number
  /** The allowed difference, as a share of the larger number or of `scale`. 0 means the same number, bit for bit. */
  readonly tolerance: number
}

/** The same numbers, bit for bit. */
export const exact: Closeness = { scale: 0, tolerance: 0 }

/** How closely results over `data` must agree. The rounding errors of sums depend on the size of the floats. */
export function closenessFor(data: TypedArray): Closeness {
  let scale = 1
  if (kindOf(data).startsWith('Float')) {
    // `as`: its kind says that it holds numbers.
    for (const element of data as unknown as Iterable<number>) {
      if (Number.isFinite(element)) scale = Math.max(scale, Math.abs(element))
    }
  }
  return { scale, tolerance }
}

function sameNumber(left: number, right: number, closeness: Closeness): boolean {
  if (Object.is(left, right)) return true
  const { scale } = closeness
  const allowed = closeness.tolerance
  if (allowed === 0 || !Number.isFinite(left) || !Number.isFinite(right)) return false
  // Counts and offsets must be equal, unless the integers are sums of numbers too large for that.
  if (Number.isSafeInteger(left) && Number.isSafeInteger(right) && scale * allowed < 0.5) return left === right
  return Math.abs(left - right) <= allowed * Math.max(scale, Math.abs(left), Math.abs(right))
}

/**
 * The path to the first difference between two values, for example `.counts[3]`; '' for the values themselves; undefined if
 * they are equal.
 *
 * Typed arrays, arrays, maps (in any order), sets, dates, errors and plain objects are equal if their contents are equal. Two
 * objects of different classes differ if either class has methods. A `Buffer` counts as a `Uint8Array`.
 */
export function findDifference(left: unknown, right: unknown, closeness: Closeness): string | undefined {
  return difference(left, right, closeness, new Map())
}

function difference(
  left: unknown,
  right: unknown,
  closeness: Closeness,
  seen: Map<object, object>,
): string | undefined {
  if (typeof left === 'number' && typeof right === 'number') return sameNumber(left, right, closeness) ? undefined : ''
  if (Object.is(left, right)) return undefined
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return ''
  if (seen.get(left) === right) return undefined
  seen.set(left, right)
  const within: Within = { closeness, go: (a, b) => difference(a, b, closeness, seen) }
  const bytes = kindAmong(ofBytes, left, right)
  if (bytes !== undefined) return bytes.compare(left, right, within)
  if (ownClass(left) !== ownClass(right)) return ''
  const kind = kindAmong(ofObjects, left, right)
  if (kind !== undefined) return kind.compare(left, right, within)
  if (classWithMethods(left) !== classWithMethods(right)) return ''
  return objectDifference(left as Record<string, unknown>, right as Record<string, unknown>, within.go)
}

/** The member at a path of plain steps; undefined if the path leads through a map or a set. */
export function memberAt(value: unknown, path: string): unknown {
  let at = value
  for (const [, name, index] of path.matchAll(/\.([^.[\]()]+)|\[(\d+)\]/g)) {
    at = (at as Record<string, unknown> | undefined)?.[name ?? index!]
  }
  return at
}

type Compare = (left: unknown, right: unknown) => string | undefined

/** How what is inside of two objects is compared. */
interface Within {
  readonly closeness: Closeness
  readonly go: Compare
}

/** A kind of objects, and how two of them are compared. */
interface Kind {
  is(value: object): boolean
  compare(left: object, right: object, within: Within): string | undefined
}

/** A kind whose `compare` gets objects for which `is` is true. An object of it differs from any other object. */
function kind<T extends object>(
  is: (value: unknown) => value is T,
  compare: (left: T, right: T, within: Within) => string | undefined,
): Kind {
  return { is, compare: (left, right, within) => (is(left) && is(right) ? compare(left, right, within) : '') }
}

/** The kind of either object; undefined if it is none of these. */
function kindAmong(kinds: readonly Kind[], left: object, right: object): Kind | undefined {
  return kinds.find(({ is }) => is(left) || is(right))
}

/** Their class does not matter: a `Buffer` counts as a `Uint8Array`. */
const ofBytes: readonly Kind[] = [
  kind(ArrayBuffer.isView, (left, right, { closeness }) => viewDifference(left, right, closeness)),
  kind(isArrayBuffer, (left, right, { closeness }) => bytesDifference(left, right, closeness)),
  kind(isSharedArrayBuffer, (left, right, { closeness }) => bytesDifference(left, right, closeness)),
]

const ofObjects: readonly Kind[] = [
  kind(Array.isArray as (value: unknown) => value is unknown[], (left, right, { go }) =>
    listDifference(left, right, go),
  ),
  kind(isMap, (left, right, { go }) => (left.size === right.size ? mapDifference(left, right, go) : '')),
  kind(isSet, (left, right, { closeness }) => (left.size === right.size ? setDifference(left, right, closeness) : '')),
  kind(isDate, (left, right) => (Object.is(left.getTime(), right.getTime()) ? undefined : '')),
  kind(isRegExp, (left, right) => (String(left) === String(right) ? undefined : '')),
  kind(isError, (left, right) => (left.name === right.name && left.message === right.message ? undefined : '')),
]

function firstDifference<K>(
  keys: Iterable<K>,
  compare: (key: K) => string | undefined,
  step: (key: K) => string,
): string | undefined {
  for (const key of keys) {
    const path = compare(key)
    if (path !== undefined) return step(key) + path
  }
  return undefined
}

function listDifference(left: readonly unknown[], right: readonly unknown[], go: Compare): string | undefined {
  if (left.length !== right.length) return ''
  return firstDifference(
    left.keys(),
    (i) => go(left[i], right[i]),
    (i) => `[${i}]`,
  )
}

function viewDifference(left: ArrayBufferView, right: ArrayBufferView, closeness: Closeness): string | undefined {
  const kind = kindOf(left)
  if (kind !== kindOf(right)) return ''
  if (left.byteLength !== right.byteLength) return ''
  const [a, b] = [left, right].map((view) => (kindOf(view) === 'DataView' ? bytesOf(view) : view)) as unknown as [
    ArrayLike<unknown>,
    ArrayLike<unknown>,
  ]
  const within = { scale: closeness.scale, tolerance: closeness.tolerance && (tolerances[kind] ?? closeness.tolerance) }
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i], b[i]]
    if (typeof x === 'number' && typeof y === 'number' ? !sameNumber(x, y, within) : x !== y) return `[${i}]`
  }
  return undefined
}

function bytesDifference(left: ArrayBufferLike, right: ArrayBufferLike, closeness: Closeness): string | undefined {
  return viewDifference(new Uint8Array(left), new Uint8Array(right), closeness)
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
}

function mapDifference(left: Map<unknown, unknown>, right: Map<unknown, unknown>, go: Compare): string | undefined {
  const strange: unknown[] = []
  for (const [key, member] of left) {
    if (typeof key === 'object' && key !== null) strange.push([key, member])
    else if (!right.has(key)) return ''
    else {
      const path = go(member, right.get(key))
      if (path !== undefined) return `.get(${String(key)})${path}`
    }
  }
  // Keys that are objects are compared by content, in the order in which they were set.
  const others = [...right].filter(([key]) => typeof key === 'object' && key !== null)
  return go(strange, others)
}

/** Each member that the other set does not have must be equal to one of the other's by content. */
function setDifference(left: Set<unknown>, right: Set<unknown>, closeness: Closeness): string | undefined {
  const others = [...right].filter((member) => !left.has(member))
  for (const member of left) {
    if (right.has(member)) continue
    const at = others.findIndex((other) => difference(member, other, closeness, new Map()) === undefined)
    if (at < 0) return ''
    others.splice(at, 1)
  }
  return undefined
}

function objectDifference(
  left: Record<string, unknown>,
  right: Record<string, unknown>,
  go: Compare,
): string | undefined {
  const extra = keysOf(right).find((key) => !Object.hasOwn(left, key))
  if (extra !== undefined) return stepTo(extra)
  return firstDifference(
    keysOf(left),
    // `as`: a symbol is a key like any other.
    (key) => (Object.hasOwn(right, key) ? go(left[key as string], right[key as string]) : ''),
    stepTo,
  )
}

/** The own keys of an object. Cloning loses those that are symbols. */
function keysOf(value: object): (string | symbol)[] {
  return [...Object.keys(value), ...Object.getOwnPropertySymbols(value)]
}

function stepTo(key: string | symbol): string {
  return typeof key === 'symbol' ? `[${String(key)}]` : `.${key}`
}

/** The prototype of an object whose class has methods; else undefined. Cloning loses the methods. */
function classWithMethods(value: object): object | undefined {
  const prototype = Object.getPrototypeOf(value)
  for (let at = prototype; at !== null && Object.getPrototypeOf(at) !== null; at = Object.getPrototypeOf(at)) {
    if (Reflect.ownKeys(at).some((key) => key !== 'constructor')) return prototype
  }
  return undefined
}

/** The prototype of a user's class that adds methods to a list, a map or the like; undefined if there is none. */
function ownClass(value: object): object | undefined {
  for (let at = Object.getPrototypeOf(value); at !== null; at = Object.getPrototypeOf(at)) {
    // Built-in classes of another realm are other objects, but mean the same.
    if (/\[native code\]\s*\}$/.test(String(at.constructor))) return undefined
    if (Reflect.ownKeys(at).some((key) => key !== 'constructor')) return at
  }
  return undefined
}
