// The kernels in one thread: one WebAssembly instance, made at the first request, and the window of its memory that holds data.
//
// All lanes of a thread share this instance. That is safe, because a chunk's bytes are placed in the memory right before its
// function is called, and no such function waits for anything. So no other chunk comes in between. Everything else that a call
// needs is passed to it.

import { newInstance } from './instance.js'
import type { KernelExports } from './kernel-functions.js'

const pageBytes = 65536
/** The bytes that 32 bits can address. */
const mostBytes = 2 ** 32

export class Kernel {
  readonly run: KernelExports
  readonly #window: number
  readonly #slack: number
  #pattern: Uint8Array | undefined

  /** @param window - where the window for data begins; what is below it is left alone */
  constructor(run: KernelExports, window: number = run.window.value) {
    this.run = run
    this.#window = window
    this.#slack = run.slack.value
  }

  get #buffer(): ArrayBuffer {
    return this.run.memory.buffer
  }

  /**
   * Reserve a place for at least `byteLength` bytes that kernels can use without a copy. May detach earlier views.
   *
   * @throws {RangeError} 32 bits cannot address that much, or the system cannot give it
   */
  landing(byteLength: number): Uint8Array {
    this.#reserve(byteLength)
    const available = this.#buffer.byteLength - this.#window - this.#slack
    return new Uint8Array(this.#buffer, this.#window, available)
  }

  /**
   * The address of `bytes` in the memory. Bytes that are not in the memory yet are copied into it.
   *
   * @param behind - bytes to put behind them
   * @throws {RangeError} as `landing` does
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

  /** Put a pattern where the kernel `findBytes` expects it. The pattern must never change. */
  usePattern(pattern: Uint8Array): void {
    if (this.#pattern === pattern) return
    new Uint8Array(this.#buffer).set(pattern, this.run.pattern.value)
    this.#pattern = pattern
  }

  /** A view of `byteLength` bytes of the memory from `start` on. Valid until the memory grows. */
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

/** This thread's kernels. Undefined if they are not `wanted`, or if WebAssembly or its SIMD is missing or forbidden. */
export function loadKernel(wanted: boolean): Kernel | undefined {
  if (!wanted) return undefined
  if (!isTried) {
    const run = newInstance()
    kernel = run === undefined ? undefined : new Kernel(run)
  }
  isTried = true
  return kernel
}

let tableRun: KernelExports | undefined
let isTableTried = false

/**
 * Kernels with room for `tableBytes` bytes of tables below the window. All of a thread share one more instance.
 *
 * Whoever uses the room has to write the tables anew if somebody else has used it in between.
 */
export function loadTableKernel(wanted: boolean, tableBytes: number): Kernel | undefined {
  if (!wanted) return undefined
  if (!isTableTried) tableRun = newInstance()
  isTableTried = true
  if (tableRun === undefined) return undefined
  return new Kernel(tableRun, Math.ceil((tableRun.window.value + tableBytes) / 64) * 64)
}
