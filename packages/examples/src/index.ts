// The door of the examples: the three plugins, and what they are used with.

export { barPlot } from './byte-count/bar-plot.js'
export { type ByteCount, byteCount, type ChunkCount } from './byte-count/byte-count.js'
export { combineCrc32 } from './hash/crc32-combine.js'
export { type Hash, hash, type Leaf } from './hash/hash.js'
export { leafBytes, treeHash } from './hash/tree-hash.js'
export { firstHits, type Hits } from './search/first-hits.js'
export { locate, type Position } from './search/locate.js'
export { type SearchParams, search, searchChunks } from './search/search.js'
