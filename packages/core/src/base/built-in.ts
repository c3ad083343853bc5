// Which built-in a value is, told by what only the real thing has inside. So the answer is right for values of another realm (an
// iframe, node:vm, Jest), for subclasses, and where a prototype or a tag was tampered with.
//
// Asking a value that is something else throws inside, which is slow. So a cheap look that may be wrong goes first.

// `any`: the arguments of a constructor and of a method do not matter here.
// biome-ignore lint/suspicious/noExplicitAny: see above
type Anything = any
type Method = (...args: Anything[]) => unknown
type Test<T> = (value: unknown) => value is T

const tagOf = Object.prototype.toString

/** The getter `name` of `prototype`, as the language has it. */
export function getter(prototype: object, name: string | symbol): Method {
  // `!`: it is only called for getters that the language has.
  return Object.getOwnPropertyDescriptor(prototype, name)!.get!
}

/** A test for the instances of `Class`: `method` accepts nothing else as its `this`. */
function instancesOf<T>(Class: abstract new (...args: Anything[]) => T, method: Method): Test<T> {
  const tag = `[object ${Class.name}]`
  return (value: unknown): value is T => {
    if (typeof value !== 'object' || value === null) return false
    try {
      if (!(value instanceof Class) && tagOf.call(value) !== tag) return false
      Reflect.apply(method, value, [])
      return true
    } catch {
      // It is something else that says it is one, or a proxy that throws.
      return false
    }
  }
}

export const isArrayBuffer: Test<ArrayBuffer> = instancesOf(ArrayBuffer, getter(ArrayBuffer.prototype, 'byteLength'))
export const isMap: Test<Map<unknown, unknown>> = instancesOf(Map, getter(Map.prototype, 'size'))
export const isSet: Test<Set<unknown>> = instancesOf(Set, getter(Set.prototype, 'size'))
export const isDate: Test<Date> = instancesOf(Date, Date.prototype.getTime)
export const isRegExp: Test<RegExp> = instancesOf(RegExp, getter(RegExp.prototype, 'source'))

/** Pages that are not isolated have no shared memory. */
const isRealSharedBuffer =
  typeof SharedArrayBuffer === 'undefined'
    ? undefined
    : instancesOf(SharedArrayBuffer, getter(SharedArrayBuffer.prototype, 'byteLength'))

export function isSharedArrayBuffer(value: unknown): value is SharedArrayBuffer {
  return isRealSharedBuffer?.(value) ?? false
}

/** Whether `value` is an error, also one of another realm. */
export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error || tagOf.call(value) === '[object Error]'
  } catch {
    // A proxy may throw whatever is asked of it.
    return false
  }
}
