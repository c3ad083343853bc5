// All cases, in the order in which they run.

import { chunkCost } from './chunk-cost.js'
import { bgzfLines, gzipLines } from './compressed.js'
import { countLinesCold, countLinesWarm } from './count-lines.js'
import { quotedCsv } from './csv.js'
import { cumulativeSum } from './cumulative-sum.js'
import { filterLines } from './filter.js'
import { groupFewKeys, groupJson, groupManyKeys, wordsTopTen } from './group.js'
import { crc, treeHash } from './hashes.js'
import { histogramOfNode, histogramOfRandom } from './histogram.js'
import { firstResult, smallInput } from './latency.js'
import { manyFiles } from './many-files.js'
import { memory, sparseFile } from './memory.js'
import { plainHistogram } from './plain-histogram.js'
import { randomNumbers } from './random-numbers.js'
import { searchFirst, searchFirstProcessor, searchFrequent, searchPatterns, searchRare } from './search.js'
import { sharedMapCase } from './shared-map.js'
import { streamLines } from './stream.js'
import { textLines } from './text.js'

/** @type {Readonly<Record<string, import('../case.js').Case>>} */
export const cases = {
  'count-lines': countLinesWarm,
  'count-lines-cold': countLinesCold,
  'many-files': manyFiles,
  bgzf: bgzfLines,
  gzip: gzipLines,
  stream: streamLines,
  'search-rare': searchRare,
  'search-first': searchFirst,
  'search-first-cpu': searchFirstProcessor,
  'search-frequent': searchFrequent,
  'search-patterns': searchPatterns,
  filter: filterLines,
  'cumulative-sum': cumulativeSum,
  'group-json': groupJson,
  'group-few-keys': groupFewKeys,
  'group-many-keys': groupManyKeys,
  words: wordsTopTen,
  csv: quotedCsv,
  'text-lines': textLines,
  histogram: histogramOfRandom,
  'histogram-node': histogramOfNode,
  'plain-histogram': plainHistogram,
  'tree-hash': treeHash,
  crc32: crc,
  'random-numbers': randomNumbers,
  'shared-map': sharedMapCase,
  'chunk-cost': chunkCost,
  'small-input': smallInput,
  'first-result': firstResult,
  memory,
  'sparse-file': sparseFile,
}
