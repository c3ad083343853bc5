// What the examples export.

import * as examples from '@onecopy/examples'
import { expect, test } from 'vitest'

test('the examples export the three plugins and what they are used with', () => {
  expect(Object.keys(examples).sort()).toEqual([
    'barPlot',
    'byteCount',
    'combineCrc32',
    'firstHits',
    'hash',
    'leafBytes',
    'locate',
    'search',
    'searchChunks',
    'treeHash',
  ])
  const { byteCount, hash, search } = examples
  expect([byteCount.name, search.name, hash.name]).toEqual(['byte-count', 'search', 'hash'])
})
