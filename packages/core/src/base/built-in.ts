// Tells which built-in a value is, for example an ArrayBuffer or a Map. It asks for an internal slot that only the real thing
// has. So the answer is right for values of another realm (an iframe, node:vm, Jest), for subclasses, and for tampered
// prototypes and tags.
//
// If the value is something else, the question throws inside, which is slow. So a cheap check that may be wrong comes first.

// `any`: the arguments of a constructor and of a method do not matter here.
// biome-ignore lint/suspicious/noExplicitAny: see above
type Anything = any
type Method = (...args: Anything[]) => unknown
type Test<T> = (value: unknown) => value is T

const tagOf = Object.prototype.toString

/** The getter `name` of `prototype`. */
export function getter(prototype: object, name: string | symbol): Method {
  // `!`: this is only called for getters that the language defines.
  return Object.getOwnPropertyDescriptor(prototype, name)!.get!
}

/** A test for instances of `Class`. `method` must throw if its `this` is anything else. */
function instancesOf<T>(Class: abstract new (...args: Anything[]) => T, method: Method): Test<T> {
  const tag = `[object ${Class.name}]`
  return (value: unknown): value is T => {
    if (typeof value !== 'object' || value === null) return false
    try {
      if (!(value instanceof Class) && tagOf.call(value) !== tag) return false
      Reflect.apply(method, value, [])
      return true
    } catch {
      // It only claims to be one, or it is a proxy that throws.
      return false
    }
  }
}

export const isArrayBuffer: Test<ArrayBuffer> = instancesOf(ArrayBuffer, getter(ArrayBuffer.prototype, 'byteLength'))
export const isMap: Test<Map<unknown, unknown>> = instancesOf(Map, getter(Map.prototype, 'size'))
export const isSet: Test<Set<unknown>> = instancesOf(Set, getter(Set.prototype, 'size'))
export const isDate: Test<Date> = instancesOf(Date, Date.prototype.getTime)
export const isRegExp: Test<RegExp> = instancesOf(RegExp, getter(RegExp.prototype, 'source'))

/** Undefined where there is no shared memory, as in pages that are not cross-origin isolated. */
const isRealSharedBuffer =
  typeof SharedArrayBuffer === 'undefined'
    ? undefined
    : instancesOf(SharedArrayBuffer, getter(SharedArrayBuffer.prototype, 'byteLength'))

/** What {@link allocateShared} made where there is no shared memory. */
const standIns = new WeakSet<object>()

/** Whether `value` is shared memory, or stands for it in a page without shared memory. */
export function isSharedArrayBuffer(value: unknown): value is SharedArrayBuffer {
  if (isRealSharedBuffer !== undefined) return isRealSharedBuffer(value)
  return typeof value === 'object' && value !== null && standIns.has(value)
}

/**
 * Allocate shared memory. Where there is none, ordinary memory stands for it, and serves lanes in this thread.
 *
 * @throws {RangeError} the system cannot give that much memory
 */
export function allocateShared(byteLength: number): SharedArrayBuffer {
  if (isRealSharedBuffer !== undefined) return new SharedArrayBuffer(byteLength)
  // `as`: whoever gets it only makes views of it.
  const standIn = new ArrayBuffer(byteLength) as unknown as SharedArrayBuffer
  standIns.add(standIn)
  return standIn
}

/** Whether `value` is an error, of this realm or another. */
export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error || tagOf.call(value) === '[object Error]'
  } catch {
    // A proxy may throw on any access.
    return false
  }
}
