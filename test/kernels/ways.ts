// The ways in which one answer can come about: with SIMD and without, in chunks of any size, in memory and in a file.

import { type Chunker, fixed, overlapping } from '@onecopy/core'

/** Sizes around those of vectors, of a round of four vectors, and of the memory that kernels begin with. */
export const chunkSizes: readonly number[] = [1, 2, 3, 15, 16, 17, 63, 64, 65, 127, 65536]

export interface Way {
  readonly simd: boolean
  /** Undefined: the plugin's own. */
  readonly chunks: Chunker | undefined
  readonly name: string
}

/** With SIMD and without, in the plugin's own chunks and in those of each size that cuts `length` elements. */
export function waysFor(length: number): Way[] {
  const chunkers: [string, Chunker | undefined][] = [['its own chunks', undefined]]
  for (const size of chunkSizes) {
    // More chunks than this tell no more.
    if (length / size > 200) continue
    if (size >= length) break
    chunkers.push([`fixed ${size}`, fixed({ size })])
  }
  chunkers.push(['overlapping 17', overlapping({ size: Math.max(17, Math.ceil(length / 50)), overlap: 5 })])
  return [true, false].flatMap((simd) =>
    chunkers.map(([name, chunks]) => ({ simd, chunks, name: `${simd ? 'SIMD' : 'plain'}, ${name}` })),
  )
}
