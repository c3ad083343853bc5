// Takes away, for a while, what other code has put on the prototypes of all objects and lists.
//
// fast-check reads options that it was not given, and it would find them there: under an added `path`, for example, it replays one case
// instead of trying many. A plugin may need what its own module has added. So it is taken away while fast-check works, and given back
// while the plugin does.

const prototypes = [Object.prototype, Array.prototype] as const

/** What was there when this module was loaded. A plugin that is loaded later can only add to it. */
const known: readonly ReadonlySet<PropertyKey>[] = prototypes.map((prototype) => new Set(Reflect.ownKeys(prototype)))

interface Taken {
  readonly prototype: object
  readonly key: PropertyKey
  readonly descriptor: PropertyDescriptor
}

/** What is taken away at the moment. All checks share it, because they share the prototypes. */
const taken: Taken[] = []

/** Take away what was added. What cannot be removed stays. */
export function takeAdded(): void {
  for (const [i, prototype] of prototypes.entries()) {
    for (const key of Reflect.ownKeys(prototype)) {
      if (known[i]!.has(key)) continue
      // No prototype: under an added `get`, an ordinary object would be no descriptor. `!`: the key was just found there.
      const descriptor = Object.assign(Object.create(null), Reflect.getOwnPropertyDescriptor(prototype, key)!)
      if (Reflect.deleteProperty(prototype, key)) taken.push({ prototype, key, descriptor })
    }
  }
}

/** Give back what was taken away. */
export function giveBackAdded(): void {
  for (const { prototype, key, descriptor } of taken.splice(0)) Reflect.defineProperty(prototype, key, descriptor)
}
