// The few globals that every JavaScript runtime has and that TypeScript's language library does not declare. Core uses no
// others: whatever differs between runtimes comes from the host.
//
// They are read once, when this module loads. So fake timers in tests, or a library that replaces a global, change nothing
// here.

/** What `setTimeout` returns: a number in browsers, an object in Node. */
export type Timer = object | number

/** The longest delay that timers take, in ms. A longer one ends at once. */
export const longestMs: number = 2 ** 31 - 1

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

// `as`: these names exist in browsers, Node, Deno and Bun, but in no type library that core compiles with.
const globals = globalThis as unknown as Globals
const { performance } = globals

export const runtime: Globals = {
  // Bound, because browsers refuse to call these functions on any other object.
  setTimeout: globals.setTimeout.bind(globalThis),
  clearTimeout: globals.clearTimeout.bind(globalThis),
  queueMicrotask: globals.queueMicrotask.bind(globalThis),
  structuredClone: globals.structuredClone.bind(globalThis),
  // Fake timers replace the method and keep the object.
  performance: { now: performance.now.bind(performance) },
  TextEncoder: globals.TextEncoder,
  TextDecoder: globals.TextDecoder,
  DOMException: globals.DOMException,
}
