// Members of objects, safe from what other code put on `Object.prototype`.

/** Give `object` a member of its own, whatever its prototype has under that name; `__proto__` is a name like any other. */
export function defineOwn(object: object, key: PropertyKey, value: unknown, enumerable = true): void {
  // No prototype: `Object.defineProperty` would take a polluted `get` or `set` for one of the descriptor's own.
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
 * The member `key` of `object`, its own or of its classes; undefined where only `Object.prototype` has it. For whatever an object may
 * not have: an optional method of a class, an option that was left out.
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
  // `as`: any object can be asked for a member.
  return (object as Record<PropertyKey, unknown>)[key]
}

/** Whether `object` itself has `key`: what `key in object` asks, and `Object.prototype` has no say in. */
export function hasOwn<O extends object, K extends PropertyKey>(
  object: O,
  key: K,
): object is Extract<O, { readonly [key in K]: unknown }> {
  return Object.hasOwn(object, key)
}
