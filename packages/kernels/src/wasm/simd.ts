// What all plugins of this package have in common: the parameter, the state in a lane, and how large their chunks are.

import type { Chunker } from '@onecopy/core'
import { checkSimd } from '../base/check.js'
import { type Kernel, loadKernel } from './kernel.js'

/** The parameter that every kernel has. */
export interface SimdParams {
  /** False: use the plain twin, as where WebAssembly SIMD is missing. The answer is the same. Default: true. */
  readonly simd: boolean
}

/** What a lane keeps. */
export interface SimdState {
  /** Undefined: the plain twin is used. */
  readonly kernel: Kernel | undefined
}

/** Bytes a chunk: what fits a core's own cache about, and is long beside the cost of reading and of a call. */
export const chunkBytes: number = 1024 * 1024
/** Elements a chunk, where they take 1 to 8 bytes. */
export const chunkElements: number = 128 * 1024

export const simdByDefault: SimdParams = { simd: true }

/** @throws {TypeError} `simd` is neither true nor false */
export function simdState({ simd }: SimdParams): SimdState {
  checkSimd(simd)
  return { kernel: loadKernel(simd) }
}

/** Where a lane's chunks land: in the kernels' memory, or for the plain twins in ordinary memory. */
export function landingBuffer({ kernel }: SimdState, byteLength: number): Uint8Array {
  return kernel === undefined ? new Uint8Array(byteLength) : kernel.landing(byteLength)
}

/** A plugin's `chunks`: always `chunker`, after a look at the parameters on the caller's thread. */
export function checkedChunks(chunker: Chunker): (params: SimdParams) => Chunker {
  return ({ simd }) => {
    checkSimd(simd)
    return chunker
  }
}
