// Events with typed listeners, for runs and engines.

import type TypedEmitter from 'typed-emitter'
import { show } from './check.js'
import { runtime } from './runtime.js'

// `any`: the bound under which typed-emitter infers a listener's arguments.
// biome-ignore lint/suspicious/noExplicitAny: see above
type EventMap = { [event: string]: (...args: any[]) => void }

/** The listeners of one run or engine. */
export interface Emitter<Events extends EventMap> {
  on<E extends keyof Events>(event: E, listener: Events[E]): void
  off<E extends keyof Events>(event: E, listener: Events[E]): void
  /** Call the listeners in the order in which they were added. Returns whether there was one. */
  emit<E extends keyof Events>(event: E, ...args: Parameters<Events[E]>): boolean
  has(event: keyof Events): boolean
  /** Called after a listener was added. */
  onAdded: () => void
  /** A new emitter that starts with this one's listeners. */
  fork(): Emitter<Events>
}

/**
 * Create an emitter for the events with these names.
 *
 * A listener that throws stops neither the other listeners nor the run. Its error is thrown again in a microtask of its own,
 * where the runtime reports it as uncaught.
 */
export function createEmitter<Events extends EventMap>(names: readonly (keyof Events & string)[]): Emitter<Events> {
  return emitterWith<Events>(names, new Map())
}

function emitterWith<Events extends EventMap>(
  names: readonly (keyof Events & string)[],
  listeners: Map<keyof Events, Events[keyof Events][]>,
): Emitter<Events> {
  // typed-emitter is a development dependency. Its types check this method, but none of them is published.
  const typed: Pick<TypedEmitter.default<Events>, 'emit'> = {
    emit(event, ...args) {
      const called = listeners.get(event) ?? []
      for (const listener of called) {
        try {
          listener(...args)
        } catch (error) {
          runtime.queueMicrotask(() => {
            throw error
          })
        }
      }
      return called.length > 0
    },
  }
  const emitter: Emitter<Events> = {
    emit: typed.emit,
    onAdded: () => {},
    on(event, listener) {
      if (!names.some((name) => name === event)) {
        throw new TypeError(`event: there is no event ${show(event)}; the events are ${names.join(', ')}`)
      }
      if (typeof listener !== 'function') throw new TypeError(`listener: expected a function, got ${show(listener)}`)
      listeners.set(event, [...(listeners.get(event) ?? []), listener])
      emitter.onAdded()
    },
    off(event, listener) {
      const before = listeners.get(event) ?? []
      const at = before.indexOf(listener)
      if (at >= 0) listeners.set(event, before.toSpliced(at, 1))
    },
    has: (event) => (listeners.get(event)?.length ?? 0) > 0,
    fork: () => emitterWith<Events>(names, new Map(listeners)),
  }
  return emitter
}
