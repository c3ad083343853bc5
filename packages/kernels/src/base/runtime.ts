// The few globals that browsers and Node share and the language's own library does not type.

declare global {
  interface ImportMeta {
    url: string
  }
}

/** What of a `WebAssembly.Memory` is used here. */
export interface WasmMemory {
  /** All of it; another one, and the old one detached, after it has grown. */
  readonly buffer: ArrayBuffer
  /** @throws {RangeError} there is no more */
  grow(pages: number): number
}

interface Runtime {
  /** Missing where the runtime was started without a compiler. */
  readonly WebAssembly?: {
    validate(bytes: Uint8Array): boolean
    readonly Module: new (bytes: Uint8Array) => object
    readonly Instance: new (module: object) => { readonly exports: unknown }
  }
  atob(base64: string): string
  readonly TextEncoder: new () => { encode(text: string): Uint8Array<ArrayBuffer> }
}

// `as`: see above.
const globals = globalThis as unknown as Runtime

/** Taken once, when this module loads: a global that is replaced later changes nothing here. */
export const runtime: Runtime = {
  ...(globals.WebAssembly === undefined ? {} : { WebAssembly: globals.WebAssembly }),
  atob: globals.atob.bind(globalThis),
  TextEncoder: globals.TextEncoder,
}
