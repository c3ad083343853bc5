// What the examples export.

import * as examples from '@onecopy/examples'
import { expect, test } from 'vitest'

test('the examples export their plugins and what these are used with', () => {
  expect(Object.keys(examples).sort()).toEqual([
    'barPlot',
    'blockBytesFor',
    'bucketOf',
    'byteCount',
    'chunkPoints',
    'combineCrc32',
    'csvAggregate',
    'entropyMap',
    'entropyOf',
    'filter',
    'firstHits',
    'generateLog',
    'generatePoints',
    'generateRows',
    'hash',
    'heatMap',
    'kMeans',
    'largestValue',
    'leafBytes',
    'locate',
    'logStats',
    'longestRun',
    'middleOf',
    'monteCarlo',
    'nearest',
    'percentile',
    'relativeError',
    'search',
    'searchChunks',
    'treeHash',
    'wordCount',
  ])
})
