// The few globals that both browsers and Node have, and that TypeScript's library for the language alone does not declare.

declare global {
  interface ImportMeta {
    url: string
  }
}

/** The part of `WebAssembly.Memory` that this package uses. */
export interface WasmMemory {
  /** The whole memory. Growing detaches this buffer and makes a new one. */
  readonly buffer: ArrayBuffer
  /** @throws {RangeError} the system cannot give more memory */
  grow(pages: number): number
}

interface Runtime {
  /** Missing where the runtime was started without a WebAssembly compiler. */
  readonly WebAssembly?: {
    validate(bytes: Uint8Array): boolean
    readonly Module: new (bytes: Uint8Array) => object
    readonly Instance: new (module: object) => { readonly exports: unknown }
  }
  atob(base64: string): string
  readonly TextEncoder: new () => { encode(text: string): Uint8Array<ArrayBuffer> }
}

// `as`: the library does not declare these globals.
const globals = globalThis as unknown as Runtime

/** Read once, when this module loads. Code that replaces a global later does not affect this package. */
export const runtime: Runtime = {
  ...(globals.WebAssembly === undefined ? {} : { WebAssembly: globals.WebAssembly }),
  atob: globals.atob.bind(globalThis),
  TextEncoder: globals.TextEncoder,
}
