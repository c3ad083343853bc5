// Events with typed listeners, for runs and engines.

import type TypedEmitter from 'typed-emitter'
import { show } from './check.js'
import { runtime } from './runtime.js'

/** Events by their names, each with the type of its listeners. */
export type EventMap = {
  /** What listens to the event. */
  // `any`: the bound under which typed-emitter infers a listener's arguments.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  [event: string]: (...args: any[]) => void
}

/** The listeners of one run or engine. */
export interface Emitter<Events extends EventMap> {
  /** Add a listener. */
  on<E extends keyof Events>(event: E, listener: Events[E]): void
  /** Remove a listener. */
  off<E extends keyof Events>(event: E, listener: Events[E]): void
  /** Call the listeners in the order in which they were added. Returns whether there was one. */
  emit<E extends keyof Events>(event: E, ...args: Parameters<Events[E]>): boolean
  /** Whether an event has a listener. */
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
  return new ListenerLists(names, undefined)
}

type Lists<Events> = Map<keyof Events, Events[keyof Events][]>

class ListenerLists<Events extends EventMap> implements Emitter<Events> {
  onAdded: () => void = doNothing
  readonly #names: readonly (keyof Events & string)[]
  /** Undefined as long as there is no listener: most runs have none. */
  #lists: Lists<Events> | undefined

  constructor(names: readonly (keyof Events & string)[], lists: Lists<Events> | undefined) {
    this.#names = names
    this.#lists = lists
  }

  // typed-emitter is a development dependency. Its types check this method, but none of them is published.
  readonly emit: TypedEmitter.default<Events>['emit'] = (event, ...args) => {
    const called = this.#lists?.get(event) ?? []
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
  }

  on<E extends keyof Events>(event: E, listener: Events[E]): void {
    if (!this.#names.some((name) => name === event)) {
      throw new TypeError(`event: there is no event ${show(event)}; the events are ${this.#names.join(', ')}`)
    }
    if (typeof listener !== 'function') throw new TypeError(`listener: expected a function, got ${show(listener)}`)
    this.#lists ??= new Map()
    this.#lists.set(event, [...(this.#lists.get(event) ?? []), listener])
    this.onAdded()
  }

  off<E extends keyof Events>(event: E, listener: Events[E]): void {
    const before = this.#lists?.get(event) ?? []
    const at = before.indexOf(listener)
    if (at >= 0) this.#lists?.set(event, before.toSpliced(at, 1))
  }

  has(event: keyof Events): boolean {
    return (this.#lists?.get(event)?.length ?? 0) > 0
  }

  fork(): Emitter<Events> {
    return new ListenerLists(this.#names, this.#lists === undefined ? undefined : new Map(this.#lists))
  }
}

function doNothing(): void {}
