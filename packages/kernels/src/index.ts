/**
 * The door of `@onecopy/kernels`: ready plugins that count, search and add up with WebAssembly SIMD.
 *
 * @example
 * import { countLines } from '@onecopy/kernels'
 * import { file, run } from '@onecopy/node'
 *
 * console.log(await run(file('access.log'), countLines))
 *
 * @module
 */

export { byteHistogram } from './byte-histogram.js'
export { type CountByteParams, countByte } from './count-byte.js'
export { countLines } from './count-lines.js'
export { countWords } from './count-words.js'
export { type FindBytesParams, findBytes } from './find-bytes.js'
export type {
  Aggregate,
  AggregateColumn,
  GroupByOptions,
  GroupColumn,
  GroupRow,
  GroupTable,
} from './group/contract.js'
export type { Groups } from './group/groups.js'
export { type GroupBy, type GroupColumnAdder, groupBy } from './group-by.js'
export { type MinMax, minMax, minMaxBigInts } from './min-max.js'
export type { ChunkMatches, Matches } from './search/matches.js'
export { sumExactNumbers } from './sum-exact-numbers.js'
export { sumBigInts, sumNumbers } from './sum-numbers.js'
export type { BigIntArray, NumberArray } from './wasm/element-kind.js'
export type { SimdParams } from './wasm/simd.js'
