// The common part of all plugins of this package: the parameter `simd`, the state in a lane, and the size of chunks.

import type { Chunker } from '@onecopy/core'
import { checkSimd } from '../base/check.js'
import { type Kernel, loadKernel } from './kernel.js'

/** The parameter of every plugin in this package. */
export interface SimdParams {
  /**
   * Whether to use WebAssembly SIMD. With false, and where SIMD is missing, the plain twin is used. The answer is the same.
   *
   * @default true
   */
  readonly simd: boolean
}

/** The state that a lane keeps. */
export interface SimdState {
  /** Undefined if the plain twin is used. */
  readonly kernel: Kernel | undefined
}

/** Bytes per chunk. About the size of a core's own cache, and large enough to outweigh the cost of a read and a call. */
export const chunkBytes: number = 1024 * 1024
/** Elements per chunk, for elements of 1 to 8 bytes. */
export const chunkElements: number = 128 * 1024

export const simdByDefault: SimdParams = { simd: true }

/** @throws {TypeError} `simd` is neither true nor false */
export function simdState({ simd }: SimdParams): SimdState {
  checkSimd(simd)
  return { kernel: loadKernel(simd) }
}

/** Where a lane's chunks are placed: in the kernels' memory, or in ordinary memory for the plain twins. */
export function landingBuffer({ kernel }: SimdState, byteLength: number): Uint8Array {
  return kernel === undefined ? new Uint8Array(byteLength) : kernel.landing(byteLength)
}

/** The `chunks` of a plugin: checks the parameters on the caller's thread, and always returns `chunker`. */
export function checkedChunks(chunker: Chunker): (params: SimdParams) => Chunker {
  return ({ simd }) => {
    checkSimd(simd)
    return chunker
  }
}
