// entropy-map in the gallery. Its check adds up what each byte value contributes, from its share of the block.

import { byteHistogram } from '@onecopy/kernels'
import { fixed } from '@onecopy/node'
import { entropyMap, entropyOf } from '../entropy-map/entropy-map.js'
import { blockBytesFor, heatMap } from '../entropy-map/heat-map.js'
import type { Example } from './example.js'
import { formatCount } from './format.js'

interface Answer {
  readonly blockBytes: number
  /** Bits per byte, for each block. */
  readonly bits: readonly number[]
}

/** The example. */
export const entropyMapExample: Example<readonly number[], Answer> = {
  plugin: entropyMap,
  teaches: '`map` without a reducer: chunks are the units of the answer, and their size comes from a parameter',
  run: (engine, data, { workers, watch }) =>
    watch(engine.run(data, entropyMap, { workers, params: { blockBytes: blockBytesFor(data.byteLength) } })),
  runKernels: async (engine, data, { workers, watch }) => {
    const chunks = fixed({ size: blockBytesFor(data.byteLength) })
    return (await watch(engine.map(data, byteHistogram, { workers, chunks }))).map(entropyOf)
  },
  answer: (bits, _, data) => ({ blockBytes: blockBytesFor(data.byteLength), bits }),
  check: addUpShares,
  agrees: ({ blockBytes, bits }, expected) =>
    blockBytes === expected.blockBytes &&
    bits.length === expected.bits.length &&
    bits.every((value, i) => Math.abs(value - expected.bits[i]!) < 1e-9),
  against: 'Σ p·log2(1/p) of each block, on one thread, within 1e-9',
  summary: ({ bits }) => `${formatCount(bits.length, 'block')}\n${mean(bits).toFixed(2)} bits per byte`,
  details: ({ blockBytes, bits }, { hasColors }) => heatMap(bits, blockBytes, hasColors),
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}

/**
 * The size of a block depends on the length, which is known only at the end. So the smallest blocks are counted, and merged
 * later.
 */
async function addUpShares(pieces: AsyncIterable<Uint8Array>): Promise<Answer> {
  const leastBytes = 256
  let blockBytes = leastBytes
  let blocks: Float64Array[] = []
  let length = 0
  for await (const piece of pieces) {
    for (const byte of piece) {
      if (length % blockBytes === 0) {
        if (blocks.length === 64 * 24) {
          blocks = joinPairs(blocks)
          blockBytes *= 2
        }
        if (length % blockBytes === 0) blocks.push(new Float64Array(256))
      }
      blocks.at(-1)![byte]!++
      length++
    }
  }
  return { blockBytes, bits: blocks.map(sumOfShares) }
}

function joinPairs(blocks: readonly Float64Array[]): Float64Array[] {
  return Array.from({ length: blocks.length / 2 }, (_, i) =>
    blocks[2 * i]!.map((count, value) => count + blocks[2 * i + 1]![value]!),
  )
}

function sumOfShares(counts: Float64Array): number {
  const total = counts.reduce((sum, count) => sum + count, 0)
  return counts.reduce((bits, count) => (count === 0 ? bits : bits + (count / total) * Math.log2(total / count)), 0)
}
