// What a plugin's module put on the prototypes of objects and lists is kept from libraries, which read optional members of plain objects.

const prototypes = [Object.prototype, Array.prototype] as const
/** What the language has there: this module is loaded before any plugin. */
const builtIn = new Map(prototypes.map((prototype) => [prototype, new Set(Reflect.ownKeys(prototype))]))

interface Taken {
  readonly prototype: object
  readonly key: PropertyKey
  readonly descriptor: PropertyDescriptor
}

/** Call `work` while the prototypes have only what the language gives them; afterwards they are as before. */
export function withCleanPrototypes<T>(work: () => T): T {
  // No list: a name on the prototypes may be an index.
  const taken = new Set<Taken>()
  for (const prototype of prototypes) {
    for (const key of Reflect.ownKeys(prototype)) {
      const descriptor = Object.getOwnPropertyDescriptor(prototype, key)
      if (descriptor === undefined || builtIn.get(prototype)?.has(key)) continue
      // Else a `get` on the prototype would be taken for the descriptor's own.
      Object.setPrototypeOf(descriptor, null)
      if (Reflect.deleteProperty(prototype, key)) taken.add({ prototype, key, descriptor })
    }
  }
  try {
    return work()
  } finally {
    for (const { prototype, key, descriptor } of taken) Object.defineProperty(prototype, key, descriptor)
  }
}
