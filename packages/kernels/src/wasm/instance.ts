// Instances of the WebAssembly module. Each has a memory of its own.

import { runtime } from '../base/runtime.js'
import type { KernelExports } from './kernel-functions.js'
import { kernelsWasm } from './kernels-wasm.js'

let compiled: object | undefined
let isTried = false

/** A new instance. Undefined if WebAssembly or its SIMD is missing or forbidden. */
export function newInstance(): KernelExports | undefined {
  const { WebAssembly } = runtime
  if (WebAssembly === undefined) return undefined
  try {
    if (!isTried) compiled = compile(WebAssembly)
    isTried = true
    // `as`: this package made the module.
    return compiled === undefined ? undefined : (new WebAssembly.Instance(compiled).exports as KernelExports)
  } catch {
    // The page's security policy forbids compiling, or no address space is left. The plain twins work without either.
    isTried = true
    return undefined
  }
}

function compile({ validate, Module }: NonNullable<typeof runtime.WebAssembly>): object | undefined {
  const bytes = Uint8Array.from(runtime.atob(kernelsWasm), (character) => character.charCodeAt(0))
  // A runtime without SIMD finds a module with SIMD invalid.
  return validate(bytes) ? new Module(bytes) : undefined
}
