// Adds one listener per AbortSignal, for any number of runs. Node warns of a leak when a signal has many listeners.

import type { AbortSignalLike } from './run-options.js'

interface Watched {
  readonly callbacks: Set<() => void>
  readonly listener: () => void
}

const watched = new WeakMap<AbortSignalLike, Watched>()

/** Call `callback` once when `signal` aborts. Returns a function that stops waiting for that. */
export function onAbort(signal: AbortSignalLike, callback: () => void): () => void {
  const known = watched.get(signal)
  const { callbacks, listener } = known ?? watch(signal)
  callbacks.add(callback)
  return () => {
    callbacks.delete(callback)
    if (callbacks.size > 0) return
    signal.removeEventListener('abort', listener)
    if (watched.get(signal)?.callbacks === callbacks) watched.delete(signal)
  }
}

function watch(signal: AbortSignalLike): Watched {
  const callbacks = new Set<() => void>()
  const listener = (): void => {
    for (const callback of callbacks) callback()
  }
  const entry = { callbacks, listener }
  watched.set(signal, entry)
  signal.addEventListener('abort', listener)
  return entry
}
