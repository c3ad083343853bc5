// Counts one byte value in one chunk. Used by all plugins that count bytes.

import { bytesOf } from './base/check.js'
import { plainCount } from './plain/count.js'
import type { SimdState } from './wasm/simd.js'

/** How many of the bytes that the chunk owns equal `byte`. */
export function countIn(
  data: Readonly<Uint8Array>,
  { start, end, state }: { readonly start: number; readonly end: number; readonly state: SimdState },
  byte: number,
): number {
  const bytes = bytesOf(data)
  const { kernel } = state
  if (kernel === undefined) return plainCount(bytes.subarray(0, end - start), byte)
  return kernel.run.countByte(kernel.place(bytes), end - start, byte) >>> 0
}
