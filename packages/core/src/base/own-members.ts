// Members of objects, read and written so that a polluted `Object.prototype` has no effect.

/** Define an own member of `object`, whatever its prototype has under that name. `__proto__` is a name like any other. */
export function defineOwn(object: object, key: PropertyKey, value: unknown, enumerable = true): void {
  // The descriptor has no prototype, because `Object.defineProperty` would also read a polluted `get` or `set`.
  const descriptor: PropertyDescriptor & { __proto__: null } = {
    __proto__: null,
    value,
    enumerable,
    writable: true,
    configurable: true,
  }
  Object.defineProperty(object, key, descriptor)
}

/**
 * The member `key` of `object`, own or inherited from its classes; undefined if only `Object.prototype` has it. Use it for
 * members that may be missing: an optional method, an option that was left out.
 */
export function memberOf<O extends object, K extends keyof O>(object: O, key: K): O[K] | undefined
export function memberOf(object: object, key: PropertyKey): unknown
export function memberOf(object: object, key: PropertyKey): unknown {
  if (key in Object.prototype) {
    for (let at = object; !Object.hasOwn(at, key); at = Object.getPrototypeOf(at)) {
      const next = Object.getPrototypeOf(at)
      if (next === null || Object.getPrototypeOf(next) === null) return undefined
    }
  }
  // `as`: any member of any object can be read.
  return (object as Record<PropertyKey, unknown>)[key]
}

/** Whether `object` itself has `key`. Unlike `key in object`, this does not look at prototypes. */
export function hasOwn<O extends object, K extends PropertyKey>(
  object: O,
  key: K,
): object is Extract<O, { readonly [key in K]: unknown }> {
  return Object.hasOwn(object, key)
}
