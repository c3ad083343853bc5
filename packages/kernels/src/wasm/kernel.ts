// The kernels in one thread: one instance, made when it is first asked for, and the window of its memory in which data lands.
//
// One for all lanes of a thread: a chunk's bytes land right before its function is called, and none of these functions
// waits for anything, so no other chunk comes between. All else that a call needs is handed to it.

import { runtime } from '../base/runtime.js'
import type { KernelExports } from './kernel-functions.js'
import { kernelsWasm } from './kernels-wasm.js'

const pageBytes = 65536
/** What 32 bits can address. */
const mostBytes = 2 ** 32

export class Kernel {
  readonly run: KernelExports
  readonly #window: number
  readonly #slack: number
  #pattern: Uint8Array | undefined

  constructor(run: KernelExports) {
    this.run = run
    this.#window = run.window.value
    this.#slack = run.slack.value
  }

  get #buffer(): ArrayBuffer {
    return this.run.memory.buffer
  }

  /**
   * A place for `byteLength` bytes or more that kernels work on without a copy; views taken before may be detached.
   *
   * @throws {RangeError} 32 bits cannot address that much, or the system cannot give it
   */
  landing(byteLength: number): Uint8Array {
    this.#reserve(byteLength)
    const available = this.#buffer.byteLength - this.#window - this.#slack
    return new Uint8Array(this.#buffer, this.#window, available)
  }

  /**
   * The address of `bytes`: where they lie, if they have landed here, else where they are copied to.
   *
   * @param behind - bytes to be put behind them
   * @throws {RangeError} as `landing`
   */
  place(bytes: ArrayBufferView, behind?: Uint8Array): number {
    const { buffer, byteOffset, byteLength } = bytes
    const isHere = buffer === this.#buffer
    const start = isHere ? byteOffset : this.#window
    if (!isHere || behind !== undefined) this.#reserve(start - this.#window + byteLength + (behind?.length ?? 0))
    const all = new Uint8Array(this.#buffer)
    if (!isHere) all.set(new Uint8Array(buffer, byteOffset, byteLength), start)
    if (behind !== undefined) all.set(behind, start + byteLength)
    return start
  }

  /** Put a pattern where `findBytes` looks for it; it must never change. */
  usePattern(pattern: Uint8Array): void {
    if (this.#pattern === pattern) return
    new Uint8Array(this.#buffer).set(pattern, this.run.pattern.value)
    this.#pattern = pattern
  }

  /** The bytes of the memory from `start` on; valid until it grows. */
  bytes(start: number, byteLength: number): Uint8Array {
    return new Uint8Array(this.#buffer, start, byteLength)
  }

  #reserve(byteLength: number): void {
    const missing = this.#window + byteLength + this.#slack - this.#buffer.byteLength
    if (missing <= 0) return
    const refusal = `chunk: ${byteLength} bytes are more than WebAssembly memory holds; cut the data into smaller chunks`
    if (this.#buffer.byteLength + missing > mostBytes - pageBytes) throw new RangeError(refusal)
    try {
      this.run.memory.grow(Math.ceil(missing / pageBytes))
    } catch (cause) {
      throw new RangeError(refusal, { cause })
    }
  }
}

let kernel: Kernel | undefined
let isTried = false

/** This thread's kernels; undefined where WebAssembly or its SIMD is missing or forbidden, or not `wanted`. */
export function loadKernel(wanted: boolean): Kernel | undefined {
  if (!wanted) return undefined
  if (!isTried) kernel = instantiate()
  isTried = true
  return kernel
}

function instantiate(): Kernel | undefined {
  const { WebAssembly } = runtime
  if (WebAssembly === undefined) return undefined
  const bytes = Uint8Array.from(runtime.atob(kernelsWasm), (character) => character.charCodeAt(0))
  // What a runtime without SIMD says of a module with SIMD.
  if (!WebAssembly.validate(bytes)) return undefined
  try {
    // `as`: the module is this package's own.
    return new Kernel(new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as KernelExports)
  } catch {
    // A page's security policy forbids compiling, or there is no address space: the plain twins need neither.
    return undefined
  }
}
