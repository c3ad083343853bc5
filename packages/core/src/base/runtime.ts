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
  readonly performance: { now(): number; readonly timeOrigin: number }
  readonly TextEncoder: new () => { encode(text: string): Uint8Array<ArrayBuffer> }
  readonly TextDecoder: new (
    label: string,
    options: { readonly ignoreBOM: boolean; readonly fatal?: boolean },
  ) => { decode(bytes: Readonly<Uint8Array>): string; readonly encoding: string }
  readonly DOMException: new (message: string, name: string) => Error
  /** Decodes a part of bytes as UTF-8, as `TextDecoder` does. Only where there is Node's `Buffer`. */
  readonly utf8Slice?: (this: Readonly<Uint8Array>, start: number, end: number) => string
}

/** Node's method, if there is one and it does what is wanted: a page may have another `Buffer`. */
function findUtf8Slice(): Globals['utf8Slice'] {
  try {
    // `as`: see below.
    const { Buffer } = globalThis as unknown as { readonly Buffer?: { readonly prototype: Globals } }
    const utf8Slice = Buffer?.prototype.utf8Slice
    return utf8Slice?.call(Uint8Array.of(0x41, 0xef, 0xbb, 0xbf, 0xff, 0x42), 1, 5) === '\ufeff\ufffd'
      ? utf8Slice
      : undefined
  } catch {
    return undefined
  }
}

// `as`: these names exist in browsers, Node, Deno and Bun, but in no type library that core compiles with.
const globals = globalThis as unknown as Globals
const { performance } = globals
const utf8Slice = findUtf8Slice()

export const runtime: Globals = {
  // Bound, because browsers refuse to call these functions on any other object.
  setTimeout: globals.setTimeout.bind(globalThis),
  clearTimeout: globals.clearTimeout.bind(globalThis),
  queueMicrotask: globals.queueMicrotask.bind(globalThis),
  structuredClone: globals.structuredClone.bind(globalThis),
  // Fake timers replace the method and keep the object.
  performance: { now: performance.now.bind(performance), timeOrigin: performance.timeOrigin },
  TextEncoder: globals.TextEncoder,
  TextDecoder: globals.TextDecoder,
  DOMException: globals.DOMException,
  ...(utf8Slice === undefined ? {} : { utf8Slice }),
}
