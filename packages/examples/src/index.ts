/**
 * The entry point of the examples: the plugins, what belongs to them, and generators of data.
 *
 * @module
 * @example
 * import { byteCount } from '@onecopy/examples'
 * import { file, run } from '@onecopy/node'
 *
 * const { lines } = await run(file('access.log'), byteCount)
 */

export { barPlot } from './byte-count/bar-plot.js'
export { type ByteCount, byteCount, type ChunkCount } from './byte-count/byte-count.js'
export { type Aggregate, csvAggregate, type Group, type Groups, type KeyStats } from './csv-aggregate/csv-aggregate.js'
export { generateRows } from './csv-aggregate/generate-rows.js'
export { type CityReport, csvReport, type Sale } from './csv-report/csv-report.js'
export { generateSales } from './csv-report/generate-sales.js'
export { type EntropyMapParams, entropyMap, entropyOf } from './entropy-map/entropy-map.js'
export { blockBytesFor, heatMap } from './entropy-map/heat-map.js'
export { type FilterParams, filter } from './filter/filter.js'
export { combineCrc32 } from './hash/crc32-combine.js'
export { type Hash, hash, type Leaf } from './hash/hash.js'
export { leafBytes, treeHash } from './hash/tree-hash.js'
export { generatePoints } from './k-means/generate-points.js'
export { type KMeans, type KMeansOptions, type KMeansStep, kMeans } from './k-means/k-means.js'
export { type Nearest, type NearestParams, nearest } from './k-means/nearest.js'
export { generateLinePoints } from './linear-regression/generate-line-points.js'
export {
  type Line,
  type LineParts,
  linearRegression,
} from './linear-regression/linear-regression.js'
export { generateLog } from './log-stats/generate-log.js'
export { bucketOf, largestValue, middleOf, percentile, relativeError } from './log-stats/log-linear.js'
export { type Distribution, type LineCounts, type LogStats, logStats, type Quantity } from './log-stats/log-stats.js'
export { chunkPoints, monteCarlo, type PiEstimate, type Points } from './monte-carlo/monte-carlo.js'
export { generateDocuments } from './reverse-index/generate-documents.js'
export { type Entry, reverseIndex } from './reverse-index/reverse-index.js'
export { firstHits, type Hits } from './search/first-hits.js'
export { locate, type Position } from './search/locate.js'
export { type SearchParams, search, searchChunks } from './search/search.js'
export { longestRun, wordCount } from './word-count/word-count.js'
