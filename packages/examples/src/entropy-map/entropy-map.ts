// The entropy-map plugin: how many bits of information each byte carries, block by block.

import { definePlugin, fixed, type Plugin } from '@onecopy/core'

/** The parameters. */
export interface EntropyMapParams {
  /**
   * Bytes per block; integer >= 1.
   *
   * @default 4096
   */
  readonly blockBytes: number
}

const pages: EntropyMapParams = { blockBytes: 4096 }

/**
 * The entropy of each block, in bits per byte, from 0 (all bytes are equal) to 8 (all values are equally frequent). The result
 * is a list in the order of the blocks. The last block may be shorter.
 *
 * Padding and tables are low, text has about 4.5, and machine code about 6. From 7.5 on, the data is compressed, encrypted or
 * random.
 *
 * @throws {RangeError} `blockBytes` is not an integer >= 1
 * @example const bits = await engine.run(data, entropyMap, { params: { blockBytes: 65536 } })
 */
export const entropyMap: Plugin<EntropyMapParams, number> = definePlugin(import.meta.url, {
  name: 'entropy-map',
  description: 'How many bits of information a byte carries, block by block.',
  params: pages,
  chunks: ({ blockBytes }: EntropyMapParams) => fixed({ size: blockBytes }),

  map(bytes): number {
    const counts = new Uint32Array(256)
    for (let i = 0; i < bytes.length; i++) counts[bytes[i]!]!++
    return entropyOf(counts)
  },
})

/**
 * The entropy of a histogram of bytes, in bits per byte: log2(n) - (Σ c·log2(c)) / n; 0 if there are no bytes.
 *
 * @param counts - how often each value occurs
 * @see C. E. Shannon, A Mathematical Theory of Communication (1948)
 * @example entropyOf([1, 1]) // 1
 */
export function entropyOf(counts: ArrayLike<number>): number {
  let total = 0
  let weighted = 0
  for (let value = 0; value < counts.length; value++) {
    const count = counts[value]!
    if (count === 0) continue
    total += count
    weighted += count * Math.log2(count)
  }
  // Rounding may give a value slightly below 0.
  return total === 0 ? 0 : Math.max(0, Math.log2(total) - weighted / total)
}
