// The few globals that every JavaScript runtime has and the language's own library does not type.
// Core takes nothing else from the world: whatever differs between runtimes is handed in by the host.
//
// They are taken once, when this module loads. Tests that fake timers, or a library that replaces a global, then change nothing here.

/** What `setTimeout` returns: a number in browsers, an object in Node. */
export type Timer = object | number

interface Globals {
  setTimeout(callback: () => void, delayMs: number): Timer
  clearTimeout(timer: Timer | undefined): void
  queueMicrotask(callback: () => void): void
  structuredClone<T>(value: T, options?: { readonly transfer: readonly ArrayBufferLike[] }): T
  readonly performance: { now(): number }
  readonly TextEncoder: new () => { encode(text: string): Uint8Array<ArrayBuffer> }
  readonly TextDecoder: new (
    label: string,
    options: { readonly ignoreBOM: boolean },
  ) => { decode(bytes: Readonly<Uint8Array>): string }
  readonly DOMException: new (message: string, name: string) => Error
}

// `as`: these names exist in browsers, Node, Deno and Bun alike, yet in no library that core compiles with.
const globals = globalThis as unknown as Globals
const { performance } = globals

export const runtime: Globals = {
  // Bound, because browsers refuse to call these on any other object.
  setTimeout: globals.setTimeout.bind(globalThis),
  clearTimeout: globals.clearTimeout.bind(globalThis),
  queueMicrotask: globals.queueMicrotask.bind(globalThis),
  structuredClone: globals.structuredClone.bind(globalThis),
  // Fake timers replace the method, and leave the object where it is.
  performance: { now: performance.now.bind(performance) },
  TextEncoder: globals.TextEncoder,
  TextDecoder: globals.TextDecoder,
  DOMException: globals.DOMException,
}
