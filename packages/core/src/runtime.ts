// The few globals that every JavaScript runtime has and the language's own library does not type.
// Core takes nothing else from the world: whatever differs between runtimes is handed in by the host.

/** What `setTimeout` returns: a number in browsers, an object in Node. */
export type Timer = object | number

interface Runtime {
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
export const runtime: Runtime = globalThis as unknown as Runtime
