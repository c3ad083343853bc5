// All cases, in the order in which they run.

import { chunkCost } from './chunk-cost.js'
import { crc, treeHash } from './hashes.js'
import { plainHistogram } from './plain-histogram.js'

/** @type {Readonly<Record<string, import('../case.js').Case>>} */
export const cases = {
  'plain-histogram': plainHistogram,
  'tree-hash': treeHash,
  crc32: crc,
  'chunk-cost': chunkCost,
}
