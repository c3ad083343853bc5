// One listener for each AbortSignal, however many runs listen: a signal that a thousand runs share prints no leak warning.

import type { AbortSignalLike } from './contract.js'

interface Watched {
  readonly callbacks: Set<() => void>
  readonly listener: () => void
}

const watched = new WeakMap<AbortSignalLike, Watched>()

/** Call `callback` once when `signal` aborts. Returns how to stop waiting for that; with the last one the listener goes. */
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
