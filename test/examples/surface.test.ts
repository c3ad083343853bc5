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
    'csvReport',
    'entropyMap',
    'entropyOf',
    'filter',
    'firstHits',
    'generateDocuments',
    'generateLinePoints',
    'generateLog',
    'generatePoints',
    'generateRows',
    'generateSales',
    'hash',
    'heatMap',
    'kMeans',
    'largestValue',
    'leafBytes',
    'linearRegression',
    'locate',
    'logStats',
    'longestRun',
    'middleOf',
    'monteCarlo',
    'nearest',
    'percentile',
    'relativeError',
    'reverseIndex',
    'search',
    'searchChunks',
    'treeHash',
    'wordCount',
  ])
})
